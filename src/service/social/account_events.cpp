// SPDX-License-Identifier: Apache-2.0
#include "service/social/account_events.h"

#include "service/detail/record.h"
#include "service/shard.h"
#include "storage/rows_social.h"

namespace fenshen::service {

namespace {

constexpr std::uint8_t record_format = 1;
/// Old events go a few at a time, not with every new one.
constexpr std::uint64_t retention_step = 32;

using detail::append_text;

void append_channel(Bytes& out, const ChannelKey& channel) {
    append_be(out, static_cast<std::uint8_t>(channel.type));
    append_text(out, channel.id);
}

ChannelKey take_channel(detail::RecordReader& in) {
    ChannelKey channel;
    channel.type = static_cast<ChannelType>(in.number<std::uint8_t>());
    channel.id = in.text();
    return channel;
}

/// Lets the oldest go that are too many or too old; never more than a few steps' worth.
void keep_bounded(Shard& shard, SlotId slot, const Uid& uid, std::uint64_t newest, WallTime now) {
    const auto oldest = storage::read_account_events(
        shard.under_way(), slot, uid, 0, static_cast<std::size_t>(retention_step * 4));
    if (!oldest) return;  // the next step tries again
    storage::Batch batch;
    std::uint64_t erased = 0;
    for (const auto& row : *oldest) {
        const bool is_one_too_many = row.number + account_events_max <= newest;
        const bool is_too_old = Millis{now.ms - row.at.ms} > account_event_age_max;
        if (!is_one_too_many && !is_too_old) break;
        storage::erase_account_event(batch, uid, row.number);
        erased = row.number;
    }
    if (erased == 0) return;
    storage::put_account_events_erased(batch, uid, erased);
    shard.under_way().add(slot, batch);
}

void tell_sessions(Shard& shard, const Uid& uid, const SharedEvent& event) {
    const auto* account = shard.accounts().find(uid);
    if (account == nullptr) return;  // nobody of it is online
    for (const auto& session : account->sessions) {
        if (event->is_from(uid, session.device_id)) continue;
        shard.parcel_for(session.session.loop)
            .session_events.push_back({session.session.serial, event});
    }
}

}  // namespace

Bytes encode(const AccountEvent& event) {
    Bytes out;
    append_be(out, record_format);
    append_be(out, static_cast<std::uint8_t>(event.kind));
    append_be(out, static_cast<std::uint64_t>(event.at.ms));
    append_text(out, event.origin.uid.value());
    append_text(out, event.origin.device_id.value());
    append_channel(out, event.channel);
    append_channel(out, event.parent);
    append_be(out, static_cast<std::uint32_t>(event.uids.size()));
    for (const auto& uid : event.uids) append_text(out, uid.value());
    append_text(out, event.name);
    append_text(out, event.text);
    append_text(out, event.detail);
    append_be(out, static_cast<std::uint64_t>(event.value));
    return out;
}

Result<AccountEvent> decode_event(BytesView record) {
    detail::RecordReader in{record};
    if (in.number<std::uint8_t>() != record_format) return std::unexpected(Errc::store_corrupt);
    AccountEvent event;
    event.kind = static_cast<AccountEventKind>(in.number<std::uint8_t>());
    event.at.ms = static_cast<std::int64_t>(in.number<std::uint64_t>());
    event.origin.uid = Uid(in.text());
    event.origin.device_id = DeviceId(in.text());
    event.channel = take_channel(in);
    event.parent = take_channel(in);
    const auto count = in.number<std::uint32_t>();
    for (std::uint32_t i = 0; in.ok && i < count; ++i) event.uids.emplace_back(in.text());
    event.name = in.text();
    event.text = in.text();
    event.detail = in.text();
    event.value = static_cast<std::int64_t>(in.number<std::uint64_t>());
    if (!in.done()) return std::unexpected(Errc::store_corrupt);
    return event;
}

Result<void> log_event(Shard& shard, const Uid& uid, AccountEvent event) {
    const SlotId slot = shard.world().slots.of_account(uid);
    const auto last = storage::read_last_account_event(shard.under_way(), slot, uid);
    if (!last) return std::unexpected(last.error());
    log_event_behind(shard, uid, *last, std::move(event));
    return {};
}

void log_event_behind(Shard& shard, const Uid& uid, std::uint64_t last, AccountEvent event) {
    const SlotId slot = shard.world().slots.of_account(uid);
    event.number = last + 1;
    storage::Batch batch;
    storage::put_account_event(batch, uid, {event.number, event.at, encode(event)});
    shard.under_way().add(slot, batch);
    if (event.number % retention_step == 0) keep_bounded(shard, slot, uid, event.number, event.at);
    auto shared = std::make_shared<const AccountEvent>(std::move(event));
    shard.when_committed(slot, [&shard, uid, shared = std::move(shared)](Result<void> result) {
        if (result) tell_sessions(shard, uid, shared);
    });
}

Result<void> start_event_cursor(Shard& shard,
                                const Uid& uid,
                                DeviceClass device_class,
                                const DeviceId& device_id) {
    const SlotId slot = shard.world().slots.of_account(uid);
    const auto head = storage::read_last_account_event(shard.under_way(), slot, uid);
    if (!head) return std::unexpected(head.error());
    storage::Batch batch;
    storage::put_event_cursor(batch, uid, device_class, device_id, *head);
    shard.under_way().add(slot, batch);
    return {};
}

Task<Result<EventPage>> read_events(
    World& world, Uid uid, DeviceId device_id, std::uint64_t after, std::size_t count_max) {
    co_await move_to(world.pool);
    const SlotId slot = world.slots.of_account(uid);
    const auto erased = storage::read_account_events_erased(world.store, slot, uid);
    if (!erased) co_return std::unexpected(erased.error());
    const auto rows = storage::read_account_events(world.store, slot, uid, after, count_max);
    if (!rows) co_return std::unexpected(rows.error());
    EventPage page;
    page.fell_behind = *erased > after;
    page.more = rows->size() >= count_max;
    page.next = std::max(after, *erased);
    for (const auto& row : *rows) {
        auto event = decode_event(row.record);
        if (!event) co_return std::unexpected(event.error());
        event->number = row.number;
        page.next = std::max(page.next, row.number);
        if (!event->is_from(uid, device_id)) page.events.push_back(std::move(*event));
    }
    co_return page;
}

Task<Result<std::uint64_t>> event_cursor(World& world,
                                         Uid uid,
                                         DeviceClass device_class,
                                         DeviceId device_id) {
    Shard& shard = world.shard_of_account(uid);
    co_await move_to(shard.home());
    const SlotId slot = world.slots.of_account(uid);
    const auto read = [&] {
        return storage::read_event_cursor(shard.under_way(), slot, uid, device_class, device_id);
    };
    auto cursor = read();
    if (!cursor) co_return std::unexpected(cursor.error());
    if (*cursor) co_return **cursor;
    if (const auto started = start_event_cursor(shard, uid, device_class, device_id); !started) {
        co_return std::unexpected(started.error());
    }
    cursor = read();
    const storage::Batch nothing_more;
    const auto committed = co_await shard.commit(slot, nothing_more);
    if (!committed) co_return std::unexpected(committed.error());
    co_return cursor ? cursor->value_or(0) : 0;
}

Task<Result<void>> move_event_cursor(
    World& world, Uid uid, DeviceClass device_class, DeviceId device_id, std::uint64_t number) {
    Shard& shard = world.shard_of_account(uid);
    co_await move_to(shard.home());
    const SlotId slot = world.slots.of_account(uid);
    const auto cursor =
        storage::read_event_cursor(shard.under_way(), slot, uid, device_class, device_id);
    if (!cursor) co_return std::unexpected(cursor.error());
    if (cursor->value_or(0) >= number) co_return Result<void>{};
    storage::Batch batch;
    storage::put_event_cursor(batch, uid, device_class, device_id, number);
    shard.under_way().add(slot, batch);
    const storage::Batch nothing_more;
    co_return co_await shard.commit(slot, nothing_more);
}

}  // namespace fenshen::service
