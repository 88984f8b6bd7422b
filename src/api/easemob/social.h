// SPDX-License-Identifier: Apache-2.0
// What the endpoints about contacts, conversations, groups and threads share: who acts, which
// channel is meant, and lists of user ids.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/easemob/call.h"
#include "service/social/account_events.h"
#include "service/social/groups.h"

namespace fenshen::api::easemob {

/// The acting account and device: the `{user}` of the path, else the token's. No uid: the app.
service::EventOrigin acting(const Call& call);

/// The conversation of `me` with a user ("chat", "user") or a group ("groupchat", "chatgroup",
/// "group"); nothing where that can be none.
std::optional<ChannelKey> conversation_of(const Uid& me,
                                          std::string_view type,
                                          std::string_view id);
/// The other side of a person channel, or the group's id.
std::string other_side(const ChannelKey& channel, const Uid& me);

/// Everybody else in a conversation of the `{user}`: the peer, or the other members. Errc:
/// not_a_member.
Task<Result<std::vector<Uid>>> others_in(Call& call, ChannelKey channel);

/// Characters of a UTF-8 text.
std::size_t characters(std::string_view text);

/// User ids as they are kept; nothing when one is not legal, or there are none or too many.
std::optional<std::vector<Uid>> uids_of(const std::vector<std::string>& names, std::size_t max);
/// "a,b,c" of a path.
std::vector<std::string> split(std::string_view list);

/// Whether there is such a user: an answer when not.
Task<std::optional<http::Response>> missing_user(Call& call, Uid uid);
/// The same for several who are named to a group. To the app it is the lookup that failed
/// (easemob-rest A80); the SDK knows only the words of `missing_user`.
Task<std::optional<http::Response>> missing_members(Call& call, std::vector<Uid> uids);

/// What a service could not do in a group, in the words and with the codes that the SDK goes by
/// (easemob-rest 2.3). `uid` is whom it was about; empty: who asks.
http::Response group_failed(const Call& call,
                            Errc error,
                            std::string_view group,
                            const Uid& uid = Uid());
/// The `{group}` of the path.
ChannelKey group_of_path(const Call& call);
/// That group, for who may see it: its members and the app.
Task<std::expected<service::GroupView, http::Response>> group_seen(Call& call);
/// Who may see what a group is: its members, everybody where it is public, the app.
bool may_see(const Call& call, const service::GroupView& view);
/// 403 "exceed_limit".
http::Response exceeds_limit(const Call& call, std::string text);

/// Which part of `count` things a page has: `limit` and `cursor`, a number of things passed.
struct Slice {
    std::size_t first = 0;
    std::size_t last = 0;
    std::string cursor;  ///< empty: that was the last page
};
Slice slice_of(const Call& call,
               std::size_t count,
               std::string_view size_name,
               std::size_t size,
               std::size_t size_max);
inline Slice slice_of(const Call& call,
                      std::size_t count,
                      std::size_t limit,
                      std::size_t limit_max) {
    return slice_of(call, count, "limit", limit, limit_max);
}
/// The same with `pagenum` and `pagesize`; `first_page` is what the first is called.
Slice page_of(const Call& call,
              std::size_t count,
              std::string_view number_name,
              std::string_view size_name,
              std::size_t first_page,
              std::size_t size);

}  // namespace fenshen::api::easemob
