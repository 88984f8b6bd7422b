// SPDX-License-Identifier: Apache-2.0
#include "api/wukong/detail/fields.h"

#include <algorithm>
#include <cstdint>

namespace fenshen::api::wukong::detail {

namespace {

bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
}

std::string too_long(std::size_t bytes_max) {
    return "must not be longer than " + std::to_string(bytes_max) + " bytes";
}

template <class Source>
std::string checked(Source& source, std::string_view field, std::string name, std::size_t max) {
    switch (fault_of_name(name, max)) {
        case NameFault::none:
            break;
        case NameFault::too_long:
            source.refuse(field, too_long(max));
            break;
        case NameFault::control_character:
            source.refuse(field, "must not hold control characters");
            break;
    }
    return name;
}

}  // namespace

NameFault fault_of_name(std::string_view name, std::size_t bytes_max) {
    if (name.size() > bytes_max) return NameFault::too_long;
    return std::ranges::any_of(name, is_control) ? NameFault::control_character : NameFault::none;
}

std::string name_of(http::JsonObject& body, std::string_view field, std::size_t bytes_max) {
    return checked(body, field, body.string(field), bytes_max);
}

std::string name_of(QueryReader& query, std::string_view field, std::size_t bytes_max) {
    return checked(query, field, query.string(field), bytes_max);
}

ChannelType channel_type_of(http::JsonObject& body) {
    return ChannelType{body.integer<std::uint8_t>("channel_type")};
}

ChannelType channel_type_of(QueryReader& query) {
    return ChannelType{query.integer<std::uint8_t>("channel_type")};
}

std::vector<Uid> uids_of(http::JsonObject& body, std::string_view field) {
    auto names = body.strings(field);
    if (names.size() > list_elements_max) {
        body.refuse(field,
                    "must not have more than " + std::to_string(list_elements_max) + " elements");
        return {};
    }
    std::vector<Uid> uids;
    uids.reserve(names.size());
    for (auto& name : names) {
        if (is_blank(name)) continue;
        if (fault_of_name(name) != NameFault::none) {
            body.refuse(field, "holds a name that is too long or has control characters");
            return {};
        }
        uids.emplace_back(std::move(name));
    }
    return uids;
}

}  // namespace fenshen::api::wukong::detail
