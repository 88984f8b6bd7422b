// SPDX-License-Identifier: Apache-2.0
// System accounts apart from channels.h: what is stored, and changes that live in memory only
// (wukong-http 5.4).
#pragma once

#include <vector>

#include "base/task.h"
#include "model/error.h"
#include "model/ids.h"

namespace fenshen::service {

struct World;

/// Changes every loop's list, not the stored one. When it resumes, all loops have it.
Task<void> change_system_uids_in_memory(World& world, std::vector<Uid> uids, bool add);

/// As stored, in ascending order. Errc: store_unavailable, store_corrupt.
Task<Result<std::vector<Uid>>> stored_system_uids(World& world);

}  // namespace fenshen::service
