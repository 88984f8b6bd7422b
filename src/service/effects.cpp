// SPDX-License-Identifier: Apache-2.0
#include "service/effects.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "service/detail/record.h"
#include "service/shard.h"
#include "service/social/account_effects.h"

namespace fenshen::service {

namespace {

// First byte of a payload: what it is, and in which format.
constexpr std::uint8_t effect_format = 1;
constexpr std::uint8_t account_effect_format = 2;

using detail::append_text;

}  // namespace

Bytes encode(const ConversationEffect& effect) {
    Bytes out;
    append_be(out, effect_format);
    append_be(out, static_cast<std::uint8_t>(effect.op));
    append_be(out, static_cast<std::uint8_t>(effect.kind));
    append_be(out, static_cast<std::uint8_t>(effect.channel.type));
    append_text(out, effect.channel.id);
    append_be(out, static_cast<std::uint64_t>(effect.at.ms));
    append_be(out, static_cast<std::uint32_t>(effect.accounts.size()));
    for (const auto& account : effect.accounts) {
        append_text(out, account.uid.value());
        append_be(out, account.read_to.value());
    }
    return out;
}

Result<ConversationEffect> decode_effect(BytesView bytes) {
    detail::RecordReader in{bytes};
    if (in.number<std::uint8_t>() != effect_format) return std::unexpected(Errc::store_corrupt);
    ConversationEffect effect;
    effect.op = static_cast<ConversationEffect::Op>(in.number<std::uint8_t>());
    effect.kind = static_cast<storage::ConversationKind>(in.number<std::uint8_t>());
    effect.channel.type = static_cast<ChannelType>(in.number<std::uint8_t>());
    effect.channel.id = in.text();
    effect.at.ms = static_cast<std::int64_t>(in.number<std::uint64_t>());
    const auto count = in.number<std::uint32_t>();
    for (std::uint32_t i = 0; in.ok && i < count; ++i) {
        Uid uid(in.text());
        effect.accounts.push_back({std::move(uid), MessageSeq(in.number<std::uint64_t>())});
    }
    if (!in.ok || !in.rest.empty()) return std::unexpected(Errc::store_corrupt);
    return effect;
}

Result<void> Effects::recover() {
    const World& world = shard_.world();
    const auto slots = world.slots.count();
    next_number_.assign(slots, 1);
    last_taken_.assign(std::size_t{slots} * slots, 0);
    for (std::uint16_t slot = 0; slot < slots; ++slot) {
        for (std::uint16_t source = 0; source < slots; ++source) {
            const bool target_is_ours = &world.shard_of(SlotId(slot)) == &shard_;
            const bool source_is_ours = &world.shard_of(SlotId(source)) == &shard_;
            if (!target_is_ours && !source_is_ours) continue;
            const auto taken =
                storage::read_effect_taken(world.store, SlotId(slot), SlotId(source));
            if (!taken) return std::unexpected(taken.error());
            if (target_is_ours) last_taken(SlotId(slot), SlotId(source)) = *taken;
            // Numbers go on behind everything that any target has seen of this source.
            if (source_is_ours) {
                auto& next = next_number(SlotId(source));
                next = std::max(next, *taken + 1);
            }
        }
        if (&world.shard_of(SlotId(slot)) != &shard_) continue;
        auto rows = storage::read_effects(world.store, SlotId(slot));
        if (!rows) return std::unexpected(rows.error());
        for (auto& row : *rows) {
            auto& next = next_number(SlotId(slot));
            next = std::max(next, row.number + 1);
            left_lying_.emplace_back(SlotId(slot), std::move(row));
        }
    }
    return {};
}

void Effects::resume(Work then) {
    if (left_lying_.empty()) return then();
    when_none_is_left_ = std::move(then);
    for (const auto& [source, row] : std::exchange(left_lying_, {})) committed({row}, source);
}

void Effects::add(SlotId source, const ConversationEffect& effect) {
    std::map<SlotId, ConversationEffect> by_target;
    for (const auto& account : effect.accounts) {
        auto [place, is_new] = by_target.try_emplace(shard_.world().slots.of_account(account.uid));
        if (is_new) {
            place->second = {effect.op, effect.channel, effect.kind, effect.at, {}};
        }
        place->second.accounts.push_back(account);
    }
    for (const auto& [target, part] : by_target) add_row(source, target, encode(part));
}

void Effects::add(SlotId source, const AccountEffect& effect) {
    std::map<SlotId, AccountEffect> by_target;
    for (const auto& uid : effect.accounts) {
        auto [place, is_new] = by_target.try_emplace(shard_.world().slots.of_account(uid));
        if (is_new) place->second = {effect.change, effect.tells, effect.event, {}};
        place->second.accounts.push_back(uid);
    }
    for (const auto& [target, part] : by_target) {
        Bytes payload(1, static_cast<char>(account_effect_format));
        append(payload, part);
        add_row(source, target, std::move(payload));
    }
}

void Effects::add_row(SlotId source, SlotId target, Bytes payload) {
    storage::EffectRow row{next_number(source)++, target, std::move(payload)};
    storage::put_effect(shard_.batch_of(source), row);
    shard_.effects_when_committed(source).push_back(std::move(row));
}

void Effects::committed(const std::vector<storage::EffectRow>& rows, SlotId source) {
    for (const auto& row : rows) {
        ++under_way_;
        open_[source].insert(row.number);
        Shard& target = shard_.world().shard_of(row.target);
        if (&target == &shard_) {
            take(source, row);
        } else {
            target.home().post([&target, source, row] { target.effects().take(source, row); });
        }
    }
}

void Effects::take(SlotId source, const storage::EffectRow& row) {
    Shard& from = shard_.world().shard_of(source);
    const auto tell_source = [this, &from, source, number = row.number] {
        if (&from == &shard_) {
            taken(source, number);
        } else {
            from.home().post([&from, source, number] { from.effects().taken(source, number); });
        }
    };
    const bool waits = std::ranges::any_of(again_, [&](const auto& earlier) {
        return earlier.first == source && earlier.second.target == row.target;
    });
    if (waits) {
        again_.emplace_back(source, row);
        return;
    }
    auto& last = last_taken(row.target, source);
    if (row.number <= last) return tell_source();
    if (!apply_payload(row.target, row.payload)) {  // the store cannot be read now
        again_.emplace_back(source, row);
        return;
    }
    last = row.number;
    storage::put_effect_taken(shard_.batch_of(row.target), source, row.number);
    shard_.when_committed(row.target, [this, tell_source, source, row](Result<void> result) {
        if (result) return tell_source();
        // The mark must not pass what is not there.
        auto& mark = last_taken(row.target, source);
        mark = std::min(mark, row.number - 1);
        again_.emplace_back(source, row);
    });
}

template <class IsOver>
void Effects::wake(IsOver is_over) {
    std::vector<Waiting> still;
    std::vector<Waiting> over;
    for (const auto& each : waiting_) (is_over(each) ? over : still).push_back(each);
    waiting_ = std::move(still);
    // What goes on may wait again.
    for (const auto& each : over) each.waiting.resume();
}

void Effects::tick() {
    for (const auto& [source, row] : std::exchange(again_, {})) take(source, row);
    ++ticks_;
    wake([this](const Waiting& each) { return each.until_tick <= ticks_; });
}

void Effects::taken(SlotId source, std::uint64_t number) {
    --under_way_;
    storage::erase_effect(shard_.batch_of(source), number);
    const auto open = open_.find(source);
    open->second.erase(number);
    const bool none_left = open->second.empty();
    if (none_left) open_.erase(open);
    wake([&](const Waiting& each) {
        return each.source == source && (none_left || *open_.at(source).begin() > each.number);
    });
    if (under_way_ == 0 && when_none_is_left_) std::exchange(when_none_is_left_, {})();
}

// What cannot be decoded would come again for ever; it is marked as taken, and the rest goes on.
Result<void> Effects::apply_payload(SlotId target, BytesView payload) {
    if (!payload.empty() && byte_at(payload, 0) == account_effect_format) {
        const auto effect = decode_account_effect(payload.substr(1));
        return effect ? service::apply(shard_, target, *effect) : Result<void>{};
    }
    const auto effect = decode_effect(payload);
    return effect ? apply(target, *effect) : Result<void>{};
}

Result<void> Effects::apply(SlotId target, const ConversationEffect& effect) {
    auto& book = shard_.conversations();
    if (effect.op == ConversationEffect::Op::remove) {
        for (const auto& account : effect.accounts) book.erase(target, account.uid, effect.channel);
        return {};
    }
    // Everything is read before the first row is put: a read that fails leaves nothing half done.
    std::vector<Result<std::optional<storage::ConversationRow>>> rows;
    rows.reserve(effect.accounts.size());
    for (const auto& account : effect.accounts) {
        auto& present = rows.emplace_back(book.read(target, account.uid, effect.channel));
        if (!present && present.error() != Errc::store_corrupt) {
            return std::unexpected(present.error());
        }
    }
    for (std::size_t i = 0; i < effect.accounts.size(); ++i) {
        const auto& account = effect.accounts[i];
        const auto& present = rows[i];
        if (!present) continue;  // corrupt: reading again would not help, and it is not overwritten
        if (*present && effect.op == ConversationEffect::Op::ensure) continue;
        auto row = present->value_or(storage::ConversationRow{});
        if (!*present) row.created_at = effect.at;
        row.channel = effect.channel;
        row.kind = effect.kind;
        row.read_to = std::max(row.read_to, account.read_to);
        row.updated_at = effect.at;
        book.put(target, account.uid, row);
    }
    return {};
}

std::uint64_t& Effects::next_number(SlotId source) {
    return next_number_[source.value()];
}

std::uint64_t& Effects::last_taken(SlotId target, SlotId source) {
    return last_taken_[std::size_t{target.value()} * shard_.world().slots.count() + source.value()];
}

}  // namespace fenshen::service
