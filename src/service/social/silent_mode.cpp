// SPDX-License-Identifier: Apache-2.0
#include "service/social/silent_mode.h"

#include <charconv>

#include "base/json_writer.h"
#include "service/shard.h"

namespace fenshen::service {

namespace {

using storage::SilentModeRow;

constexpr Millis duration_max{7LL * 24 * 60 * 60 * 1000};

/// "8:05", from 0:00 to 23:59.
bool is_time_of_day(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return false;
    const auto within = [](std::string_view digits, unsigned max) {
        unsigned number = 0;
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), number);
        return digits.size() <= 2 && error == std::errc() && end == digits.data() + digits.size() &&
               number <= max;
    };
    return within(text.substr(0, colon), 23) && within(text.substr(colon + 1), 59);
}

/// "21:30-8:05"; empty: none any more.
bool is_interval(std::string_view text) {
    const auto dash = text.find('-');
    if (dash == std::string_view::npos) return text.empty();
    return is_time_of_day(text.substr(0, dash)) && is_time_of_day(text.substr(dash + 1));
}

bool is_valid(const SetSilentMode& command) {
    if (command.type && *command.type != "ALL" && *command.type != "AT" &&
        *command.type != "NONE" && *command.type != "DEFAULT") {
        return false;
    }
    if (command.duration && (command.duration->count() < 0 || *command.duration > duration_max)) {
        return false;
    }
    return !command.interval || is_interval(*command.interval);
}

/// What was set just now, as the devices are told (msync-wire 10.1).
std::string detail_of(const SetSilentMode& command, const SilentModeRow& row) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    if (command.type) json.member("type", *command.type);
    if (command.duration) json.member("ignoreDuration", row.ignore_until.ms);
    if (command.interval) json.member("ignoreInterval", *command.interval);
    json.end_object();
    return out;
}

}  // namespace

Task<Result<SilentModeRow>> set_silent_mode(World& world, EventOrigin by, SetSilentMode command) {
    if (!is_valid(command)) co_return std::unexpected(Errc::bad_request);
    Shard& shard = world.shard_of_account(by.uid);
    co_await move_to(shard.home());
    const SlotId slot = world.slots.of_account(by.uid);
    const auto present =
        storage::read_silent_mode(shard.under_way(), slot, by.uid, command.channel);
    if (!present) co_return std::unexpected(present.error());
    SilentModeRow row = present->value_or(SilentModeRow{.channel = command.channel});
    AccountEvent event{.at = world.clock.wall(),
                       .kind = AccountEventKind::silent_mode_set,
                       .origin = by,
                       .channel = command.channel};
    storage::Batch batch;
    if (command.type == "DEFAULT") {
        row = SilentModeRow{.channel = command.channel};
        event.kind = AccountEventKind::silent_mode_cleared;
        storage::erase_silent_mode(batch, by.uid, command.channel);
    } else {
        if (command.type) row.type = *command.type;
        if (command.duration) {
            row.ignore_until = WallTime{world.clock.wall().ms + command.duration->count()};
        }
        if (command.interval) row.interval = *command.interval;
        event.detail = detail_of(command, row);
        storage::put_silent_mode(batch, by.uid, row);
    }
    const auto told = log_event(shard, by.uid, std::move(event));
    if (!told) co_return std::unexpected(told.error());
    shard.under_way().add(slot, batch);
    const storage::Batch nothing_more;
    const auto committed = co_await shard.commit(slot, nothing_more);
    if (!committed) co_return std::unexpected(committed.error());
    co_return row;
}

Task<Result<SilentModeRow>> silent_mode_of(World& world, Uid uid, ChannelKey channel) {
    co_await move_to(world.pool);
    const auto row =
        storage::read_silent_mode(world.store, world.slots.of_account(uid), uid, channel);
    if (!row) co_return std::unexpected(row.error());
    co_return row->value_or(SilentModeRow{.channel = channel});
}

Task<Result<std::vector<SilentModeRow>>> silent_modes(World& world, Uid uid) {
    co_await move_to(world.pool);
    co_return storage::read_silent_modes(world.store, world.slots.of_account(uid), uid);
}

}  // namespace fenshen::service
