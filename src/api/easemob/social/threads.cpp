// SPDX-License-Identifier: Apache-2.0
#include "api/easemob/social/threads.h"

#include <algorithm>

#include "api/easemob/answers.h"
#include "api/easemob/messages/history_page.h"
#include "api/easemob/messages/message_json.h"
#include "api/easemob/social.h"
#include "domain/easemob_id.h"
#include "service/messages/messages.h"
#include "service/social/threads.h"

namespace fenshen::api::easemob {

namespace {

using service::GroupView;

constexpr std::size_t name_characters_max = 64;
constexpr std::size_t threads_a_call_max = 20;

ChannelKey thread_of_path(const Call& call) {
    return service::group_channel(call.capture("thread"));
}

// Numbers by which the SDK knows the errors of threads (easemob-rest 2.3).
constexpr int message_has_thread = 40'004;
constexpr int too_many_threads = 40'005;
constexpr int not_nested = 40'009;
constexpr int thread_not_found = 40'011;
constexpr int not_in_group = 40'012;

constexpr std::string_view no_name = "name must have 1 to 64 characters";

bool is_name(std::string_view name) {
    const auto count = characters(name);
    return count >= 1 && count <= name_characters_max;
}

http::Response refused(const Call& call, int status, std::string text, int code = 0) {
    return failed(call, {status, "group_error", "GroupErrorException", std::move(text), code});
}

http::Response failed_here(const Call& call, Errc error) {
    switch (error) {
        case Errc::not_found:
            return refused(call, 404, "thread not found.", thread_not_found);
        case Errc::not_a_member:
            return refused(call, 404, "user not in group.", not_in_group);
        default:
            return group_failed(call, error, call.capture("thread"));
    }
}

/// Whether the thread can hang on that message: an answer when not.
Task<std::optional<http::Response>> unfit(Call& call, service::CreateThread command, Uid owner) {
    auto viewing = service::group_of(call.world(), command.group);
    const auto view = co_await viewing;
    if (!view) co_return group_failed(call, view.error(), command.group.id);
    if (view->row.parent.type != ChannelType::none) {
        co_return refused(call, 400, "thread not nested.", not_nested);
    }
    if (view->member(owner) == nullptr) co_return failed_here(call, Errc::not_a_member);
    service::MessageLookups lookups;
    lookups.ids.push_back(command.message_id);
    auto finding = service::find_messages(call.world(), command.group, std::move(lookups));
    const auto found = co_await finding;
    if (!found) co_return failed(call, found.error());
    if (found->messages().empty()) co_return refused(call, 404, "msg not exist.");
    co_return std::nullopt;
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
    if (!view) co_return group_failed(call, view.error(), call.capture("group"));
    if (view->member(call.bearer.uid) != nullptr) co_return std::nullopt;
    co_return failed_here(call, Errc::not_a_member);
}

/// What was found under a thread's name, for who may see it.
Task<std::expected<GroupView, http::Response>> if_seen(Call& call, Result<GroupView> view) {
    if (view && view->row.parent.type == ChannelType::none) {
        view = std::unexpected(Errc::not_found);
    }
    if (!view) co_return std::unexpected(failed_here(call, view.error()));
    auto asking = shut_out(call, view->row.parent);
    auto out = co_await asking;
    if (out) co_return std::unexpected(std::move(*out));
    co_return std::move(*view);
}

/// A thread, for who may see it.
Task<std::expected<GroupView, http::Response>> thread_seen(Call& call, ChannelKey thread) {
    auto viewing = service::group_of(call.world(), std::move(thread));
    auto view = co_await viewing;
    auto seeing = if_seen(call, std::move(view));
    co_return co_await seeing;
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
        if (!body->ok() || !message || !owner || command.group.id.empty()) {
            co_return bad_body(call);
        }
        if (!is_name(command.name)) co_return illegal_argument(call, std::string(no_name));
        command.message_id = MessageId(*message);
        if (call.bearer.is_app) by.uid = *owner;
        if (*owner != by.uid) co_return not_with_this_token(call);
    }
    auto asking = unfit(call, command, by.uid);
    auto refusal = co_await asking;
    if (refusal) co_return std::move(*refusal);
    const std::string group = command.group.id;
    auto creating = service::create_thread(call.world(), std::move(by), std::move(command));
    const auto thread = co_await creating;
    if (!thread && thread.error() == Errc::conflict) {
        co_return refused(
            call, 403, "msg already create thread.not allow to create.", message_has_thread);
    }
    if (!thread && thread.error() == Errc::too_big) {
        co_return refused(call, 403, "thread count exceed limit.", too_many_threads);
    }
    if (!thread) co_return group_failed(call, thread.error(), group);
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
        if (!is_name(name)) co_return illegal_argument(call, std::string(no_name));
    }
    auto renaming = service::rename_thread(call.world(), acting(call), thread_of_path(call), name);
    const auto renamed = co_await renaming;
    if (!renamed) co_return failed_here(call, renamed.error());
    Envelope envelope(call);
    envelope.json().key("data").begin_object().member("name", name).end_object();
    co_return envelope.done();
}

Task<http::Response> thread_details(Call& call) {
    auto viewing = thread_seen(call, thread_of_path(call));
    auto view = co_await viewing;
    if (!view) co_return std::move(view.error());
    Envelope envelope(call);
    envelope.json().key("data");
    write_thread(envelope.json(), *view);
    co_return envelope.done();
}

Task<http::Response> thread_members(Call& call) {
    auto viewing = thread_seen(call, thread_of_path(call));
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

Task<http::Response> last_of_threads(Call& call) {
    std::vector<std::string> ids;
    {
        auto body = http::JsonDocument::parse(call.request.body);
        if (!body) co_return bad_body(call);
        ids = body->object().strings("threadIds");
        if (!body->ok() || ids.empty() || ids.size() > threads_a_call_max) {
            co_return bad_body(call);
        }
    }
    Envelope envelope(call);
    auto& json = envelope.json();
    json.key("entities").begin_array();
    for (const auto& id : ids) {
        auto looking = service::group_of(call.world(), service::group_channel(id));
        auto present = co_await looking;
        // Destroyed while the client did not look.
        if (!present && present.error() == Errc::not_found) continue;
        auto seeing = if_seen(call, std::move(present));
        auto view = co_await seeing;
        if (!view) co_return std::move(view.error());
        auto asking = service::last_message(call.world(), view->channel);
        auto newest = co_await asking;
        if (!newest) co_return failed(call, newest.error());
        auto finding =
            newest_shown(call.world(), call.bearer.uid, view->channel, std::move(*newest));
        const auto last = co_await finding;
        if (!last) co_return failed(call, last.error());
        json.begin_object().member("thread_id", id).key("last_message");
        if (*last) {
            const auto app_key = call.context.rules().app_key();
            write_message(json, **last, app_key, PayloadForm::object);
        } else {
            json.begin_object().end_object();
        }
        json.end_object();
    }
    json.end_array();
    co_return envelope.done();
}

Task<http::Response> threads_of_group(Call& call) {
    const ChannelKey group = service::group_channel(call.capture("group"));
    auto asking = shut_out(call, group);
    auto out = co_await asking;
    if (out) co_return std::move(*out);
    auto listing = service::threads_of(call.world(), group);
    const auto views = co_await listing;
    if (!views) co_return group_failed(call, views.error(), group.id);
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
