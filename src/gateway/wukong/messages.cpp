// SPDX-License-Identifier: Apache-2.0
// Messages of a WukongSession: SEND to services and back as SENDACK; RECV, RECVACK and sending
// again.
#include <algorithm>

#include "domain/recipients.h"
#include "gateway/loop_gateway.h"
#include "gateway/wukong/session.h"
#include "gateway/wukong/session_parts.h"
#include "model/names.h"
#include "protocol/msync/forms.h"
#include "service/messages/conversations.h"

namespace fenshen::gateway {

namespace {

constexpr std::size_t resend_bytes_max = 256UL * 1024;
constexpr std::uint8_t channel_type_max = static_cast<std::uint8_t>(ChannelType::agent_group);

/// The channel that a client's SEND is for; nothing where there can be none.
std::optional<ChannelKey> channel_of(const Uid& from, const wukong::Send& send) {
    if (send.channel_type == 0 || send.channel_type > channel_type_max) return std::nullopt;
    const auto type = static_cast<ChannelType>(send.channel_type);
    const std::string_view id = send.channel_id;
    if (!is_usable_channel_id(id) && !(type == ChannelType::person && id == system_uid)) {
        return std::nullopt;
    }
    if (type == ChannelType::person) {
        return ChannelKey{type, person_channel_id(from.value(), id)};
    }
    if (type == ChannelType::agent) {
        return ChannelKey{type, from.value() + "@" + std::string(id)};
    }
    return ChannelKey{type, std::string(id)};
}

}  // namespace

void WukongSession::submit(const wukong::Send& send, std::uint32_t client_seq) {
    gateway().stats().messages_in.fetch_add(1, std::memory_order_relaxed);
    auto message = std::make_shared<Message>();
    message->from = uid_;
    message->client_seq = client_seq;
    message->client_msg_no = send.client_msg_no;
    message->flags = {
        send.flags.no_persist, send.flags.red_dot, send.flags.sync_once, send.flags.dup};
    message->setting = send.setting;
    message->expire_s = send.expire_s;
    message->topic = send.topic;
    message->addressed_to = send.channel_id;
    if (muted_) return refuse_send(*message, Errc::sender_muted);
    if (!open_payload(send, message->payload)) {
        return refuse_send(*message, Errc::payload_undecodable);
    }
    if (message->payload.size() > message_payload_bytes_max) {
        return refuse_send(*message, Errc::too_big);
    }
    auto channel = channel_of(uid_, send);
    if (!channel) return refuse_send(*message, Errc::bad_channel);
    message->channel = std::move(*channel);
    ++sends_under_way_;
    if (is_held()) gateway().stats().held.fetch_add(1, std::memory_order_relaxed);
    hand_over(std::move(message));
}

void WukongSession::hand_over(std::shared_ptr<Message> message) {
    service::Shard& own = gateway().shard();
    service::SendCommand command;
    command.origin = connection_.ref();
    if (message->channel.type == ChannelType::person) {
        const auto& target = world().shard_of_account(Uid(message->addressed_to));
        command.message = std::move(message);
        own.parcel_for(target).to_peers.push_back(std::move(command));
    } else {
        const auto& target = world().shard_of_channel(message->channel);
        command.message = std::move(message);
        own.parcel_for(target).to_channels.push_back(std::move(command));
    }
}

bool WukongSession::open_payload(const wukong::Send& send, Bytes& payload) const {
    if (!encrypted_) {
        payload = send.payload;
        return true;
    }
    const auto key = wukong::send_msg_key(keys_, send);
    return wukong::equal_in_constant_time(wukong::view_of(key), send.msg_key) &&
           wukong::decrypt_payload(keys_, send.payload, payload);
}

void WukongSession::refuse_send(const Message& message, Errc error) {
    ++sends_under_way_;
    on_send_decided({.session = connection_.ref(),
                     .client_seq = message.client_seq,
                     .flags = message.flags,
                     .id = world().ids.next(world().clock.wall()),
                     .seq = MessageSeq(0),
                     .error = error});
}

void WukongSession::on_send_decided(const service::SendOutcome& outcome) {
    if (sends_under_way_ > 0) --sends_under_way_;
    if (state_ == State::ready || state_ == State::leaving) answer_send(outcome);
    if (state_ == State::leaving && sends_under_way_ == 0) {
        return connection_.close_after_flush(CloseReason::protocol_error, Millis(0));
    }
}

void WukongSession::answer_send(const service::SendOutcome& outcome) {
    wukong::Sendack frame;
    frame.flags.no_persist = outcome.flags.no_persist;
    frame.flags.red_dot = outcome.flags.red_dot;
    frame.flags.sync_once = outcome.flags.sync_once;
    frame.flags.dup = outcome.flags.dup;
    frame.message_id = outcome.id.value();
    frame.client_seq = outcome.client_seq;
    frame.message_seq = outcome.seq.value();
    frame.reason = outcome.error ? static_cast<wukong::Reason>(row_of(*outcome.error).wukong)
                                 : wukong::Reason::success;
    Bytes& out = gateway().scratch();
    out.clear();
    if (is_json()) {
        const auto request = json_->under_way.extract(outcome.client_seq);
        if (request.empty()) return;
        wukong::encode_json(out, request.mapped(), frame, json_->dialect);
    } else {
        wukong::encode(out, frame, version_);
    }
    connection_.send(out, is_json());
}

// --- to the client
// ------------------------------------------------------------------------------------------------------

void WukongSession::on_message(const SharedMessage& message) {
    if (state_ != State::ready) return;
    if (message->format == MessageFormat::wukong) return hold_and_push(message);
    if (loop_.foreign_message != message) {
        loop_.foreign_message = message;
        loop_.translated_message = nullptr;
        if (auto payload = msync::wukong_payload_of(*message)) {
            auto translated = std::make_shared<Message>(*message);
            translated->payload = std::move(*payload);
            translated->format = MessageFormat::wukong;
            loop_.translated_message = std::move(translated);
        }
    }
    if (loop_.translated_message) hold_and_push(loop_.translated_message);
}

void WukongSession::hold_and_push(const SharedMessage& message) {
    push(message);
    if (message->flags.no_persist) return;
    in_flight_.add(message->id.value(), message, gateway().loop().now(), loop_.options.in_flight);
    if (level_ != DeviceLevel::main || !is_command_channel(message->channel)) return;
    if (!commands_) commands_ = std::make_unique<Commands>();
    auto& waiting = commands_->waiting;
    if (waiting.size() >= Commands::waiting_max) waiting.erase(waiting.begin());
    waiting.push_back(message);
}

void WukongSession::push(const SharedMessage& message) {
    gateway().stats().messages_out.fetch_add(1, std::memory_order_relaxed);
    const auto view = domain::view_for(*message, uid_);
    wukong::Recv frame;
    frame.flags.no_persist = message->flags.no_persist;
    frame.flags.red_dot = view.red_dot;
    frame.flags.sync_once = message->flags.sync_once;
    frame.setting = wukong::setting_for_version(message->setting, version_);
    frame.from_uid = view.from_uid;
    frame.channel_id = view.channel_id;
    frame.channel_type = static_cast<std::uint8_t>(message->channel.type);
    frame.expire_s = message->expire_s;
    frame.client_msg_no = message->client_msg_no;
    frame.message_id = message->id.value();
    frame.message_seq = message->seq.value();
    frame.timestamp_s = static_cast<std::int32_t>(message->at.seconds());
    frame.topic = message->topic;
    frame.payload = message->payload;
    if (!is_json()) return push_binary(message, frame);
    Bytes& out = gateway().scratch();
    out.clear();
    wukong::encode_json(out, frame, json_->dialect);
    connection_.send(out, true);
}

void WukongSession::push_binary(const SharedMessage& message, wukong::Recv& frame) {
    if (encrypted_) {
        Bytes& cipher = gateway().cipher_scratch();
        cipher.clear();
        wukong::encrypt_payload(keys_, message->payload, cipher);
        frame.payload = cipher;
        const auto key = wukong::recv_msg_key(keys_, frame);
        frame.msg_key = wukong::view_of(key);
        Bytes& out = gateway().scratch();
        out.clear();
        wukong::encode(out, frame, version_);
        return connection_.send(out);
    }
    // Two readers of a group get the same bytes; the sender's own devices and persons do not.
    const bool shared = message->channel.type != ChannelType::person && message->from != uid_;
    if (shared && loop_.encoded_message == message && loop_.encoded_version == version_) {
        return connection_.send(loop_.encoded);
    }
    Bytes& out = shared ? loop_.encoded : gateway().scratch();
    out.clear();
    wukong::encode(out, frame, version_);
    if (shared) {
        loop_.encoded_message = message;
        loop_.encoded_version = version_;
    }
    connection_.send(out);
}

void WukongSession::acknowledge(const wukong::Recvack& ack) {
    if (ack.flags.no_persist) return;
    in_flight_.ack(ack.message_id);
    if (!ack.flags.sync_once || !commands_) return;
    auto& waiting = commands_->waiting;
    const auto found = std::ranges::find(
        waiting, ack.message_id, [](const SharedMessage& message) { return message->id.value(); });
    if (found == waiting.end()) return;
    const SharedMessage command = *found;
    waiting.erase(found);
    if (waiting.empty()) commands_.reset();
    start(service::command_consumed(world(), uid_, command->channel, command->seq),
          [](const Result<void>&) {});  // what is not noted comes again with the next sync
}

void WukongSession::on_tick(MonoTime now) {
    if (state_ != State::ready || in_flight_.empty()) return;
    const auto due = in_flight_.due(now, loop_.options.in_flight);
    for (const auto& payload : due.again) {
        // A reader that is behind is not helped by more; its turn comes again.
        if (connection_.bytes_waiting() > resend_bytes_max) break;
        gateway().stats().resent.fetch_add(1, std::memory_order_relaxed);
        push(std::static_pointer_cast<const Message>(payload));
    }
}

}  // namespace fenshen::gateway
