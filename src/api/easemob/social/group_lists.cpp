// SPDX-License-Identifier: Apache-2.0
// Groups as they are read: one by one, of a user, those that are open to all.
#include "api/easemob/social/groups.h"

#include "api/easemob/answers.h"
#include "api/easemob/social.h"
#include "service/social/groups.h"

namespace fenshen::api::easemob {

namespace {

using storage::GroupRole;

constexpr std::size_t details_a_call_max = 100;

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

}  // namespace

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

}  // namespace fenshen::api::easemob
