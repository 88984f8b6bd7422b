// SPDX-License-Identifier: Apache-2.0
#include "api/easemob/social/groups.h"

#include <algorithm>
#include <array>

#include "api/easemob/answers.h"
#include "api/easemob/social.h"
#include "domain/easemob_id.h"
#include "service/social/groups.h"

namespace fenshen::api::easemob {

namespace {

using namespace std::string_view_literals;

constexpr std::size_t name_characters_max = 128;
constexpr std::size_t text_characters_max = 512;  // description, announcement
constexpr std::size_t avatar_characters_max = 1024;

http::Response failed_here(const Call& call, Errc error, const Uid& uid = Uid()) {
    return group_failed(call, error, call.capture("group"), uid);
}

http::Response invalid_parameter(const Call& call, std::string text) {
    return failed(call, {400, "invalid_parameter", "InvalidParameterException", std::move(text)});
}

/// What of these is longer than it may be; empty: nothing.
std::string_view too_long(std::string_view name,
                          std::string_view description,
                          std::string_view avatar) {
    if (characters(name) > name_characters_max) return "groupname is too long";
    if (characters(description) > text_characters_max) return "description is too long";
    if (characters(avatar) > avatar_characters_max) return "avatar is too long";
    return {};
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
        const auto owner = domain::easemob_uid(root.string("owner"));
        const auto members = root.strings("members");
        const bool is_whole = root.has("public") && root.has("owner");
        if (!body->ok()) co_return bad_body(call);
        if (!is_whole) co_return invalid_parameter(call, "owner and public must be provided");
        if (const auto what = too_long(row.name, row.description, row.avatar); !what.empty()) {
            co_return invalid_parameter(call, std::string(what));
        }
        if (!owner) co_return invalid_parameter(call, "owner is illegal");
        command.owner = *owner;
        if (!members.empty()) {
            auto uids = uids_of(members, service::group_users_max);
            if (!uids) co_return invalid_parameter(call, "members are illegal");
            command.members = std::move(*uids);
        }
    }
    if (!call.bearer.is_app && command.owner != call.bearer.uid) {
        co_return not_with_this_token(call);
    }
    std::vector<Uid> named = command.members;
    named.push_back(command.owner);
    auto looking = missing_members(call, std::move(named));
    auto missing = co_await looking;
    if (missing) co_return std::move(*missing);
    auto creating = service::create_group(call.world(), acting(call), std::move(command));
    const auto channel = co_await creating;
    if (!channel && channel.error() == Errc::too_big) {
        co_return exceeds_limit(call, "members size is greater than max user size !");
    }
    if (!channel && channel.error() == Errc::bad_request) {
        co_return invalid_parameter(call, "maxusers is out of bounds, or a text is too long");
    }
    if (!channel) co_return failed_here(call, channel.error());
    Envelope envelope(call);
    envelope.json().key("data").begin_object().member("groupid", channel->id).end_object();
    co_return envelope.done();
}

namespace {

/// What a group's change may name, and what is not among them, as a list; empty: nothing.
std::string unknown_fields(http::JsonObject& body) {
    constexpr std::array known{"groupname"sv,
                               "description"sv,
                               "avatar"sv,
                               "custom"sv,
                               "public"sv,
                               "membersonly"sv,
                               "allowinvites"sv,
                               "invite_need_confirm"sv,
                               "maxusers"sv,
                               "newowner"sv};
    std::string unknown;
    for (const auto& name : body.names()) {
        if (std::ranges::find(known, std::string_view(name)) != known.end()) continue;
        unknown += (unknown.empty() ? "" : ", ") + name;
    }
    return unknown;
}

Task<http::Response> change_owner(Call& call, Uid owner) {
    auto viewing = service::group_of(call.world(), group_of_path(call));
    const auto view = co_await viewing;
    if (!view) co_return failed_here(call, view.error());
    const bool may = call.bearer.is_app || view->row.owner == call.bearer.uid;
    if (may && view->row.owner == owner) {
        co_return forbidden(call, "new owner and old owner are the same");
    }
    auto changing =
        service::change_group_owner(call.world(), acting(call), group_of_path(call), owner);
    const auto changed = co_await changing;
    if (!changed) co_return failed_here(call, changed.error(), owner);
    Envelope envelope(call);
    envelope.json().key("data").begin_object().member("newowner", true).end_object();
    co_return envelope.done();
}

}  // namespace

Task<http::Response> change_group(Call& call) {
    service::GroupChange change;
    std::optional<Uid> owner;
    {
        auto body = http::JsonDocument::parse(call.request.body);
        if (!body) co_return bad_body(call);
        auto root = body->object();
        if (const auto unknown = unknown_fields(root); !unknown.empty()) {
            co_return illegal_argument(call, "some of [" + unknown + "] are not valid fields");
        }
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
    if (owner) {
        auto changing = change_owner(call, std::move(*owner));
        co_return co_await changing;
    }
    const auto what = too_long(
        change.name.value_or(""), change.description.value_or(""), change.avatar.value_or(""));
    if (!what.empty()) co_return invalid_parameter(call, std::string(what));
    auto changing = service::update_group(call.world(), acting(call), group_of_path(call), change);
    const auto changed = co_await changing;
    if (!changed && changed.error() == Errc::bad_request) {
        co_return invalid_parameter(call, "maxusers is out of bounds, or a text is too long");
    }
    if (!changed) co_return failed_here(call, changed.error());
    Envelope envelope(call);
    auto& json = envelope.json();
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

namespace {

Task<http::Response> set_shield(Call& call, bool shielded) {
    auto setting = service::shield_group(call.world(), acting(call), group_of_path(call), shielded);
    const auto set = co_await setting;
    if (!set) co_return failed_here(call, set.error());
    co_return done(call);
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
        if (characters(text) > text_characters_max) {
            co_return invalid_parameter(call, "announcement is too long");
        }
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
