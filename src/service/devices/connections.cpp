// SPDX-License-Identifier: Apache-2.0
#include "service/devices/connections.h"

#include "service/devices/device_registry.h"
#include "service/devices/device_sessions.h"
#include "service/shard.h"

namespace fenshen::service {

namespace {

LiveConnection describe(const AccountEntry& account, const domain::LiveSession& session) {
    LiveConnection connection;
    connection.uid = account.uid;
    connection.session = session;
    if (const auto* device = known_device(account, session.device_class, session.device_id)) {
        connection.address = without_port(session.address);
        connection.client = device->client;
    }
    return connection;
}

}  // namespace

Task<std::vector<LiveConnection>> live_connections(World& world) {
    std::vector<LiveConnection> connections;
    for (const auto& shard : world.shards) {
        co_await move_to(shard->home());
        shard->accounts().for_each([&](const AccountEntry& account) {
            for (const auto& session : account.sessions) {
                connections.push_back(describe(account, session));
            }
        });
    }
    co_return connections;
}

Task<Result<void>> end_connection(World& world, EndConnection command) {
    Shard& shard = world.shard_of_account(command.uid);
    co_await move_to(shard.home());
    // An account with a live session is in memory.
    AccountEntry* account = shard.accounts().find(command.uid);
    if (!account) co_return Result<void>{};
    const auto is_meant = [&](const domain::LiveSession& session) {
        return session.session == command.session;
    };
    SessionEnd end;
    end.tell = command.tell;
    end.text = command.text;
    end.why = "kicked";
    end.by = by_api;
    if (end_sessions(shard, *account, is_meant, end).empty()) co_return Result<void>{};
    const storage::Batch nothing_more;
    co_return co_await shard.commit(account->slot, nothing_more);
}

}  // namespace fenshen::service
