// SPDX-License-Identifier: Apache-2.0
// Channels: where messages are said, and who may say them (wukong-semantics 3).
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>

#include "model/ids.h"

namespace fenshen {

enum class ChannelType : std::uint8_t {
    none = 0,
    person = 1,
    group = 2,
    customer_service = 3,
    community = 4,
    community_topic = 5,
    info = 6,
    data = 7,
    temp = 8,
    live = 9,
    visitors = 10,
    agent = 11,
    agent_group = 12,
};

/// The name a channel is stored under. A person channel's id is the combined one ("u2@u1",
/// model/names.h), a command channel's ends with the command suffix.
struct ChannelKey {
    ChannelType type = ChannelType::none;
    std::string id;
    auto operator<=>(const ChannelKey&) const = default;
};

/// All false for a channel that was never described.
struct ChannelFlags {
    bool ban = false;             ///< nobody can send
    bool disband = false;         ///< dissolved: sends are refused, history stays
    bool send_ban = false;        ///< on a person: that account can send nothing
    bool allow_stranger = false;  ///< kept for the app
    bool large = false;           ///< kept for the app
    bool operator==(const ChannelFlags&) const = default;
};

}  // namespace fenshen

template <>
struct std::hash<fenshen::ChannelKey> {
    std::size_t operator()(const fenshen::ChannelKey& key) const noexcept {
        return std::hash<std::string>{}(key.id) * 31U + static_cast<std::size_t>(key.type);
    }
};
