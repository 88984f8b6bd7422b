// SPDX-License-Identifier: Apache-2.0
// What the endpoints of the Easemob-compatible REST API are handed. Built once in app/, then only
// read, by all loops at a time; outlives every request.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "service/files/attachments.h"
#include "service/shard.h"
#include "telemetry/log.h"

namespace fenshen::api::easemob {

struct Context {
    service::World& world;
    telemetry::Log& log;
    service::Attachments& attachments;

    const service::EasemobRules& rules() const { return world.rules.easemob; }
};

}  // namespace fenshen::api::easemob
