// SPDX-License-Identifier: Apache-2.0
// Which names are allowed, which are reserved, and how two uids make one person channel
// (wukong-wire 5.2, 8.1, 8.3).
#pragma once

#include <string>
#include <string_view>

#include "model/channel.h"
#include "model/ids.h"

namespace fenshen {

inline constexpr std::string_view system_uid = "____system";
inline constexpr std::string_view manager_uid = "____manager";
inline constexpr std::string_view system_device_id = "____device";
inline constexpr std::string_view command_suffix = "____cmd";
/// Channel of commands that only online devices get (wukong-http 8.1).
inline constexpr std::string_view online_command_channel = "systemcmdonline";

/// Bytes of a uid, a channel id or a device id; far above what apps use, far below what would hurt.
inline constexpr std::size_t name_bytes_max = 512;

/// `@`, `#` and `&` separate parts of stored ids.
bool has_reserved_character(std::string_view name);

/// True when nothing but white space is there.
bool is_blank(std::string_view name);

/// Text that answers and logs can show: valid UTF-8 without control characters, at most
/// `name_bytes_max` bytes. It may be empty, as a device id may.
bool is_showable_name(std::string_view name);

/// A uid that may log in or be given a token: not blank, not reserved, no reserved character, valid
/// UTF-8 without control characters, at most `name_bytes_max` bytes. The manager is judged by the
/// token rules, not here.
bool is_usable_uid(std::string_view uid);

/// A channel id that a client may write to: as a uid, and without the command suffix.
bool is_usable_channel_id(std::string_view id);

bool is_valid_utf8(std::string_view text);

/// The id that both directions of a person channel share: the uid with the larger CRC-32 first;
/// equal ones in descending order of their bytes (wukong-wire 8.1).
std::string person_channel_id(std::string_view a, std::string_view b);

struct PersonPair {
    std::string_view first;
    std::string_view second;
};
/// The two uids of a combined id (views into it); both empty when it is none.
PersonPair split_person_id(std::string_view combined);

bool is_command_channel(const ChannelKey& key);
/// `key` with the command suffix; as it is when it has one.
ChannelKey command_channel_of(const ChannelKey& key);
/// The id without the command suffix (a view into `key`).
std::string_view plain_id_of(const ChannelKey& key);
/// `key` without the command suffix; as it is when it has none.
ChannelKey plain_channel_of(const ChannelKey& key);

}  // namespace fenshen
