// SPDX-License-Identifier: Apache-2.0
// An account that something is kept of. A uid can be made up, and asking after it leaves no trace.
#pragma once

#include <utility>

#include "base/task.h"
#include "service/shard.h"

namespace fenshen::service {

/// Ends on the account's loop, where the pin belongs. Errc: not_found (nothing was ever kept of
/// this uid), store_unavailable, store_corrupt.
inline Task<Result<Pin<AccountEntry>>> known_account(Shard& shard, Uid uid) {
    co_await move_to(shard.home());
    auto found = co_await shard.accounts().get(std::move(uid));
    if (found && !(*found)->is_known()) co_return std::unexpected(Errc::not_found);
    co_return found;
}

}  // namespace fenshen::service
