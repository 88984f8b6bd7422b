// SPDX-License-Identifier: Apache-2.0
// Deny and allow lists (wukong-http 7.8, 7.9). Under type 1 they belong to the account named by
// channel_id: who may write to it. They never keep anybody from receiving.
#pragma once

#include <vector>

#include "api/wukong/detail/endpoint.h"
#include "model/channel.h"
#include "model/ids.h"
#include "service/channels/channels.h"

namespace fenshen::api::wukong {

using service::ListChange;
using storage::ListKind;

struct ListInput {
    ChannelKey channel;
    std::vector<Uid> uids;
};

/// What the endpoints that change a list have in common: all but their route.
template <ListKind kind, ListChange change>
struct ChangesList {
    using Input = ListInput;
    static Input read(http::JsonObject& body);
    static std::string_view refusal(const Input& input);
    static Task<http::Response> run(Context& context, Input input);
};

/// Who is put on a channel's deny list loses it from the conversation list.
struct AddToDenyList : ChangesList<ListKind::deny, ListChange::add> {
    static constexpr Route route{http::Method::post, "/channel/blacklist_add"};
};
/// Replaces; no uids: clears.
struct SetDenyList : ChangesList<ListKind::deny, ListChange::replace> {
    static constexpr Route route{http::Method::post, "/channel/blacklist_set"};
};
/// Who is taken off gets the conversation back.
struct RemoveFromDenyList : ChangesList<ListKind::deny, ListChange::remove> {
    static constexpr Route route{http::Method::post, "/channel/blacklist_remove"};
};
struct ClearDenyList : ChangesList<ListKind::deny, ListChange::clear> {
    static constexpr Route route{http::Method::post, "/channel/blacklist_remove_all"};
};

/// On an account's list: both find each other in their conversation lists.
struct AddToAllowList : ChangesList<ListKind::allow, ListChange::add> {
    static constexpr Route route{http::Method::post, "/channel/whitelist_add"};
};
/// Replaces; no uids: clears.
struct SetAllowList : ChangesList<ListKind::allow, ListChange::replace> {
    static constexpr Route route{http::Method::post, "/channel/whitelist_set"};
};
struct RemoveFromAllowList : ChangesList<ListKind::allow, ListChange::remove> {
    static constexpr Route route{http::Method::post, "/channel/whitelist_remove"};
};
struct ClearAllowList : ChangesList<ListKind::allow, ListChange::clear> {
    static constexpr Route route{http::Method::post, "/channel/whitelist_remove_all"};
};

/// [{"id","uid"}]
struct GetAllowList {
    static constexpr Route route{http::Method::get, "/channel/whitelist"};
    struct Input {
        ChannelKey channel;
    };
    static Input read(detail::QueryReader& query);
    static std::string_view refusal(const Input& input);
    static Task<http::Response> run(Context& context, Input input);
};

}  // namespace fenshen::api::wukong
