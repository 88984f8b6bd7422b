// SPDX-License-Identifier: Apache-2.0
#include "api/wukong/permission_lists.h"

#include "api/wukong/detail/fields.h"
#include "api/wukong/detail/fnv.h"
#include "base/json_writer.h"
#include "service/channels/channels.h"

namespace fenshen::api::wukong {

namespace {

constexpr std::string_view no_id = "channel_id不能为空！";
constexpr std::string_view no_type = "频道类型不能为0！";

/// What changes the whole list needs no uids.
constexpr bool needs_uids(ListChange change) {
    return change == ListChange::add || change == ListChange::remove;
}

}  // namespace

template <ListKind kind, ListChange change>
ListInput ChangesList<kind, change>::read(http::JsonObject& body) {
    Input input{
        .channel = {detail::channel_type_of(body), detail::name_of(body, "channel_id")},
        .uids = detail::uids_of(body),
    };
    if (change == ListChange::clear) input.uids.clear();
    return input;
}

template <ListKind kind, ListChange change>
std::string_view ChangesList<kind, change>::refusal(const Input& input) {
    constexpr bool sets_deny_list = kind == ListKind::deny && change == ListChange::replace;
    if (is_blank(input.channel.id)) return sets_deny_list ? "频道ID不能为空！" : no_id;
    if (kind == ListKind::allow && needs_uids(change) && has_reserved_character(input.channel.id)) {
        return "频道ID不能包含特殊字符！";
    }
    if (input.channel.type == ChannelType::none) return no_type;
    if (needs_uids(change) && input.uids.empty()) return "uids不能为空！";
    return {};
}

template <ListKind kind, ListChange change>
Task<http::Response> ChangesList<kind, change>::run(Context& context, Input input) {
    service::ChangeList command;
    command.channel = std::move(input.channel);
    command.kind = kind;
    command.change = change;
    command.uids = std::move(input.uids);
    auto changing = service::change_list(context.world, std::move(command));
    const auto changed = co_await changing;
    co_return outcome(changed);
}

template struct ChangesList<ListKind::deny, ListChange::add>;
template struct ChangesList<ListKind::deny, ListChange::replace>;
template struct ChangesList<ListKind::deny, ListChange::remove>;
template struct ChangesList<ListKind::deny, ListChange::clear>;
template struct ChangesList<ListKind::allow, ListChange::add>;
template struct ChangesList<ListKind::allow, ListChange::replace>;
template struct ChangesList<ListKind::allow, ListChange::remove>;
template struct ChangesList<ListKind::allow, ListChange::clear>;

GetAllowList::Input GetAllowList::read(detail::QueryReader& query) {
    return {{detail::channel_type_of(query), detail::channel_id_of(query)}};
}

std::string_view GetAllowList::refusal(const Input& input) {
    if (is_blank(input.channel.id)) return no_id;
    if (input.channel.type == ChannelType::none) return no_type;
    return {};
}

Task<http::Response> GetAllowList::run(Context& context, Input input) {
    auto reading =
        service::list_of(context.world, std::move(input.channel), storage::ListKind::allow);
    const auto uids = co_await reading;
    if (!uids) co_return failure(uids.error());
    Bytes body;
    JsonWriter json(body);
    json.begin_array();
    for (const Uid& uid : *uids) {
        json.begin_object()
            .member("id", detail::fnv1a_64(uid.value()))
            .member("uid", uid.value())
            .end_object();
    }
    json.end_array();
    co_return raw(std::move(body));
}

}  // namespace fenshen::api::wukong
