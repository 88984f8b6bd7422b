// SPDX-License-Identifier: Apache-2.0
#include "api/easemob/threads.h"

#include <algorithm>

#include "api/easemob/answers.h"
#include "api/easemob/social.h"
#include "domain/easemob_id.h"
#include "service/threads.h"

namespace fenshen::api::easemob {

namespace {

using service::GroupView;

ChannelKey thread_of_path(const Call& call) {
    return service::group_channel(call.capture("thread"));
}

http::Response failed_here(const Call& call, Errc error) {
    if (error == Errc::conflict) {
        return failed(call,
                      {400,
                       "thread_already_exist",
                       "ThreadAlreadyExistException",
                       "the message already has a thread",
                       40002});
    }
    return group_failed(call, error, call.capture("thread"));
}

void write_thread(JsonWriter& json, const GroupView& view) {
    json.begin_object()
        .member("id", view.channel.id)
        .member("name", view.row.name)
        .member("owner", view.row.owner.value())
        .member("created", view.row.created_at.ms)
        .member("affiliations_count", view.members.size())
        .member("msgId", std::to_string(view.row.message_id.value()))
        .member("groupId", view.row.parent.id)
        .end_object();
}

http::Response with_threads(const Call& call, const std::vector<GroupView>& views) {
    const auto slice = slice_of(call, views.size(), 20, 50);
    Envelope envelope(call);
    auto& json = envelope.json();
    json.key("entities").begin_array();
    for (std::size_t i = slice.first; i < slice.last; ++i) write_thread(json, views[i]);
    json.end_array().key("properties").begin_object().member("cursor", slice.cursor).end_object();
    return envelope.done();
}

/// Whether who asks is in the group of that thread, or in the group itself: an answer when not.
Task<std::optional<http::Response>> shut_out(Call& call, ChannelKey group) {
    if (call.bearer.is_app) co_return std::nullopt;
    auto viewing = service::group_of(call.world(), std::move(group));
    const auto view = co_await viewing;
    if (!view) co_return failed_here(call, view.error());
    if (view->member(call.bearer.uid) != nullptr) co_return std::nullopt;
    co_return failed_here(call, Errc::not_a_member);
}

/// A thread, for who may see it.
Task<std::expected<GroupView, http::Response>> thread_seen(Call& call) {
    auto viewing = service::group_of(call.world(), thread_of_path(call));
    auto view = co_await viewing;
    if (view && view->row.parent.type == ChannelType::none) {
        view = std::unexpected(Errc::not_found);
    }
    if (!view) co_return std::unexpected(failed_here(call, view.error()));
    auto asking = shut_out(call, view->row.parent);
    auto out = co_await asking;
    if (out) co_return std::unexpected(std::move(*out));
    co_return std::move(*view);
}

}  // namespace

Task<http::Response> create_thread(Call& call) {
    service::CreateThread command;
    service::EventOrigin by = acting(call);
    {
        auto body = http::JsonDocument::parse(call.request.body);
        if (!body) co_return bad_body(call);
        auto root = body->object();
        command.name = root.string("name");
        command.group = service::group_channel(root.string("group_id"));
        const auto message = http::to_integer<std::int64_t>(root.string("msg_id"));
        const auto owner = domain::easemob_uid(root.string("owner", by.uid.value()));
        if (!body->ok() || !message || !owner) co_return bad_body(call);
        command.message_id = MessageId(*message);
        if (call.bearer.is_app) by.uid = *owner;
        if (*owner != by.uid) co_return not_with_this_token(call);
    }
    auto creating = service::create_thread(call.world(), std::move(by), std::move(command));
    const auto thread = co_await creating;
    if (!thread) co_return failed_here(call, thread.error());
    Envelope envelope(call);
    envelope.json().key("data").begin_object().member("thread_id", thread->id).end_object();
    co_return envelope.done();
}

Task<http::Response> join_thread(Call& call) {
    auto joining = service::join_thread(call.world(), acting(call), thread_of_path(call));
    const auto joined = co_await joining;
    if (!joined) co_return failed_here(call, joined.error());
    auto viewing = service::group_of(call.world(), thread_of_path(call));
    const auto view = co_await viewing;
    if (!view) co_return failed_here(call, view.error());
    Envelope envelope(call);
    auto& json = envelope.json();
    json.key("data").begin_object().member("status", "ok").key("detail");
    write_thread(json, *view);
    json.end_object();
    co_return envelope.done();
}

Task<http::Response> quit_thread(Call& call) {
    auto leaving = service::leave_thread(call.world(), acting(call), thread_of_path(call));
    const auto left = co_await leaving;
    if (!left) co_return failed_here(call, left.error());
    co_return done(call);
}

Task<http::Response> destroy_thread(Call& call) {
    auto destroying = service::destroy_thread(call.world(), acting(call), thread_of_path(call));
    const auto destroyed = co_await destroying;
    if (!destroyed) co_return failed_here(call, destroyed.error());
    Envelope envelope(call);
    envelope.json().key("data").begin_object().member("status", "ok").end_object();
    co_return envelope.done();
}

Task<http::Response> rename_thread(Call& call) {
    std::string name;
    {
        auto body = http::JsonDocument::parse(call.request.body);
        if (!body) co_return bad_body(call);
        name = body->object().string("name");
        if (!body->ok()) co_return bad_body(call);
    }
    auto renaming = service::rename_thread(call.world(), acting(call), thread_of_path(call), name);
    const auto renamed = co_await renaming;
    if (!renamed) co_return failed_here(call, renamed.error());
    Envelope envelope(call);
    envelope.json().key("data").begin_object().member("name", name).end_object();
    co_return envelope.done();
}

Task<http::Response> thread_details(Call& call) {
    auto viewing = thread_seen(call);
    auto view = co_await viewing;
    if (!view) co_return std::move(view.error());
    Envelope envelope(call);
    envelope.json().key("data");
    write_thread(envelope.json(), *view);
    co_return envelope.done();
}

Task<http::Response> thread_members(Call& call) {
    auto viewing = thread_seen(call);
    auto view = co_await viewing;
    if (!view) co_return std::move(view.error());
    const auto slice = slice_of(call, view->members.size(), 20, 50);
    Envelope envelope(call);
    auto& json = envelope.json();
    json.key("data").begin_object().key("affiliations").begin_array();
    for (std::size_t i = slice.first; i < slice.last; ++i) {
        json.string(view->members[i].uid.value());
    }
    json.end_array()
        .end_object()
        .key("properties")
        .begin_object()
        .member("cursor", slice.cursor)
        .end_object();
    co_return envelope.done();
}

Task<http::Response> remove_from_thread(Call& call) {
    const auto uid = domain::easemob_uid(call.capture("member"));
    if (!uid) co_return user_not_found(call);
    auto removing =
        service::remove_thread_member(call.world(), acting(call), thread_of_path(call), *uid);
    const auto removed = co_await removing;
    if (!removed) co_return failed_here(call, removed.error());
    Envelope envelope(call);
    envelope.json()
        .key("data")
        .begin_object()
        .member("result", true)
        .member("user", uid->value())
        .end_object();
    co_return envelope.done();
}

Task<http::Response> threads_of_group(Call& call) {
    const ChannelKey group = service::group_channel(call.capture("group"));
    auto asking = shut_out(call, group);
    auto out = co_await asking;
    if (out) co_return std::move(*out);
    auto listing = service::threads_of(call.world(), group);
    const auto views = co_await listing;
    if (!views) co_return failed_here(call, views.error());
    co_return with_threads(call, *views);
}

Task<http::Response> joined_threads(Call& call) {
    auto listing = service::joined_by(call.world(), call.user, true);
    const auto rows = co_await listing;
    if (!rows) co_return failed(call, rows.error());
    const auto group = call.capture("group");
    std::vector<GroupView> views;
    for (const auto& row : *rows) {
        if (!group.empty() && row.parent.id != group) continue;
        auto viewing = service::group_of(call.world(), row.channel);
        auto view = co_await viewing;
        if (!view && view.error() == Errc::not_found) continue;
        if (!view) co_return failed(call, view.error());
        views.push_back(std::move(*view));
    }
    co_return with_threads(call, views);
}

}  // namespace fenshen::api::easemob
