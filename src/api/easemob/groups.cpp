// SPDX-License-Identifier: Apache-2.0
#include "api/easemob/groups.h"

#include <algorithm>

#include "api/easemob/answers.h"
#include "api/easemob/social.h"
#include "domain/easemob_id.h"
#include "service/groups.h"

namespace fenshen::api::easemob {

namespace {

using storage::GroupMemberRow;
using storage::GroupRole;

constexpr std::size_t members_a_call_max = 60;
constexpr std::size_t details_a_call_max = 100;

ChannelKey group_of_path(const Call& call) {
    return service::group_channel(call.capture("group"));
}

http::Response failed_here(const Call& call, Errc error) {
    return group_failed(call, error, call.capture("group"));
}

/// {"data":{"result":true,"action":…,"user":…,"id":…}}
http::Response with_action(const Call& call, std::string_view action, const Uid& uid) {
    Envelope envelope(call);
    envelope.json()
        .key("data")
        .begin_object()
        .member("result", true)
        .member("action", action)
        .member("user", uid.value())
        .member("id", call.capture("group"))
        .member("groupid", call.capture("group"))
        .end_object();
    return envelope.done();
}

void write_affiliations(JsonWriter& json, const service::GroupView& view) {
    json.key("affiliations").begin_array();
    for (const auto& member : view.members) {
        json.begin_object()
            .member(member.role == GroupRole::owner ? "owner" : "member", member.uid.value())
            .member("joined_time", member.joined_at.ms)
            .end_object();
    }
    json.end_array();
}

void write_group(JsonWriter& json, const service::GroupView& view, const Uid& reader) {
    const auto& row = view.row;
    const auto* me = view.member(reader);
    json.begin_object()
        .member("id", view.channel.id)
        .member("name", row.name)
        .member("avatar", row.avatar)
        .member("description", row.description)
        .member("custom", row.custom)
        .member("owner", row.owner.value())
        .member("public", row.is_public)
        .member("membersonly", row.approval)
        .member("allowinvites", row.allow_invites)
        .member("invite_need_confirm", row.invite_confirm)
        .member("maxusers", row.users_max)
        .member("affiliations_count", view.members.size())
        .member("mute", row.all_muted)
        .member("shieldgroup", me != nullptr && me->shielded)
        .member("created", row.created_at.ms)
        .member("disabled", false);
    write_affiliations(json, view);
    json.end_object();
}

std::string_view permission_of(const service::GroupView& view, const Uid& uid) {
    const auto* member = view.member(uid);
    if (member == nullptr || member->role == GroupRole::member) return "member";
    return member->role == GroupRole::owner ? "owner" : "admin";
}

/// The groups that an account is in, those that are still there.
Task<Result<std::vector<service::GroupView>>> views_of(Call& call) {
    auto listing = service::joined_by(call.world(), call.user, false);
    const auto rows = co_await listing;
    if (!rows) co_return std::unexpected(rows.error());
    std::vector<service::GroupView> views;
    for (const auto& row : *rows) {
        auto viewing = service::group_of(call.world(), row.channel);
        auto view = co_await viewing;
        if (!view && view.error() == Errc::not_found) continue;
        if (!view) co_return std::unexpected(view.error());
        views.push_back(std::move(*view));
    }
    co_return std::move(views);
}

/// Who may see a group: its members, everybody where it is public, the app.
bool may_see(const Call& call, const service::GroupView& view) {
    return call.bearer.is_app || view.row.is_public || view.member(call.bearer.uid) != nullptr;
}

}  // namespace

Task<http::Response> create_group(Call& call) {
    service::CreateGroup command;
    {
        auto body = http::JsonDocument::parse(call.request.body);
        if (!body) co_return bad_body(call);
        auto root = body->object();
        auto& row = command.settings;
        row.name = root.string("groupname");
        row.avatar = root.string("avatar");
        row.description = root.string(root.has("desc") ? "desc" : "description");
        row.custom = root.string("custom");
        row.is_public = root.boolean("public");
        row.approval = root.boolean("approval") || root.boolean("membersonly");
        row.allow_invites = root.boolean("allowinvites");
        row.invite_confirm = root.boolean("invite_need_confirm", true);
        row.users_max = root.integer<std::uint32_t>("maxusers", service::group_users_default);
        const auto owner = root.string("owner", call.bearer.uid.value());
        const auto members = root.strings("members");
        if (!body->ok()) co_return bad_body(call);
        const auto uid = domain::easemob_uid(owner);
        if (!uid) co_return illegal_argument(call, "owner is illegal");
        command.owner = *uid;
        if (!members.empty()) {
            auto uids = uids_of(members, row.users_max);
            if (!uids) co_return illegal_argument(call, "members are illegal");
            command.members = std::move(*uids);
        }
    }
    if (!call.bearer.is_app && command.owner != call.bearer.uid) {
        co_return not_with_this_token(call);
    }
    std::vector<Uid> named = command.members;
    named.push_back(command.owner);
    for (const auto& uid : named) {
        auto looking = missing_user(call, uid);
        auto missing = co_await looking;
        if (missing) co_return std::move(*missing);
    }
    auto creating = service::create_group(call.world(), acting(call), std::move(command));
    const auto channel = co_await creating;
    if (!channel) co_return failed_here(call, channel.error());
    Envelope envelope(call);
    envelope.json().key("data").begin_object().member("groupid", channel->id).end_object();
    co_return envelope.done();
}

Task<http::Response> change_group(Call& call) {
    service::GroupChange change;
    std::optional<Uid> owner;
    {
        auto body = http::JsonDocument::parse(call.request.body);
        if (!body) co_return bad_body(call);
        auto root = body->object();
        const auto text = [&](const char* name, std::optional<std::string>& into) {
            if (root.has(name)) into = root.string(name);
        };
        const auto flag = [&](const char* name, std::optional<bool>& into) {
            if (root.has(name)) into = root.boolean(name);
        };
        text("groupname", change.name);
        text("description", change.description);
        text("avatar", change.avatar);
        text("custom", change.custom);
        flag("public", change.is_public);
        flag("membersonly", change.approval);
        flag("allowinvites", change.allow_invites);
        flag("invite_need_confirm", change.invite_confirm);
        if (root.has("maxusers")) change.users_max = root.integer<std::uint32_t>("maxusers");
        const auto named = root.string("newowner");
        if (!body->ok()) co_return bad_body(call);
        if (!named.empty()) {
            owner = domain::easemob_uid(named);
            if (!owner) co_return user_not_found(call);
        }
    }
    Envelope envelope(call);
    auto& json = envelope.json();
    if (owner) {
        auto changing = service::change_group_owner(
            call.world(), acting(call), group_of_path(call), std::move(*owner));
        const auto changed = co_await changing;
        if (!changed) co_return failed_here(call, changed.error());
        json.key("data").begin_object().member("newowner", true).end_object();
        co_return envelope.done();
    }
    auto changing = service::update_group(call.world(), acting(call), group_of_path(call), change);
    const auto changed = co_await changing;
    if (!changed) co_return failed_here(call, changed.error());
    json.key("data").begin_object();
    if (change.name) json.member("groupname", true);
    if (change.description) json.member("description", true);
    if (change.avatar) json.member("avatar", true);
    if (change.custom) json.member("custom", true);
    if (change.is_public) json.member("public", true);
    if (change.approval) json.member("membersonly", true);
    if (change.allow_invites) json.member("allowinvites", true);
    if (change.invite_confirm) json.member("invite_need_confirm", true);
    if (change.users_max) json.member("maxusers", true);
    json.end_object();
    co_return envelope.done();
}

Task<http::Response> destroy_group(Call& call) {
    auto destroying = service::destroy_group(call.world(), acting(call), group_of_path(call));
    const auto destroyed = co_await destroying;
    if (!destroyed) co_return failed_here(call, destroyed.error());
    Envelope envelope(call);
    envelope.json()
        .key("data")
        .begin_object()
        .member("success", true)
        .member("id", call.capture("group"))
        .member("groupid", call.capture("group"))
        .end_object();
    co_return envelope.done();
}

Task<http::Response> quit_group(Call& call) {
    auto leaving = service::leave_group(call.world(), acting(call), group_of_path(call));
    const auto left = co_await leaving;
    if (!left) co_return failed_here(call, left.error());
    co_return with_action(call, "remove_member", call.bearer.uid);
}

Task<http::Response> invite_to_group(Call& call) {
    std::vector<Uid> uids;
    {
        auto body = http::JsonDocument::parse(call.request.body);
        if (!body) co_return bad_body(call);
        auto named = uids_of(body->object().strings("usernames"), members_a_call_max);
        if (!body->ok() || !named) co_return bad_body(call);
        uids = std::move(*named);
    }
    for (const auto& uid : uids) {
        auto looking = missing_user(call, uid);
        auto missing = co_await looking;
        if (missing) co_return std::move(*missing);
    }
    const bool is_single = uids.size() == 1;
    auto inviting =
        service::invite_to_group(call.world(), acting(call), group_of_path(call), std::move(uids));
    const auto outcomes = co_await inviting;
    if (!outcomes) co_return failed_here(call, outcomes.error());
    if (is_single && outcomes->front().error) co_return failed_here(call, *outcomes->front().error);
    Envelope envelope(call);
    auto& json = envelope.json();
    json.key("data").begin_array();
    for (const auto& each : *outcomes) {
        json.begin_object()
            .member("action", "invite")
            .member("id", call.capture("group"))
            .member("user", each.uid.value())
            .member("result", !each.error.has_value());
        if (each.error) json.member("reason", row_of(*each.error).meaning);
        json.end_object();
    }
    json.end_array();
    co_return envelope.done();
}

Task<http::Response> apply_to_group(Call& call) {
    std::string message;
    if (!call.request.body.empty()) {
        auto body = http::JsonDocument::parse(call.request.body);
        if (!body) co_return bad_body(call);
        message = body->object().string("message");
        if (!body->ok()) co_return bad_body(call);
    }
    auto joining =
        service::join_group(call.world(), acting(call), group_of_path(call), std::move(message));
    const auto joined = co_await joining;
    if (!joined) co_return failed_here(call, joined.error());
    co_return with_action(call, "apply", call.bearer.uid);
}

Task<http::Response> verify_application(Call& call) {
    service::DecideApplication command;
    command.channel = group_of_path(call);
    {
        auto body = http::JsonDocument::parse(call.request.body);
        if (!body) co_return bad_body(call);
        auto root = body->object();
        const auto applicant = domain::easemob_uid(root.string("applicant"));
        command.accepted = root.boolean("verifyResult");
        command.reason = root.string("reason");
        if (!body->ok() || !applicant) co_return bad_body(call);
        command.applicant = *applicant;
    }
    const Uid applicant = command.applicant;
    auto deciding = service::decide_application(call.world(), acting(call), std::move(command));
    const auto decided = co_await deciding;
    if (!decided && decided.error() == Errc::not_found) {
        co_return forbidden(call, "the user has not applied to join this group");
    }
    if (!decided) co_return failed_here(call, decided.error());
    co_return with_action(call, "apply_verify", applicant);
}

Task<http::Response> verify_invitation(Call& call) {
    bool accepted = false;
    {
        auto body = http::JsonDocument::parse(call.request.body);
        if (!body) co_return bad_body(call);
        auto root = body->object();
        const auto invitee = domain::easemob_uid(root.string("invitee", call.bearer.uid.value()));
        accepted = root.boolean("verifyResult");
        if (!body->ok() || !invitee) co_return bad_body(call);
        if (*invitee != call.bearer.uid) co_return not_with_this_token(call);
    }
    auto answering =
        service::answer_invitation(call.world(), acting(call), group_of_path(call), accepted);
    const auto answered = co_await answering;
    if (!answered && answered.error() == Errc::not_found) {
        co_return forbidden(call, "the user was not invited to this group");
    }
    if (!answered) co_return failed_here(call, answered.error());
    co_return with_action(call, "invite_verify", call.bearer.uid);
}

Task<http::Response> joined_groups(Call& call) {
    auto listing = views_of(call);
    const auto views = co_await listing;
    if (!views) co_return failed(call, views.error());
    const auto page = page_of(call, views->size(), "pagenum", "pagesize", 0, 20);
    Envelope envelope(call);
    auto& json = envelope.json();
    json.key("data").begin_array();
    for (std::size_t i = page.first; i < page.last; ++i) {
        const auto& view = (*views)[i];
        json.begin_object()
            .member("id", view.channel.id)
            .member("name", view.row.name)
            .member("disabled", false)
            .member("permission", permission_of(view, call.user))
            .member("groupid", view.channel.id)
            .member("groupname", view.row.name)
            .end_object();
    }
    json.end_array().member("count", page.last - page.first);
    co_return envelope.done();
}

Task<http::Response> groups_of_user(Call& call) {
    auto listing = views_of(call);
    const auto views = co_await listing;
    if (!views) co_return failed(call, views.error());
    const auto page = page_of(call, views->size(), "pagenum", "pagesize", 0, 20);
    Envelope envelope(call);
    auto& json = envelope.json();
    json.key("entities").begin_array();
    for (std::size_t i = page.first; i < page.last; ++i) {
        const auto& view = (*views)[i];
        json.begin_object()
            .member("groupId", view.channel.id)
            .member("name", view.row.name)
            .member("affiliations_count", view.members.size())
            .member("permission", permission_of(view, call.user))
            .member("disabled", false)
            .member("membersonly", view.row.approval)
            .member("allowinvites", view.row.allow_invites)
            .member("description", view.row.description)
            .member("maxusers", view.row.users_max)
            .member("public", view.row.is_public)
            .member("created", view.row.created_at.ms)
            .end_object();
    }
    json.end_array().member("count", page.last - page.first);
    co_return envelope.done();
}

Task<http::Response> group_details(Call& call) {
    const auto ids = split(call.capture("group"));
    if (ids.empty() || ids.size() > details_a_call_max) {
        co_return illegal_argument(call, "too many groups");
    }
    std::vector<service::GroupView> views;
    for (const auto& id : ids) {
        auto viewing = service::group_of(call.world(), service::group_channel(id));
        auto view = co_await viewing;
        if (!view) co_return group_failed(call, view.error(), id);
        if (!may_see(call, *view)) co_return group_failed(call, Errc::not_a_member, id);
        views.push_back(std::move(*view));
    }
    Envelope envelope(call);
    auto& json = envelope.json();
    json.key("data").begin_array();
    for (const auto& view : views) write_group(json, view, call.bearer.uid);
    json.end_array().member("count", views.size());
    co_return envelope.done();
}

Task<http::Response> public_groups(Call& call) {
    const auto limit = static_cast<std::size_t>(number_in_query(call, "limit", 20, 1, 1000));
    std::string cursor(call.query("cursor").value_or(""));
    auto listing = service::public_groups(call.world(), std::move(cursor), limit);
    const auto page = co_await listing;
    if (!page) co_return failed(call, page.error());
    Envelope envelope(call);
    auto& json = envelope.json();
    json.key("data").begin_array();
    for (const auto& group : page->groups) {
        json.begin_object().member("id", group.id).member("name", group.name);
        json.member("groupid", group.id).member("groupname", group.name).end_object();
    }
    json.end_array();
    if (!page->cursor.empty()) json.member("cursor", page->cursor);
    json.member("count", page->groups.size());
    co_return envelope.done();
}

namespace {

Task<http::Response> set_shield(Call& call, bool shielded) {
    auto setting = service::shield_group(call.world(), acting(call), group_of_path(call), shielded);
    const auto set = co_await setting;
    if (!set) co_return failed_here(call, set.error());
    co_return with_action(call, shielded ? "shield" : "unshield", call.bearer.uid);
}

}  // namespace

Task<http::Response> shield_group(Call& call) {
    auto setting = set_shield(call, true);
    co_return co_await setting;
}

Task<http::Response> unshield_group(Call& call) {
    auto setting = set_shield(call, false);
    co_return co_await setting;
}

Task<http::Response> get_announcement(Call& call) {
    auto viewing = service::group_of(call.world(), group_of_path(call));
    const auto view = co_await viewing;
    if (!view) co_return failed_here(call, view.error());
    if (!may_see(call, *view)) co_return failed_here(call, Errc::not_a_member);
    Envelope envelope(call);
    envelope.json()
        .key("data")
        .begin_object()
        .member("announcement", view->row.announcement)
        .end_object();
    co_return envelope.done();
}

Task<http::Response> set_announcement(Call& call) {
    std::string text;
    {
        auto body = http::JsonDocument::parse(call.request.body);
        if (!body) co_return bad_body(call);
        text = body->object().string("announcement");
        if (!body->ok()) co_return bad_body(call);
    }
    auto setting =
        service::set_announcement(call.world(), acting(call), group_of_path(call), std::move(text));
    const auto set = co_await setting;
    if (!set) co_return failed_here(call, set.error());
    Envelope envelope(call);
    envelope.json()
        .key("data")
        .begin_object()
        .member("id", call.capture("group"))
        .member("result", true)
        .end_object();
    co_return envelope.done();
}

}  // namespace fenshen::api::easemob
