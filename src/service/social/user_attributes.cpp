// SPDX-License-Identifier: Apache-2.0
#include "service/social/user_attributes.h"

#include "service/shard.h"

namespace fenshen::service {

namespace {

std::size_t bytes_of(const UserAttributes& attributes) {
    std::size_t bytes = 0;
    for (const auto& [name, value] : attributes) bytes += name.size() + value.size();
    return bytes;
}

}  // namespace

Task<Result<UserAttributes>> set_user_attributes(World& world, Uid uid, UserAttributes changed) {
    Shard& shard = world.shard_of_account(uid);
    co_await move_to(shard.home());
    const SlotId slot = world.slots.of_account(uid);
    auto attributes = storage::read_user_attributes(shard.under_way(), slot, uid);
    if (!attributes) co_return std::unexpected(attributes.error());
    for (auto& [name, value] : changed) {
        if (value.empty()) {
            attributes->erase(name);
        } else {
            attributes->insert_or_assign(name, std::move(value));
        }
    }
    if (bytes_of(*attributes) > user_attributes_bytes_max) {
        co_return std::unexpected(Errc::too_big);
    }
    storage::Batch batch;
    storage::put_user_attributes(batch, uid, *attributes);
    shard.under_way().add(slot, batch);
    const storage::Batch nothing_more;
    const auto committed = co_await shard.commit(slot, nothing_more);
    if (!committed) co_return std::unexpected(committed.error());
    co_return std::move(*attributes);
}

Task<Result<void>> delete_user_attributes(World& world, Uid uid) {
    Shard& shard = world.shard_of_account(uid);
    co_await move_to(shard.home());
    const SlotId slot = world.slots.of_account(uid);
    storage::Batch batch;
    storage::erase_user_attributes(batch, uid);
    shard.under_way().add(slot, batch);
    const storage::Batch nothing_more;
    co_return co_await shard.commit(slot, nothing_more);
}

Task<Result<UserAttributes>> user_attributes(World& world, Uid uid) {
    co_await move_to(world.pool);
    co_return storage::read_user_attributes(world.store, world.slots.of_account(uid), uid);
}

Task<Result<std::uint64_t>> user_attribute_bytes(World& world) {
    co_await move_to(world.pool);
    std::uint64_t bytes = 0;
    for (SlotId::Value slot = 0; slot < world.slots.count(); ++slot) {
        const auto of_slot = storage::read_user_attribute_bytes(world.store, SlotId(slot));
        if (!of_slot) co_return std::unexpected(of_slot.error());
        bytes += *of_slot;
    }
    co_return bytes;
}

}  // namespace fenshen::service
