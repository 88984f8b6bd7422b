// SPDX-License-Identifier: Apache-2.0
#include "service/channels/system_accounts.h"

#include <algorithm>

#include "service/shard.h"

namespace fenshen::service {

Task<void> change_system_uids_in_memory(World& world, std::vector<Uid> uids, bool add) {
    for (const auto& shard : world.shards) {
        co_await move_to(shard->home());
        for (const Uid& uid : uids) {
            if (add) {
                shard->system_uids().insert(uid);
            } else {
                shard->system_uids().erase(uid);
            }
        }
    }
}

Task<Result<std::vector<Uid>>> stored_system_uids(World& world) {
    co_await move_to(world.pool);
    auto uids = storage::read_system_uids(world.store);
    if (uids) std::ranges::sort(*uids);
    co_return uids;
}

}  // namespace fenshen::service
