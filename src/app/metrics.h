// SPDX-License-Identifier: Apache-2.0
// What the rooms count, under the names that Prometheus sees (docs/operations/telemetry.md).
#pragma once

#include <memory>
#include <vector>

#include "api/wukong/context.h"
#include "gateway/loop_gateway.h"
#include "service/shard.h"
#include "storage/rocksdb/rocksdb_engine.h"
#include "telemetry/metrics.h"

namespace fenshen::app {

using Gateways = std::vector<std::unique_ptr<gateway::LoopGateway>>;

/// All outlive the registry's last scrape.
void add_metrics(telemetry::MetricRegistry& registry,
                 const service::World& world,
                 const Gateways& gateways,
                 const storage::CommitStats& commits);

api::wukong::Traffic traffic_of(const Gateways& gateways);

}  // namespace fenshen::app
