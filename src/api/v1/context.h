// SPDX-License-Identifier: Apache-2.0
// What the endpoints of Fenshen's own API are handed. Built once in app/, then only read, by all
// loops at a time; outlives every request.
#pragma once

#include "service/shard.h"

namespace fenshen::api::v1 {

struct Context {
    service::World& world;
    WallTime started_at;  ///< since when the built-in policy is in force where none was ever set
};

}  // namespace fenshen::api::v1
