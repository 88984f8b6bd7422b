// SPDX-License-Identifier: Apache-2.0
#include "service/messages/message_search.h"

#include <algorithm>
#include <optional>
#include <ranges>
#include <string_view>
#include <unordered_map>

#include "service/shard.h"

namespace fenshen::service {

namespace {

constexpr std::uint64_t search_page = 500;

/// What is looked for, and what was found of it.
class Wanted {
public:
    Wanted(const std::vector<std::string>& numbers, Pick pick, std::size_t bytes_max)
        : pick_(pick), bytes_max_(bytes_max) {
        for (const auto& number : numbers) found_.try_emplace(number);
    }

    /// Messages come newest first.
    void look_at(Message& message) {
        const auto place = found_.find(message.client_msg_no);
        if (place == found_.end()) return;
        const bool is_first = !place->second;
        if (!is_first && pick_ == Pick::newest) return;
        if (is_first) {
            ++count_;
        } else {
            bytes_ -= storage::message_bytes(*place->second);
        }
        bytes_ += storage::message_bytes(message);
        place->second = std::move(message);
    }
    bool is_full() const { return bytes_ > bytes_max_; }
    bool is_done() const { return is_full() || (pick_ == Pick::newest && count_ == found_.size()); }

    FoundMessages in_order(const std::vector<std::string>& numbers) const {
        FoundMessages messages(bytes_max_);
        for (const auto& number : numbers) {
            const auto& found = found_.at(number);
            if (found && !messages.add(*found)) break;
        }
        if (is_full()) messages.cut();
        return messages;
    }

private:
    const Pick pick_;
    const std::size_t bytes_max_;
    std::unordered_map<std::string_view, std::optional<Message>> found_;
    std::size_t count_ = 0;
    std::size_t bytes_ = 0;
};

}  // namespace

Task<Result<FoundMessages>> search_by_number(World& world, SearchByNumber command) {
    co_await move_to(world.pool);
    const SlotId slot = world.slots.of_channel(command.channel);
    const auto last = storage::read_last_seq(world.store, slot, command.channel);
    if (!last) co_return std::unexpected(last.error());
    Wanted wanted(command.client_msg_nos, command.pick, world.rules.page_bytes_max);
    const std::uint64_t lowest = last->value() - std::min(last->value(), client_msg_no_search_max);
    std::uint64_t high = last->value();
    while (high > lowest && !wanted.is_done()) {
        auto page = storage::read_newest_messages(world.store,
                                                  slot,
                                                  command.channel,
                                                  MessageSeq(lowest + 1),
                                                  MessageSeq(high),
                                                  search_page);
        if (!page) co_return std::unexpected(page.error());
        if (page->messages.empty()) break;
        high = page->messages.front().seq.value() - 1;
        for (auto& message : page->messages | std::views::reverse) {
            wanted.look_at(message);
            if (wanted.is_done()) break;
        }
    }
    co_return wanted.in_order(command.client_msg_nos);
}

}  // namespace fenshen::service
