// SPDX-License-Identifier: Apache-2.0
#include "api/easemob/messages/message_changing.h"

#include <algorithm>

#include "api/easemob/answers.h"
#include "api/easemob/messages/message_body.h"
#include "domain/easemob_id.h"
#include "model/names.h"
#include "protocol/msync/changes.h"
#include "protocol/msync/codec.h"
#include "protocol/msync/forms.h"
#include "service/messages/message_changes.h"
#include "service/messages/reactions.h"

namespace fenshen::api::easemob {

namespace {

using service::ChangeMessage;

constexpr Millis recall_age_max{2 * 60'000};

/// What tells of a change is said in the name of who has said the message, so that it stands in the
/// same conversation for everybody; `body`, without its ends, says who has changed it.
void tell(Message& told, const Message& stored, msync::MessageBody body, std::string_view by) {
    told.from = stored.from;
    told.addressed_to = stored.addressed_to;
    body.from = msync::Jid{.name = by};
    body.to = msync::Jid{.name = stored.addressed_to};
    told.payload.clear();
    msync::encode(told.payload, body);
}

std::shared_ptr<Message> message_about(const ChannelKey& channel) {
    auto told = std::make_shared<Message>();
    told->channel = command_channel_of(channel);
    told->format = MessageFormat::msync;
    told->flags.sync_once = true;
    if (channel.type == ChannelType::person) {
        // Until the message itself is found.
        const auto pair = split_person_id(channel.id);
        told->from = Uid(std::string(pair.first));
        told->addressed_to = pair.second;
    }
    return told;
}

// --- recalls

struct Recall {
    std::string id;
    std::string to;
    std::string chat_type;
    std::string from;
    std::string ext;
    bool force = false;
    bool syncs_devices = true;
};

http::Response recall_error(const Call& call, int status, std::string text) {
    return failed(call,
                  {status, "message_recall_error", "MessageRecallException", std::move(text)});
}

std::expected<Recall, http::Response> read_recall(const Call& call) {
    auto document = http::JsonDocument::parse(call.request.body);
    if (!document) return std::unexpected(bad_body(call));
    auto body = document->object();
    Recall recall;
    recall.id = body.string("msg_id");
    recall.to = body.string("to");
    recall.chat_type = body.string("chat_type");
    recall.from = body.string("from", "admin");
    recall.ext = body.string("recallMessageExtensionInfo");
    recall.force = body.boolean("force");
    recall.syncs_devices = body.boolean("sync_device", true);
    if (!document->ok()) return std::unexpected(bad_body(call));
    const std::pair<std::string_view, const std::string*> needed[] = {
        {"msg_id", &recall.id}, {"to", &recall.to}, {"chat_type", &recall.chat_type}};
    for (const auto& [name, value] : needed) {
        if (!value->empty()) continue;
        return std::unexpected(
            recall_error(call, 400, "param " + std::string(name) + " can't be empty"));
    }
    return recall;
}

/// Where the message is; none: it is not.
Task<Result<std::optional<ChannelKey>>> channel_of(Call& call,
                                                   std::string chat_type,
                                                   std::string to,
                                                   MessageId id) {
    if (chat_type != "chat") {
        if (!is_usable_channel_id(to)) co_return std::nullopt;
        co_return ChannelKey{ChannelType::group, std::move(to)};
    }
    auto peer = domain::easemob_uid(to);
    if (!peer) co_return std::nullopt;
    auto finding = service::channel_of_message(call.world(), std::move(*peer), id);
    co_return co_await finding;
}

ChangeMessage change_of(const Recall& recall, ChannelKey channel, MessageId id) {
    ChangeMessage change;
    change.channel = std::move(channel);
    change.id = id;
    if (!recall.force) change.age_max = recall_age_max;
    change.change = [recall, id](Message& stored, Message& told) -> Result<void> {
        msync::MessageBody body;
        body.type = msync::MessageType::recall;
        body.ack_message_id = static_cast<std::uint64_t>(id.value());
        tell(told, stored, body, recall.from);
        if (!recall.ext.empty()) {
            msync::Meta extra;
            extra.ext.push_back({.key = "recallMessageExtensionInfo",
                                 .type = msync::KeyValue::Type::string,
                                 .value = std::string_view(recall.ext)});
            msync::encode(told.extra, extra);
        }
        msync::take_back(stored, told);
        return {};
    };
    return change;
}

// --- edits

struct Rewrite {
    Uid user;
    Bytes body;  ///< a MessageBody with the new contents, and the new ext
    bool has_ext = false;
    bool merges_ext = true;
};

std::expected<Rewrite, http::Response> read_rewrite(const Call& call) {
    auto document = http::JsonDocument::parse(call.request.body);
    if (!document) return std::unexpected(bad_body(call));
    auto root = document->object();
    if (!root.has("new_msg")) return std::unexpected(illegal_argument(call, "new_msg is required"));
    auto new_message = root.object("new_msg");
    RestMessage message;
    message.type = new_message.string("type");
    message.body = root.raw("new_msg");
    message.ext = root.raw("new_ext");
    if (message.ext == "null") message.ext.clear();
    const auto user = domain::easemob_uid(root.string("user", "admin"));
    Rewrite rewrite;
    rewrite.has_ext = !message.ext.empty();
    rewrite.merges_ext = root.boolean("is_combine_ext", true);
    if (!document->ok()) return std::unexpected(bad_body(call));
    if (!user) return std::unexpected(user_not_found(call));
    if (message.type != "txt" && message.type != "custom") {
        return std::unexpected(illegal_argument(call, "param type is not legal"));
    }
    rewrite.user = *user;
    auto body = message_body_of(message, *user, "", ChannelType::person);
    if (!body) return std::unexpected(illegal_argument(call, std::move(body.error())));
    rewrite.body = std::move(*body);
    return rewrite;
}

/// The old entries, but for those that have new ones.
void merge(std::vector<msync::KeyValue>& ext, const std::vector<msync::KeyValue>& old) {
    for (const auto& entry : old) {
        if (std::ranges::find(ext, entry.key, &msync::KeyValue::key) == ext.end()) {
            ext.push_back(entry);
        }
    }
}

ChangeMessage change_of(const Rewrite& rewrite, ChannelKey channel, MessageId id, WallTime now) {
    ChangeMessage change;
    change.channel = std::move(channel);
    change.id = id;
    change.change = [rewrite, id, now](Message& stored, Message& told) -> Result<void> {
        auto body = msync::decode<msync::MessageBody>(rewrite.body);
        const Bytes before = msync::body_of(stored);
        const auto old = msync::decode<msync::MessageBody>(before);
        if (!body || !old) return std::unexpected(Errc::bad_request);
        body->type = msync::MessageType::edit;
        body->edit_message_id = static_cast<std::uint64_t>(id.value());
        body->edit_scope =
            rewrite.has_ext ? msync::EditScope::body_and_ext : msync::EditScope::body;
        if (rewrite.has_ext && rewrite.merges_ext) merge(body->ext, old->ext);
        tell(told, stored, *body, rewrite.user.value());
        const auto edited = msync::edit(stored, told, now);
        if (!edited) return std::unexpected(edited.error());
        return {};
    };
    return change;
}

http::Response rewrite_error(const Call& call, int status, std::string text) {
    return failed(call,
                  {status, "message_rewrite_error", "MessageRewriteException", std::move(text)});
}

http::Response not_rewritten(const Call& call, Errc error) {
    switch (error) {
        case Errc::not_found:
            return rewrite_error(call, 404, "The message is unavailable or has expired.");
        case Errc::rate_limited:
            return rewrite_error(call, 403, "The message has reached its edit limit.");
        case Errc::bad_request:
            return rewrite_error(call, 400, "The message cannot be changed.");
        default:
            return failed(call, error);
    }
}

}  // namespace

Task<http::Response> recall_message(Call& call) {
    auto recall = read_recall(call);
    if (!recall) co_return std::move(recall.error());
    const auto number = http::to_integer<std::int64_t>(recall->id);
    if (!number) co_return recall_error(call, 403, "not_found msg");
    const MessageId id(*number);
    auto finding = channel_of(call, recall->chat_type, recall->to, id);
    const auto channel = co_await finding;
    if (!channel) co_return failed(call, channel.error());
    if (!*channel) co_return recall_error(call, 400, "can't find msg to");
    auto told = message_about(**channel);
    told->spares_sender = !recall->syncs_devices && (**channel).type == ChannelType::person;
    auto changing =
        service::change_from_api(call.world(), change_of(*recall, **channel, id), std::move(told));
    const auto outcome = co_await changing;
    if (outcome.error == Errc::not_found) co_return recall_error(call, 403, "not_found msg");
    if (outcome.error == Errc::conflict) {
        co_return recall_error(call, 403, "exceed recall time limit");
    }
    if (outcome.error) co_return failed(call, *outcome.error);
    Envelope envelope(call);
    envelope.json()
        .key("data")
        .begin_object()
        .member("recalled", "yes")
        .member("chattype", recall->chat_type)
        .member("from", recall->from)
        .member("to", recall->to)
        .member("msg_id", recall->id)
        .end_object();
    co_return envelope.done();
}

Task<http::Response> rewrite_message(Call& call) {
    auto rewrite = read_rewrite(call);
    if (!rewrite) co_return std::move(rewrite.error());
    const auto number = http::to_integer<std::int64_t>(call.capture("message"));
    if (!number) co_return not_rewritten(call, Errc::not_found);
    const MessageId id(*number);
    auto finding = service::channel_of_message(call.world(), rewrite->user, id);
    const auto channel = co_await finding;
    if (!channel) co_return failed(call, channel.error());
    if (!*channel) co_return not_rewritten(call, Errc::not_found);
    auto changing =
        service::change_from_api(call.world(),
                                 change_of(*rewrite, **channel, id, call.world().clock.wall()),
                                 message_about(**channel));
    const auto outcome = co_await changing;
    if (outcome.error) co_return not_rewritten(call, *outcome.error);
    Envelope envelope(call);
    envelope.json().member("data", "success");
    co_return envelope.done();
}

}  // namespace fenshen::api::easemob
