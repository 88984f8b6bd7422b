// SPDX-License-Identifier: Apache-2.0
#include "service/messages.h"

#include <algorithm>

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

constexpr std::size_t search_page = 500;

/// Newest first, page by page. On the pool.
Result<std::optional<Message>> find_by_client_msg_no(const World& world,
                                                     const ChannelKey& channel,
                                                     const std::string& client_msg_no) {
    const SlotId slot = world.slots.of_channel(channel);
    const auto last = storage::read_last_seq(world.store, slot, channel);
    if (!last) return std::unexpected(last.error());
    const std::uint64_t lowest =
        last->value() > client_msg_no_search_max ? last->value() - client_msg_no_search_max + 1 : 1;
    std::uint64_t high = last->value();
    while (high >= lowest && high > 0) {
        const std::uint64_t low =
            high > search_page ? std::max(lowest, high - search_page + 1) : lowest;
        auto page = storage::read_messages(
            world.store, slot, channel, MessageSeq(low), MessageSeq(high), search_page);
        if (!page) return std::unexpected(page.error());
        const auto found =
            std::ranges::find(page->rbegin(), page->rend(), client_msg_no, &Message::client_msg_no);
        if (found != page->rend()) return std::move(*found);
        high = low - 1;
    }
    return std::nullopt;
}

Result<void> add_found(Result<std::optional<Message>> found, std::vector<Message>& messages) {
    if (!found) return std::unexpected(found.error());
    if (*found) messages.push_back(std::move(**found));
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
        auto messages = storage::read_messages(
            world.store, slot, channel, window.first, window.last, window.count_max);
        if (!messages) co_return std::unexpected(messages.error());
        page.messages = std::move(*messages);
    }
    page.more = domain::has_more(request, page.messages.size());
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

Task<Result<std::vector<Message>>> find_messages(World& world,
                                                 ChannelKey channel,
                                                 MessageLookups lookups) {
    co_await move_to(world.pool);
    const SlotId slot = world.slots.of_channel(channel);
    std::vector<Message> messages;
    for (const MessageSeq seq : lookups.seqs) {
        const auto added =
            add_found(storage::read_message(world.store, slot, channel, seq), messages);
        if (!added) co_return std::unexpected(added.error());
    }
    for (const MessageId id : lookups.ids) {
        const auto added =
            add_found(storage::find_message(world.store, slot, channel, id), messages);
        if (!added) co_return std::unexpected(added.error());
    }
    for (const auto& client_msg_no : lookups.client_msg_nos) {
        const auto added =
            add_found(find_by_client_msg_no(world, channel, client_msg_no), messages);
        if (!added) co_return std::unexpected(added.error());
    }
    co_return messages;
}

}  // namespace fenshen::service
