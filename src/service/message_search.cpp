// SPDX-License-Identifier: Apache-2.0
#include "service/message_search.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "service/messages.h"
#include "service/shard.h"

namespace fenshen::service {

namespace {

constexpr std::uint64_t search_page = 500;

/// What is looked for, and what was found of it.
class Wanted {
public:
    Wanted(const std::vector<std::string>& numbers, Pick pick) : pick_(pick) {
        for (const auto& number : numbers) found_.try_emplace(number);
    }

    /// Messages come newest first.
    void look_at(Message& message) {
        const auto place = found_.find(message.client_msg_no);
        if (place == found_.end()) return;
        const bool is_first = !place->second;
        if (is_first) ++count_;
        if (is_first || pick_ == Pick::oldest) place->second = std::move(message);
    }
    bool is_done() const { return pick_ == Pick::newest && count_ == found_.size(); }

    std::vector<Message> in_order(const std::vector<std::string>& numbers) const {
        std::vector<Message> messages;
        for (const auto& number : numbers) {
            const auto& found = found_.at(number);
            if (found) messages.push_back(*found);
        }
        return messages;
    }

private:
    const Pick pick_;
    std::unordered_map<std::string_view, std::optional<Message>> found_;
    std::size_t count_ = 0;
};

}  // namespace

Task<Result<std::vector<Message>>> search_by_number(World& world, SearchByNumber command) {
    co_await move_to(world.pool);
    const SlotId slot = world.slots.of_channel(command.channel);
    const auto last = storage::read_last_seq(world.store, slot, command.channel);
    if (!last) co_return std::unexpected(last.error());
    Wanted wanted(command.client_msg_nos, command.pick);
    const std::uint64_t lowest = last->value() - std::min(last->value(), client_msg_no_search_max);
    std::uint64_t high = last->value();
    while (high > lowest && !wanted.is_done()) {
        const std::uint64_t below = high - std::min(high - lowest, search_page);
        auto page = storage::read_messages(world.store,
                                           slot,
                                           command.channel,
                                           MessageSeq(below + 1),
                                           MessageSeq(high),
                                           search_page);
        if (!page) co_return std::unexpected(page.error());
        for (auto message = page->rbegin(); message != page->rend(); ++message) {
            wanted.look_at(*message);
        }
        high = below;
    }
    co_return wanted.in_order(command.client_msg_nos);
}

}  // namespace fenshen::service
