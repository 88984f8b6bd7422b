// SPDX-License-Identifier: Apache-2.0
// What an MSync device sends: messages, receipts, recalls, edits (msync-wire 8). Each is answered
// once its outcome is durable.
#include <charconv>

#include "domain/dedup_window.h"
#include "gateway/msync/session.h"
#include "model/names.h"
#include "protocol/msync/changes.h"
#include "protocol/msync/jid.h"
#include "service/messages/message_changes.h"
#include "service/social/threads.h"

namespace fenshen::gateway {

namespace {

using msync::MessageType;

constexpr Millis recall_age_max{2 * 60'000};
constexpr std::size_t directed_users_max = 20;

/// Where a Meta goes; nothing where there can be no such channel.
std::optional<ChannelKey> channel_of(const Uid& from, const msync::Meta& meta) {
    const msync::Jid to = meta.to.value_or(msync::Jid{});
    const std::string_view name = to.name.value_or("");
    if (!is_usable_channel_id(name)) return std::nullopt;
    if (to.domain == msync::domain_groups) return ChannelKey{ChannelType::group, std::string(name)};
    return ChannelKey{ChannelType::person, person_channel_id(from.value(), name)};
}

/// The number of a message among those of its device, told apart by what it says: applications may
/// choose the number, and a page that is loaded anew may begin again.
std::string number_of(const DeviceId& device, const msync::Meta& meta) {
    constexpr int hex = 16;
    char digits[hex];
    const auto end =
        std::to_chars(digits, digits + hex, domain::fingerprint_of(meta.payload.value_or("")), hex);
    return device.value() + ":" + std::to_string(meta.id.value_or(0)) + ":" +
           std::string(digits, end.ptr);
}

/// A receiving SDK believes `from`, and sorts by `to` and `type`.
bool fits_channel(const msync::MessageHead& head,
                  const ChannelKey& channel,
                  std::string_view addressed_to) {
    const auto type = head.type.value_or(MessageType::chat);
    const bool is_person = channel.type == ChannelType::person;
    const std::string_view to = head.to ? head.to->name.value_or("") : std::string_view();
    if (!to.empty() && to != addressed_to) return false;
    if (!msync::is_content(type)) return true;
    return is_person == (type == MessageType::chat || type == MessageType::normal);
}

}  // namespace

void MsyncSession::submit(const msync::Meta& meta) {
    const std::uint64_t meta_id = meta.id.value_or(0);
    switch (meta.ns.value_or(msync::Namespace::statistic)) {
        case msync::Namespace::statistic:
            return;  // to be ignored (msync-wire 5.4)
        case msync::Namespace::chat: {
            const auto channel = channel_of(uid_, meta);
            if (channel) return submit_chat(meta, *channel);
            const bool is_group = meta.to && meta.to->domain == msync::domain_groups;
            return answer_send(
                meta_id,
                refusal_of(Errc::bad_channel, is_group ? ChannelType::group : ChannelType::person));
        }
        case msync::Namespace::muc:
            return answer_send(meta_id,
                               {msync::StatusCode::fail, "chat rooms: grpID does not exist!"});
        default:
            return answer_send(meta_id,
                               {msync::StatusCode::unknown_command, "not served on the socket"});
    }
}

void MsyncSession::submit_chat(const msync::Meta& meta, const ChannelKey& channel) {
    link_->stats().messages_in.fetch_add(1, std::memory_order_relaxed);
    const std::uint64_t meta_id = meta.id.value_or(0);
    const auto refuse = [&](Errc error) { answer_send(meta_id, refusal_of(error, channel.type)); };
    const auto head = msync::decode<msync::MessageHead>(meta.payload.value_or(""), options_.wire);
    if (!head) return refuse(Errc::payload_undecodable);
    if (!fits_channel(*head, channel, meta.to->name.value_or(""))) return refuse(Errc::bad_request);
    if (meta.payload->size() > message_payload_bytes_max) return refuse(Errc::too_big);
    switch (head->type.value_or(MessageType::chat)) {
        case MessageType::read_ack:
        case MessageType::deliver_ack:
        case MessageType::channel_ack:
            return submit_receipt(meta, *head, channel);
        case MessageType::recall:
        case MessageType::edit:
            return submit_change(meta, *head, channel);
        default:
            if (muted_) return refuse(Errc::sender_muted);
            return submit_message(meta, *head, channel);
    }
}

/// The message that a Meta says, whatever it is about.
std::shared_ptr<Message> MsyncSession::message_of(const msync::Meta& meta,
                                                  const ChannelKey& channel) {
    auto message = std::make_shared<Message>();
    message->channel = channel;
    message->from = uid_;
    message->addressed_to = meta.to->name.value_or("");
    message->client_msg_no = number_of(resource_, meta);
    message->format = MessageFormat::msync;
    message->from_device = resource_.value();
    const BytesView body = meta.payload.value_or("");
    const auto head = msync::decode<msync::MessageHead>(body, options_.wire);
    const bool is_own = head && head->from && head->from->name == uid_.value();
    if (is_own) {
        message->payload = body;
    } else if (!msync::set_sender(message->payload, body, {.name = uid_.value()}, options_.wire)) {
        return nullptr;
    }
    if (!meta.ext.empty()) {
        msync::Meta extra;
        extra.ext = meta.ext;
        msync::encode(message->extra, extra);
    }
    return message;
}

void MsyncSession::submit_message(const msync::Meta& meta,
                                  const msync::MessageHead& /*head*/,
                                  const ChannelKey& channel) {
    auto message = message_of(meta, channel);
    const std::uint64_t meta_id = meta.id.value_or(0);
    if (!message) return answer_send(meta_id, refusal_of(Errc::payload_undecodable, channel.type));
    service::SendCommand command;
    message->flags.red_dot = true;
    message->to_device = meta.to->client_resource.value_or("");
    const auto route = meta.route_type.value_or(msync::RouteType::all);
    message->flags.no_persist = route != msync::RouteType::all || !message->to_device.empty();
    if (route == msync::RouteType::direct) {
        if (meta.directed_users.size() > directed_users_max) {
            return answer_send(meta_id, {msync::StatusCode::fail, "limit directed users"});
        }
        std::vector<Uid> users;
        for (const auto name : meta.directed_users) users.emplace_back(std::string(name));
        command.audience = std::make_shared<const std::vector<Uid>>(std::move(users));
    }
    message->client_seq = note_pending(meta, channel.type);
    const bool is_for_thread =
        channel.type == ChannelType::group && msync::is_for_thread(message->payload);
    command.message = std::move(message);
    if (!is_for_thread) return hand_over(std::move(command));
    to_threads_.push_back(std::move(command));
    if (to_threads_.size() == 1) look_up_thread();
}

// The sender says that it is a thread, the server which (msync-wire 9.1). One at a time: what is
// said first stays first.
void MsyncSession::look_up_thread() {
    ask(service::thread_row(world(), to_threads_.front().message->channel),
        &MsyncSession::on_thread);
}

void MsyncSession::on_thread(Result<std::optional<storage::GroupRow>> thread) {
    service::SendCommand command = std::move(to_threads_.front());
    to_threads_.pop_front();
    if (!to_threads_.empty()) look_up_thread();
    Message& message = *command.message;
    if (!thread) {
        const auto place = pending_.extract(message.client_seq);
        if (place.empty()) return;
        return answer_send(place.mapped().meta_id,
                           refusal_of(thread.error(), message.channel.type));
    }
    if (*thread) {
        const auto& row = **thread;
        msync::put_thread(message.payload, {row.message_id, row.parent.id, row.name});
    }
    hand_over(std::move(command));
}

// Receipts are for who is online; what they say of the reader is kept as its read position.
void MsyncSession::submit_receipt(const msync::Meta& meta,
                                  const msync::MessageHead& head,
                                  const ChannelKey& channel) {
    auto message = message_of(meta, channel);
    if (!message) {
        return answer_send(meta.id.value_or(0),
                           refusal_of(Errc::payload_undecodable, channel.type));
    }
    message->flags.no_persist = true;
    message->client_seq = note_pending(meta, channel.type);
    service::SendCommand command;
    command.origin = link_->ref();
    command.message = std::move(message);
    if (head.type == MessageType::read_ack && channel.type == ChannelType::group) {
        service::AcknowledgeMessage acknowledge;
        acknowledge.channel = channel;
        acknowledge.id = MessageId(static_cast<std::int64_t>(head.ack_message_id.value_or(0)));
        acknowledge.complete = msync::put_read_count;
        return service::acknowledge_message(world(), std::move(acknowledge), std::move(command));
    }
    if (head.type == MessageType::channel_ack) {
        // Of a group nobody else is told (easemob-multidevice 4).
        const bool tells = channel.type == ChannelType::person;
        return service::read_channel(world(), channel, std::move(command), tells);
    }
    hand_over(std::move(command));
}

// A recall or an edit changes what is stored, and tells of it in the command channel beside, which
// those who are away find there.
void MsyncSession::submit_change(const msync::Meta& meta,
                                 const msync::MessageHead& head,
                                 const ChannelKey& channel) {
    auto message = message_of(meta, channel);
    const std::uint64_t meta_id = meta.id.value_or(0);
    if (!message) return answer_send(meta_id, refusal_of(Errc::payload_undecodable, channel.type));
    if (muted_) return answer_send(meta_id, refusal_of(Errc::sender_muted, channel.type));
    const bool is_edit = head.type == MessageType::edit;
    const std::uint32_t number = note_pending(meta, channel.type);
    Pending& pending = pending_.at(number);
    pending.is_change = true;
    message->client_seq = number;
    message->flags.sync_once = true;
    message->channel = command_channel_of(channel);

    service::ChangeMessage change;
    change.channel = channel;
    change.by = uid_;
    if (is_edit) {
        pending.edit = std::make_shared<Bytes>();
        change.id = MessageId(static_cast<std::int64_t>(head.edit_message_id.value_or(0)));
        change.change = [json = pending.edit, now = world().clock.wall()](
                            Message& stored, Message& told) -> Result<void> {
            auto edited = msync::edit(stored, told, now);
            if (!edited) return std::unexpected(edited.error());
            *json = std::move(*edited);
            return {};
        };
    } else {
        change.id = MessageId(static_cast<std::int64_t>(head.ack_message_id.value_or(0)));
        change.age_max = recall_age_max;
        change.change = [](Message& stored, Message& told) -> Result<void> {
            msync::take_back(stored, told);
            return {};
        };
    }
    service::SendCommand told;
    told.origin = link_->ref();
    told.message = std::move(message);
    service::change_message(world(), std::move(change), std::move(told));
}

std::uint32_t MsyncSession::note_pending(const msync::Meta& meta, ChannelType type) {
    const std::uint32_t number = ++last_number_;
    pending_.emplace(number, Pending{.meta_id = meta.id.value_or(0), .channel_type = type});
    return number;
}

void MsyncSession::hand_over(service::SendCommand command) {
    command.origin = link_->ref();
    link_->shard().send(std::move(command));
}

void MsyncSession::on_send_decided(const service::SendOutcome& outcome) {
    const auto place = pending_.extract(outcome.client_seq);
    if (place.empty() || state_ != State::ready) return;
    const Pending& pending = place.mapped();
    if (outcome.error) {
        const auto refusal = pending.is_change
                                 ? refusal_of_change(*outcome.error, pending.edit != nullptr)
                                 : refusal_of(*outcome.error, pending.channel_type);
        return answer_send(pending.meta_id, refusal);
    }
    progress_.has(outcome.id);
    msync::SyncDl answer;
    answer.status = msync::Status{.error_code = msync::StatusCode::ok};
    answer.meta_id = pending.meta_id;
    answer.server_id = static_cast<std::uint64_t>(outcome.id.value());
    answer.timestamp_ms = static_cast<std::uint64_t>(outcome.at.ms);
    Bytes meta_bytes;
    if (pending.edit && !pending.edit->empty()) {
        msync::encode(meta_bytes,
                      msync::Meta{.ns = msync::Namespace::notify, .payload = *pending.edit});
        answer.metas.emplace_back(meta_bytes);
    }
    send(answer);
}

void MsyncSession::answer_send(std::uint64_t meta_id, const MsyncRefusal& refusal) {
    msync::SyncDl answer;
    answer.status = msync::Status{.error_code = refusal.code, .reason = refusal.reason};
    answer.meta_id = meta_id;
    answer.timestamp_ms = static_cast<std::uint64_t>(wall_ms());
    send(answer);
}

}  // namespace fenshen::gateway
