// SPDX-License-Identifier: Apache-2.0
// Names in request bodies. Whatever is stored or becomes part of a key has to be a name: no control
// characters, not endlessly long. (That it is UTF-8 the JSON parser has seen to.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/json_body.h"
#include "api/wukong/detail/query_reader.h"
#include "model/channel.h"
#include "model/ids.h"
#include "model/names.h"

namespace fenshen::api::wukong::detail {

/// Elements of one list in a request.
inline constexpr std::size_t list_elements_max = 100'000;
/// The combined id of two long uids, and the suffix of a command channel.
inline constexpr std::size_t channel_id_bytes_max = 2 * name_bytes_max + 1 + command_suffix.size();

enum class NameFault : std::uint8_t { none, too_long, control_character };
/// Blank names are for the endpoint to judge.
NameFault fault_of_name(std::string_view name, std::size_t bytes_max = name_bytes_max);

std::string name_of(http::JsonObject& body,
                    std::string_view field,
                    std::size_t bytes_max = name_bytes_max);
std::string name_of(QueryReader& query,
                    std::string_view field,
                    std::size_t bytes_max = name_bytes_max);
inline Uid uid_of(http::JsonObject& body, std::string_view field = "uid") {
    return Uid(name_of(body, field));
}
inline std::string channel_id_of(http::JsonObject& body) {
    return name_of(body, "channel_id", channel_id_bytes_max);
}
inline std::string channel_id_of(QueryReader& query) {
    return name_of(query, "channel_id", channel_id_bytes_max);
}
/// Any of 0-255; 0 when missing.
ChannelType channel_type_of(http::JsonObject& body);
ChannelType channel_type_of(QueryReader& query);

/// Blank ones are passed over (wukong-semantics 16.8).
std::vector<Uid> uids_of(http::JsonObject& body, std::string_view field = "uids");

/// 1 is yes (wukong-http 2.2).
inline bool flag_of(http::JsonObject& body, std::string_view field) {
    return body.integer<int>(field) == 1;
}

}  // namespace fenshen::api::wukong::detail
