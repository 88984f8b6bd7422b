// SPDX-License-Identifier: Apache-2.0
// A message's way in: may the sender write here, was it said before, which number does it get, is
// it durable. The order of the checks is that of wukong-semantics 3.3 and 3.4.
#include "domain/permission.h"
#include "domain/recipients.h"
#include "model/names.h"
#include "service/shard.h"

namespace fenshen::service {

namespace {

/// Where friendship is needed, becoming friends makes the conversation, not a message.
bool enters_lists(ChannelType type, const Rules& rules) {
    return type == ChannelType::customer_service ||
           (type == ChannelType::person && rules.strangers_may_write);
}

}  // namespace

void Shard::send(SendCommand command) {
    const Message& message = *command.message;
    if (message.channel.type == ChannelType::person) {
        const Shard& target = world_.shard_of_account(Uid(message.addressed_to));
        parcel_for(target).to_peers.push_back(std::move(command));
    } else {
        const Shard& target = world_.shard_of_channel(message.channel);
        parcel_for(target).to_channels.push_back(std::move(command));
    }
}

void Shard::check_peer(SendCommand command) {
    const Uid peer(command.message->addressed_to);
    if (const auto* entry = accounts_.find(peer)) return pass_peer(*entry, std::move(command));
    accounts_.with(peer,
                   [this, command = std::move(command)](Result<Pin<AccountEntry>> entry) mutable {
                       if (!entry) return answer(command, entry.error());
                       pass_peer(**entry, std::move(command));
                   });
}

void Shard::pass_peer(const AccountEntry& peer, SendCommand command) {
    const Uid& sender = command.message->from;
    const domain::PersonFacts facts{
        .sender_is_system = command.from_api || is_system(sender),
        .peer_is_system = is_system(peer.uid),
        .denied = is_listed(peer.deny, sender),
        .allowed = is_listed(peer.allow, sender),
        .strangers_may_write = world_.rules.strangers_may_write,
    };
    const auto verdict = domain::may_send_to_person(facts);
    if (!verdict) command.refused_by_peer = verdict.error();
    Shard& target = world_.shard_of_channel(command.message->channel);
    parcel_for(target).to_channels.push_back(std::move(command));
}

void Shard::accept(SendCommand command) {
    const ChannelKey& key = command.message->channel;
    if (is_command_channel(key)) return accept_command_message(std::move(command));
    if (auto* entry = channels_.find(key)) return decide(*entry, *entry, std::move(command));
    channels_.with(key,
                   [this, command = std::move(command)](Result<Pin<ChannelEntry>> entry) mutable {
                       if (!entry) return answer(command, entry.error());
                       decide(**entry, **entry, std::move(command));
                   });
}

// A command channel has a log of its own and the lists of the channel that it belongs to
// (wukong-wire 8.4).
void Shard::accept_command_message(SendCommand command) {
    const ChannelKey key = command.message->channel;
    channels_.with(
        plain_channel_of(key),
        [this, key, command = std::move(command)](Result<Pin<ChannelEntry>> lists) mutable {
            if (!lists) return answer(command, lists.error());
            channels_.with(key,
                           [this, lists = std::move(*lists), command = std::move(command)](
                               Result<Pin<ChannelEntry>> entry) mutable {
                               if (!entry) return answer(command, entry.error());
                               decide(**entry, *lists, std::move(command));
                           });
        });
}

void Shard::decide(ChannelEntry& channel, const ChannelEntry& lists, SendCommand command) {
    const Message& message = *command.message;
    stats_.sends.fetch_add(1, std::memory_order_relaxed);
    const domain::ChannelFacts facts{
        .type = channel.key.type,
        .flags = channel.row.flags,
        .sender = message.from,
        .channel_id = lists.key.id,
        .sender_muted =
            !command.from_api && lists.voice.silences(message.from, world_.clock.wall()),
        .sender_is_system = is_system(message.from),
        .from_api = command.from_api,
        .is_member = lists.subscribers.contains(message.from),
        .denied = lists.deny.contains(message.from),
        .has_allow_list = !lists.allow.empty(),
        .allowed = lists.allow.contains(message.from),
    };
    if (const auto verdict = domain::may_send_to_channel(facts); !verdict) {
        return answer(command, verdict.error());
    }
    if (command.refused_by_peer) return answer(command, command.refused_by_peer);
    if (&channel != &lists && !channel.audience_is_current) {
        channel.subscribers = lists.subscribers;
    }
    store(channel, std::move(command));
}

void Shard::store(ChannelEntry& channel, SendCommand command) {
    Message& message = *command.message;
    const WallTime now = world_.clock.wall();
    if (channel.failing) return answer(command, Errc::store_unavailable);
    message.id = world_.ids.next(now);
    message.at = now;
    if (message.flags.no_persist) {
        answer(command, std::nullopt);
        fan_out(channel, command);
        return;
    }
    if (const auto seen = channel.dedup.find(message.from, message.client_msg_no)) {
        stats_.sends_repeated.fetch_add(1, std::memory_order_relaxed);
        if (seen->fingerprint != domain::fingerprint_of(message.payload)) {
            return answer(command, Errc::conflict);
        }
        message.id = seen->id;
        message.seq = seen->seq;
        // Under way: its outcome is this one's, too, so it waits for the same commit.
        if (seen->seq > channel.committed) {
            when_committed(
                channel.slot,
                [this,
                 again = std::make_shared<SendCommand>(std::move(command))](Result<void> result) {
                    answer(*again, result ? std::nullopt : std::optional(result.error()));
                });
            return;
        }
        return answer(command, std::nullopt);
    }
    channel.given = MessageSeq(channel.given.value() + 1);
    message.seq = channel.given;
    channel.dedup.add(message.from,
                      message.client_msg_no,
                      {message.id, message.seq, domain::fingerprint_of(message.payload)},
                      now);
    storage::put_message(batch_of(channel.slot), message);
    ensure_conversations(channel, message);
    ++channel.commits_under_way;
    commits_[channel.slot].sends.push_back({Pin<ChannelEntry>(&channel), std::move(command)});
}

// The first message of a person channel, and any in a command channel, enters the conversation
// lists of those who get it (wukong-semantics 5.2).
void Shard::ensure_conversations(ChannelEntry& channel, const Message& message) {
    const bool is_command = is_command_channel(channel.key);
    const bool is_first = message.seq.value() == 1 && enters_lists(channel.key.type, world_.rules);
    if (!is_first && !(is_command && !channel.conversations_ensured)) return;
    channel.conversations_ensured = true;
    ConversationEffect effect;
    effect.op = ConversationEffect::Op::ensure;
    effect.kind = is_command ? storage::ConversationKind::command : storage::ConversationKind::chat;
    effect.channel = channel.key;
    effect.at = message.at;
    for (const auto& uid : domain::recipients_of(channel.key, channel.subscribers)) {
        if (uid.value() == system_uid) continue;
        effect.accounts.push_back({uid, uid == message.from ? message.seq : MessageSeq(0)});
    }
    effects_.add(channel.slot, effect);
}

void Shard::committed(std::vector<StoredSend> sends, Result<void> result) {
    for (auto& [channel, command] : sends) {
        --channel->commits_under_way;
        if (result) {
            channel->committed = std::max(channel->committed, command.message->seq);
            answer(command, std::nullopt);
            fan_out(*channel, command);
            continue;
        }
        // All that is under way of this slot fails with it (CommitLog); only then do the numbers go
        // on.
        channel->failing = channel->commits_under_way > 0;
        if (!channel->failing) channel->given = channel->committed;
        channel->dedup.forget(command.message->from, command.message->client_msg_no);
        answer(command, result.error());
    }
}

void Shard::answer(const SendCommand& command, std::optional<Errc> error) {
    const Message& message = *command.message;
    if (error) stats_.sends_refused.fetch_add(1, std::memory_order_relaxed);
    SendOutcome outcome{
        .session = command.origin,
        .client_seq = message.client_seq,
        .flags = message.flags,
        // A refused message has an id, too (wukong-wire 2.4).
        .id = message.id.value() != 0 ? message.id : world_.ids.next(world_.clock.wall()),
        .seq = error ? MessageSeq(0) : message.seq,
        .error = error,
        .at = message.at,
    };
    if (command.answer) (*command.answer)(outcome);
    if (command.origin.serial != 0) {
        parcel_for(command.origin.loop).outcomes.push_back(std::move(outcome));
    }
}

}  // namespace fenshen::service
