// SPDX-License-Identifier: Apache-2.0
// What the endpoints about contacts, conversations, groups and threads share: who acts, which
// channel is meant, and lists of user ids.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/easemob/call.h"
#include "service/account_events.h"

namespace fenshen::api::easemob {

/// The acting account and device: the `{user}` of the path, else the token's. No uid: the app.
service::EventOrigin acting(const Call& call);

/// The conversation of `me` with a user ("chat", "user") or a group (anything else).
std::optional<ChannelKey> conversation_of(const Uid& me,
                                          std::string_view type,
                                          std::string_view id);
/// The other side of a person channel, or the group's id.
std::string other_side(const ChannelKey& channel, const Uid& me);

/// Everybody else in a conversation of the `{user}`: the peer, or the other members. Errc:
/// not_a_member.
Task<Result<std::vector<Uid>>> others_in(Call& call, ChannelKey channel);

/// User ids as they are kept; nothing when one is not legal, or there are none or too many.
std::optional<std::vector<Uid>> uids_of(const std::vector<std::string>& names, std::size_t max);
/// "a,b,c" of a path.
std::vector<std::string> split(std::string_view list);

/// Whether there is such a user: an answer when not.
Task<std::optional<http::Response>> missing_user(Call& call, Uid uid);

/// {"code"} of the SDK's own table where a service has one (easemob-rest 2.3).
http::Response group_failed(const Call& call, Errc error, std::string_view group);

/// Which part of `count` things a page has: `limit` and `cursor`, a number of things passed.
struct Slice {
    std::size_t first = 0;
    std::size_t last = 0;
    std::string cursor;  ///< empty: that was the last page
};
Slice slice_of(const Call& call, std::size_t count, std::size_t limit, std::size_t limit_max);
/// The same with `pagenum` and `pagesize`; `first_page` is what the first is called.
Slice page_of(const Call& call,
              std::size_t count,
              std::string_view number_name,
              std::string_view size_name,
              std::size_t first_page,
              std::size_t size);

}  // namespace fenshen::api::easemob
