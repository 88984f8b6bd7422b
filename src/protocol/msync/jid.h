// SPDX-License-Identifier: Apache-2.0
// Names on this protocol: user ids, app keys, devices, and the text form of a JID,
// "org#app_name@domain/resource" (easemob-rest 1.1, msync-wire 11).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/msync/messages.h"

namespace fenshen::msync {

inline constexpr std::string_view domain_users = "easemob.com";
/// Groups, chat rooms and threads.
inline constexpr std::string_view domain_groups = "conference.easemob.com";

inline constexpr std::size_t user_id_bytes_max = 64;
/// No document has these two; ours are far above what is in use.
inline constexpr std::size_t app_key_bytes_max = 128;
inline constexpr std::size_t resource_bytes_max = 256;

/// One to 64 of `a-z 0-9 _ - .`. Ids of groups, chat rooms and threads pass as well.
bool is_user_id(std::string_view text);

/// `text` with upper case folded to lower, as a client may have written it; nothing when that is no
/// user id.
std::optional<std::string> to_user_id(std::string_view text);

/// "org#app": exactly one `#`, and on both sides of it something of `A-Z a-z 0-9 - _ .`.
bool is_app_key(std::string_view text);

/// What a device may call itself: not empty, no control characters. May hold `/`, as everything
/// behind the first one is the resource.
bool is_resource(std::string_view text);

/// Reads `[org#app_]name[@domain][/resource]`; so a login id, "alice/webim_web_1", and a queue,
/// "bob@easemob.com", are read as well. Nothing when a part is there and is empty or none of the
/// above; upper case in the name is let through, to be folded by to_user_id(). User ids have `_`
/// and so may app names: the app key ends where `app_key` does if the text begins with that,
/// otherwise at the first `_`. Views into `text`.
std::optional<Jid> parse_jid(std::string_view text, std::string_view app_key = {});

/// Leaves out what is absent or empty. Precondition: the name is there.
std::string format_jid(const Jid& jid);

}  // namespace fenshen::msync
