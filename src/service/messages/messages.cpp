// SPDX-License-Identifier: Apache-2.0
#include "service/messages/messages.h"

#include "model/names.h"
#include "service/shard.h"

namespace fenshen::service {

namespace {

/// Suspends until the channel's shard has decided; resumes there.
class Sending {
public:
    Sending(Shard& shard, SendCommand command) : shard_(shard), command_(std::move(command)) {}
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> waiting) {
        command_.answer = std::make_unique<std::move_only_function<void(const SendOutcome&)>>(
            [this, waiting](const SendOutcome& outcome) {
                outcome_ = outcome;
                waiting.resume();
            });
        shard_.parcel_for(shard_).to_channels.push_back(std::move(command_));
    }
    SendOutcome await_resume() { return std::move(outcome_); }

private:
    Shard& shard_;
    SendCommand command_;
    SendOutcome outcome_;
};

/// Which end of its window a page begins at, should it not hold all of it: where the reader comes
/// from (wukong-http 9.1).
bool begins_at_oldest(const domain::SyncRequest& request) {
    const bool is_newest = request.start == 0 && request.end == 0;
    return request.mode == domain::SyncRequest::Mode::up && !is_newest;
}

Result<void> add_found(Result<std::optional<Message>> message, FoundMessages& found) {
    if (!message) return std::unexpected(message.error());
    if (*message) found.add(std::move(**message));
    return {};
}

}  // namespace

Task<SendOutcome> send_from_api(World& world,
                                std::shared_ptr<Message> message,
                                std::shared_ptr<const std::vector<Uid>> audience) {
    Shard& shard = world.shard_of_channel(message->channel);
    co_await move_to(shard.home());
    SendCommand command;
    command.message = std::move(message);
    command.from_api = true;
    command.audience = std::move(audience);
    Sending sending(shard, std::move(command));
    co_return co_await sending;
}

Task<Result<MessagePage>> sync_messages(World& world,
                                        ChannelKey channel,
                                        domain::SyncRequest request) {
    co_await move_to(world.pool);
    const SlotId slot = world.slots.of_channel(channel);
    const auto last = storage::read_last_seq(world.store, slot, channel);
    if (!last) co_return std::unexpected(last.error());
    MessagePage page;
    page.last = *last;
    const auto window = domain::sync_window(request, *last);
    if (window.count_max > 0) {
        const auto read =
            begins_at_oldest(request) ? storage::read_messages : storage::read_newest_messages;
        auto slice = read(world.store,
                          slot,
                          channel,
                          window.first,
                          window.last,
                          window.count_max,
                          world.rules.page_bytes_max);
        if (!slice) co_return std::unexpected(slice.error());
        page.messages = std::move(slice->messages);
        page.more = slice->cut;
    }
    page.more = page.more || domain::has_more(request, page.messages.size());
    co_return page;
}

Task<Result<MessageSeq>> last_seq(World& world, ChannelKey channel) {
    co_await move_to(world.pool);
    co_return storage::read_last_seq(world.store, world.slots.of_channel(channel), channel);
}

Task<Result<std::optional<Message>>> last_message(World& world, ChannelKey channel) {
    co_await move_to(world.pool);
    const SlotId slot = world.slots.of_channel(channel);
    const auto last = storage::read_last_seq(world.store, slot, channel);
    if (!last) co_return std::unexpected(last.error());
    if (last->value() == 0) co_return std::optional<Message>();
    co_return storage::read_message(world.store, slot, channel, *last);
}

Task<Result<MessageSeq>> seq_until(World& world, ChannelKey channel, MessageId id) {
    co_await move_to(world.pool);
    const SlotId slot = world.slots.of_channel(channel);
    co_return storage::read_seq_until(world.store, slot, channel, id);
}

bool FoundMessages::add(Message message) {
    const std::size_t bytes = storage::message_bytes(message);
    cut_ = cut_ || (!messages_.empty() && bytes_ + bytes > bytes_max_);
    if (cut_) return false;
    bytes_ += bytes;
    messages_.push_back(std::move(message));
    return true;
}

Task<Result<FoundMessages>> find_messages(World& world,
                                          ChannelKey channel,
                                          MessageLookups lookups) {
    co_await move_to(world.pool);
    const SlotId slot = world.slots.of_channel(channel);
    FoundMessages found(world.rules.page_bytes_max);
    for (const MessageSeq seq : lookups.seqs) {
        if (found.is_cut()) break;
        const auto added = add_found(storage::read_message(world.store, slot, channel, seq), found);
        if (!added) co_return std::unexpected(added.error());
    }
    for (const MessageId id : lookups.ids) {
        if (found.is_cut()) break;
        const auto added = add_found(storage::find_message(world.store, slot, channel, id), found);
        if (!added) co_return std::unexpected(added.error());
    }
    co_return found;
}

}  // namespace fenshen::service
