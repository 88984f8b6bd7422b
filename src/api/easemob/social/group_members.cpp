// SPDX-License-Identifier: Apache-2.0
#include "api/easemob/social/group_members.h"

#include <algorithm>

#include "api/easemob/answers.h"
#include "api/easemob/social.h"
#include "domain/easemob_id.h"
#include "service/channels/channels.h"
#include "service/social/groups.h"

namespace fenshen::api::easemob {

namespace {

using service::GroupView;
using storage::GroupMemberRow;
using storage::GroupRole;

constexpr std::size_t members_a_call_max = 60;

http::Response failed_here(const Call& call, Errc error, const Uid& uid = Uid()) {
    return group_failed(call, error, call.capture("group"), uid);
}

http::Response no_member(const Call& call, std::string_view name) {
    constexpr int group_not_joined = 60'003;
    return failed(call,
                  {404,
                   "resource_not_found",
                   "ResourceNotFoundException",
                   "user: " + std::string(name) +
                       " doesn't exist in group: " + std::string(call.capture("group")),
                   group_not_joined});
}

/// What could not be done to the only one that it was to be done to.
http::Response failed_alone(const Call& call, const service::MemberOutcome& outcome) {
    if (outcome.is_owner) return forbidden(call, "forbidden operation on group owner!");
    if (*outcome.error == Errc::not_found) return no_member(call, outcome.uid.value());
    return failed_here(call, *outcome.error, outcome.uid);
}

/// Those of the path, else the body's `usernames`.
std::optional<std::vector<Uid>> meant(const Call& call) {
    if (const auto member = call.request.captures.find("member")) {
        return uids_of(split(*member), members_a_call_max);
    }
    auto body = http::JsonDocument::parse(call.request.body);
    if (!body) return std::nullopt;
    const auto names = body->object().strings("usernames");
    if (!body->ok()) return std::nullopt;
    return uids_of(names, members_a_call_max);
}

service::MemberNotices notices_of(const Call& call) {
    return call.query("need_notify") == "false" ? service::MemberNotices::silent
                                                : service::MemberNotices::told;
}

http::Response none_meant(const Call& call) {
    const bool is_in_path = call.request.captures.find("member").has_value();
    return is_in_path ? user_not_found(call) : bad_body(call);
}

/// The member that the path names, for those who only ask; nobody when it is no id.
Uid member_of_path(const Call& call) {
    return domain::easemob_uid(call.capture("member")).value_or(Uid());
}

/// `data` as an array of uids.
http::Response with_uids(const Call& call, const std::vector<Uid>& uids) {
    Envelope envelope(call);
    auto& json = envelope.json();
    json.key("data").begin_array();
    for (const auto& uid : uids) json.string(uid.value());
    json.end_array().member("count", uids.size());
    return envelope.done();
}

/// `data[] {user, result, action, ...}`. One account alone that could not be: an error.
http::Response with_outcomes(const Call& call,
                             const Result<service::MemberOutcomes>& outcomes,
                             std::string_view action,
                             bool with_expiry = false) {
    if (!outcomes) return failed_here(call, outcomes.error());
    if (outcomes->size() == 1 && outcomes->front().error) {
        return failed_alone(call, outcomes->front());
    }
    Envelope envelope(call);
    auto& json = envelope.json();
    json.key("data").begin_array();
    for (const auto& each : *outcomes) {
        json.begin_object()
            .member("user", each.uid.value())
            .member("result", !each.error.has_value())
            .member("action", action)
            .member("groupid", call.capture("group"));
        if (with_expiry) json.member("expire", each.until);
        if (each.error) json.member("reason", row_of(*each.error).meaning);
        json.end_object();
    }
    json.end_array();
    return envelope.done();
}

/// In the words of the call that asks nobody (easemob-rest A86).
http::Response not_added(const Call& call, const service::MemberOutcome& outcome) {
    if (*outcome.error != Errc::conflict) return failed_alone(call, outcome);
    return forbidden(call,
                     "can not join this group, reason:user: " + outcome.uid.value() +
                         " already in group: " + std::string(call.capture("group")));
}

http::Response with_member(const Call& call, std::string_view name, std::string_view uid) {
    Envelope envelope(call);
    envelope.json()
        .key("data")
        .begin_object()
        .member("result", "success")
        .member(name, uid)
        .end_object();
    return envelope.done();
}

}  // namespace

Task<http::Response> list_members(Call& call) {
    auto viewing = group_seen(call);
    auto view = co_await viewing;
    if (!view) co_return std::move(view.error());
    const bool by_page = call.query("pagenum").has_value() || call.query("pagesize").has_value();
    const auto part = by_page ? page_of(call, view->members.size(), "pagenum", "pagesize", 1, 10)
                              : slice_of(call, view->members.size(), 50, 1000);
    Envelope envelope(call);
    auto& json = envelope.json();
    json.key("data").begin_array();
    for (std::size_t i = part.first; i < part.last; ++i) {
        const auto& member = view->members[i];
        std::string_view role = "member";
        if (member.role == GroupRole::owner) role = "owner";
        if (member.role == GroupRole::admin && !by_page) role = "admin";
        json.begin_object().member(role, member.uid.value());
        if (!by_page) json.member("joined_time", member.joined_at.ms);
        json.end_object();
    }
    json.end_array().member("count", part.last - part.first);
    if (!part.cursor.empty()) json.member("cursor", part.cursor);
    co_return envelope.done();
}

Task<http::Response> add_members(Call& call) {
    auto uids = meant(call);
    const bool is_single = call.request.captures.find("member").has_value();
    if (!uids) co_return none_meant(call);
    auto looking = missing_members(call, *uids);
    auto missing = co_await looking;
    if (missing) co_return std::move(*missing);
    auto adding = service::add_group_members(
        call.world(), acting(call), group_of_path(call), std::move(*uids), notices_of(call));
    const auto outcomes = co_await adding;
    if (!outcomes) co_return failed_here(call, outcomes.error());
    if (is_single && outcomes->front().error) co_return not_added(call, outcomes->front());
    Envelope envelope(call);
    auto& json = envelope.json();
    json.key("data").begin_object();
    if (is_single) {
        json.member("result", true).member("user", outcomes->front().uid.value());
    } else {
        json.key("newmembers").begin_array();
        for (const auto& each : *outcomes) {
            if (!each.error) json.string(each.uid.value());
        }
        json.end_array();
    }
    json.member("action", "add_member").member("groupid", call.capture("group")).end_object();
    co_return envelope.done();
}

Task<http::Response> remove_members(Call& call) {
    auto uids = meant(call);
    if (!uids) co_return none_meant(call);
    const bool is_single = uids->size() == 1;
    auto removing = service::remove_group_members(
        call.world(), acting(call), group_of_path(call), std::move(*uids), notices_of(call));
    const auto outcomes = co_await removing;
    if (is_single && outcomes && outcomes->front().error == Errc::not_found) {
        co_return failed_here(call, Errc::not_a_member, outcomes->front().uid);
    }
    if (!is_single || !outcomes || outcomes->front().error) {
        co_return with_outcomes(call, outcomes, "remove_member");
    }
    Envelope envelope(call);
    envelope.json()
        .key("data")
        .begin_object()
        .member("action", "remove_member")
        .member("groupid", call.capture("group"))
        .member("user", outcomes->front().uid.value())
        .member("result", true)
        .end_object();
    co_return envelope.done();
}

Task<http::Response> list_admins(Call& call) {
    auto viewing = group_seen(call);
    auto view = co_await viewing;
    if (!view) co_return std::move(view.error());
    std::vector<Uid> admins;
    for (const auto& member : view->members) {
        if (member.role == GroupRole::admin) admins.push_back(member.uid);
    }
    co_return with_uids(call, admins);
}

Task<http::Response> add_admin(Call& call) {
    std::optional<Uid> uid;
    {
        auto body = http::JsonDocument::parse(call.request.body);
        if (!body) co_return bad_body(call);
        uid = domain::easemob_uid(body->object().string("newadmin"));
        if (!body->ok() || !uid) co_return bad_body(call);
    }
    auto setting =
        service::set_group_admin(call.world(), acting(call), group_of_path(call), *uid, true);
    const auto set = co_await setting;
    if (!set && set.error() == Errc::not_a_member) co_return no_member(call, uid->value());
    if (!set) co_return failed_here(call, set.error());
    co_return with_member(call, "newadmin", uid->value());
}

Task<http::Response> remove_admin(Call& call) {
    const auto uid = domain::easemob_uid(call.capture("member"));
    if (!uid) co_return user_not_found(call);
    auto setting =
        service::set_group_admin(call.world(), acting(call), group_of_path(call), *uid, false);
    const auto set = co_await setting;
    if (!set && set.error() == Errc::not_a_member) co_return no_member(call, uid->value());
    if (!set) co_return failed_here(call, set.error());
    co_return with_member(call, "oldadmin", uid->value());
}

Task<http::Response> list_muted(Call& call) {
    auto viewing = group_seen(call);
    auto view = co_await viewing;
    if (!view) co_return std::move(view.error());
    const auto now = call.world().clock.wall().ms;
    Envelope envelope(call);
    auto& json = envelope.json();
    json.key("data").begin_array();
    for (const auto& member : view->members) {
        if (member.muted_until == 0 || (member.muted_until > 0 && member.muted_until <= now)) {
            continue;
        }
        json.begin_object()
            .member("user", member.uid.value())
            .member("expire", member.muted_until)
            .end_object();
    }
    json.end_array();
    co_return envelope.done();
}

Task<http::Response> mute_members(Call& call) {
    service::MuteMembers command;
    command.channel = group_of_path(call);
    {
        auto body = http::JsonDocument::parse(call.request.body);
        if (!body) co_return bad_body(call);
        auto root = body->object();
        auto uids = uids_of(root.strings("usernames"), members_a_call_max);
        command.duration_ms = root.integer<std::int64_t>("mute_duration", -1);
        if (!body->ok() || !uids || command.duration_ms == 0) co_return bad_body(call);
        command.uids = std::move(*uids);
    }
    auto muting = service::mute_group_members(call.world(), acting(call), std::move(command));
    const auto outcomes = co_await muting;
    co_return with_outcomes(call, outcomes, "mute", true);
}

Task<http::Response> unmute_members(Call& call) {
    auto uids = meant(call);
    if (!uids) co_return none_meant(call);
    service::MuteMembers command{group_of_path(call), std::move(*uids), 0};
    auto muting = service::mute_group_members(call.world(), acting(call), std::move(command));
    const auto outcomes = co_await muting;
    co_return with_outcomes(call, outcomes, "unmute");
}

Task<http::Response> is_muted(Call& call) {
    auto viewing = group_seen(call);
    auto view = co_await viewing;
    if (!view) co_return std::move(view.error());
    const auto* member = view->member(member_of_path(call));
    const auto now = call.world().clock.wall().ms;
    const bool muted = member != nullptr && (member->muted_until < 0 || member->muted_until > now);
    Envelope envelope(call);
    envelope.json().member("data", muted);
    co_return envelope.done();
}

namespace {

Task<http::Response> set_all_muted(Call& call, bool muted) {
    auto muting = service::mute_group(call.world(), acting(call), group_of_path(call), muted);
    const auto done_ = co_await muting;
    if (!done_) co_return failed_here(call, done_.error());
    Envelope envelope(call);
    envelope.json().key("data").begin_object().member("mute", muted).end_object();
    co_return envelope.done();
}

Task<http::Response> set_blocked(Call& call, bool blocked) {
    auto uids = meant(call);
    if (!uids) co_return none_meant(call);
    auto blocking = service::block_group_members(
        call.world(), acting(call), group_of_path(call), std::move(*uids), blocked);
    const auto outcomes = co_await blocking;
    co_return with_outcomes(call, outcomes, blocked ? "add_blocks" : "remove_blocks");
}

Task<http::Response> set_allowed(Call& call, bool allowed) {
    auto uids = meant(call);
    if (!uids) co_return none_meant(call);
    auto allowing = service::allow_group_members(
        call.world(), acting(call), group_of_path(call), std::move(*uids), allowed);
    const auto outcomes = co_await allowing;
    co_return with_outcomes(
        call, outcomes, allowed ? "add_user_whitelist" : "remove_user_whitelist");
}

}  // namespace

Task<http::Response> mute_group(Call& call) {
    auto muting = set_all_muted(call, true);
    co_return co_await muting;
}

Task<http::Response> unmute_group(Call& call) {
    auto muting = set_all_muted(call, false);
    co_return co_await muting;
}

Task<http::Response> list_group_blocked(Call& call) {
    auto viewing = group_seen(call);
    auto view = co_await viewing;
    if (!view) co_return std::move(view.error());
    auto listing = service::list_of(call.world(), view->channel, storage::ListKind::deny);
    const auto uids = co_await listing;
    if (!uids) co_return failed(call, uids.error());
    co_return with_uids(call, *uids);
}

Task<http::Response> block_members(Call& call) {
    auto blocking = set_blocked(call, true);
    co_return co_await blocking;
}

Task<http::Response> unblock_members(Call& call) {
    auto blocking = set_blocked(call, false);
    co_return co_await blocking;
}

Task<http::Response> list_allowed(Call& call) {
    auto viewing = group_seen(call);
    auto view = co_await viewing;
    if (!view) co_return std::move(view.error());
    std::vector<Uid> allowed;
    for (const auto& member : view->members) {
        if (member.allow_listed) allowed.push_back(member.uid);
    }
    co_return with_uids(call, allowed);
}

Task<http::Response> allow_members(Call& call) {
    auto allowing = set_allowed(call, true);
    co_return co_await allowing;
}

Task<http::Response> disallow_members(Call& call) {
    auto allowing = set_allowed(call, false);
    co_return co_await allowing;
}

Task<http::Response> is_allowed(Call& call) {
    auto viewing = group_seen(call);
    auto view = co_await viewing;
    if (!view) co_return std::move(view.error());
    const auto* member = view->member(member_of_path(call));
    Envelope envelope(call);
    envelope.json()
        .key("data")
        .begin_object()
        .member("member", member_of_path(call).value())
        .member("white", member != nullptr && member->allow_listed)
        .end_object();
    co_return envelope.done();
}

}  // namespace fenshen::api::easemob
