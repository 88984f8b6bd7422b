// SPDX-License-Identifier: Apache-2.0
#include "app/metrics.h"

namespace fenshen::app {

namespace {

double value(const auto& counter) {
    return static_cast<double>(counter.load(std::memory_order_relaxed));
}

constexpr double us_in_a_second = 1e6;

void collect_shard(telemetry::Scrape& out, service::Shard& shard) {
    const auto& stats = shard.stats();
    out.counter("fenshen_messages_received_total",
                "Messages that senders handed in and that were decided.",
                value(stats.sends));
    out.counter("fenshen_messages_refused_total", "Messages refused.", value(stats.sends_refused));
    out.counter("fenshen_messages_repeated_total",
                "Messages that were sent again and answered with their first outcome.",
                value(stats.sends_repeated));
    out.counter("fenshen_deliveries_total",
                "Messages handed to sessions, once for each session.",
                value(stats.deliveries));
    out.counter("fenshen_logins_total", "Logins accepted.", value(stats.logins));
    out.counter("fenshen_logins_refused_total", "Logins refused.", value(stats.logins_refused));
    out.counter("fenshen_logins_damped_total",
                "Logins refused unseen, after too many failures.",
                value(stats.logins_damped));
    out.counter("fenshen_sessions_ended_total",
                "Sessions ended by a rule or by somebody.",
                value(stats.sessions_ended));
    out.gauge("fenshen_sessions", "Devices logged in.", value(stats.sessions));
    out.counter("fenshen_fan_out_slices_total",
                "Turns in which a part of a large group was told its messages.",
                value(stats.fan_out_slices));
    out.gauge("fenshen_fan_out_waiting_messages",
              "Messages that large groups have not been told in full.",
              value(stats.fan_out_waiting));
    out.counter("fenshen_commits_failed_total",
                "Batches that the store did not take.",
                value(stats.commits_failed));
}

void collect_gateway(telemetry::Scrape& out, gateway::LoopGateway& gateway) {
    const auto& stats = gateway.stats();
    out.gauge("fenshen_connections", "Client connections open.", value(stats.connections));
    out.counter("fenshen_connections_accepted_total",
                "Client connections accepted.",
                value(stats.accepted));
    for (std::size_t i = 0; i < stats.closed.size(); ++i) {
        const auto reason = static_cast<gateway::CloseReason>(i);
        out.counter("fenshen_connections_closed_total",
                    "Client connections closed, by reason.",
                    value(stats.closed[i]),
                    {{"reason", std::string(name_of(reason))}});
    }
    out.counter(
        "fenshen_client_received_bytes_total", "Bytes from clients.", value(stats.bytes_in));
    out.counter("fenshen_client_sent_bytes_total", "Bytes to clients.", value(stats.bytes_out));
    out.gauge("fenshen_client_waiting_bytes",
              "Bytes that wait for slow readers.",
              value(stats.bytes_waiting));
    out.gauge("fenshen_client_incomplete_bytes",
              "Bytes of frames that clients have begun, or that wait to be read.",
              value(stats.input_bytes));
    out.gauge("fenshen_connections_unauthenticated",
              "Client connections that have not logged in.",
              value(stats.unauthenticated));
    out.counter("fenshen_connections_refused_total",
                "Client connections closed at once, since too many had not logged in.",
                value(stats.refused));
    out.counter("fenshen_tls_handshakes_deferred_total",
                "Times a TLS handshake waited for the next turn of its loop.",
                value(stats.handshakes_deferred));
    out.counter("fenshen_messages_resent_total",
                "Messages sent again since they were not acknowledged.",
                value(stats.resent));
    out.counter("fenshen_senders_held_total",
                "Times a sender was read no further until its messages were decided.",
                value(stats.held));
}

void collect_commits(telemetry::Scrape& out,
                     const storage::CommitStats& commits,
                     std::size_t waiting_bytes) {
    out.counter("fenshen_commit_batches_total", "Batches committed.", value(commits.batches));
    out.counter("fenshen_commit_groups_total",
                "Synced writes; each takes all batches that wait.",
                value(commits.groups));
    out.counter("fenshen_commit_bytes_total", "Bytes in committed batches.", value(commits.bytes));
    out.counter("fenshen_commit_failures_total", "Writes that failed.", value(commits.failures));
    out.counter("fenshen_commit_seconds_total",
                "Time spent in synced writes.",
                value(commits.write_us) / us_in_a_second);
    out.gauge("fenshen_commit_seconds_max",
              "The longest synced write since the start.",
              value(commits.write_us_max) / us_in_a_second);
    out.gauge("fenshen_commit_waiting_bytes",
              "Bytes handed in and not yet durable.",
              static_cast<double>(waiting_bytes));
}

}  // namespace

void add_metrics(telemetry::MetricRegistry& registry,
                 const service::World& world,
                 const Gateways& gateways,
                 const storage::CommitStats& commits) {
    registry.add([&](telemetry::Scrape& out) {
        for (const auto& shard : world.shards) collect_shard(out, *shard);
        for (const auto& gateway : gateways) collect_gateway(out, *gateway);
        collect_commits(out, commits, world.log.waiting_bytes());
    });
}

api::wukong::Traffic traffic_of(const Gateways& gateways) {
    api::wukong::Traffic traffic;
    for (const auto& gateway : gateways) {
        const auto& stats = gateway->stats();
        traffic.connections += stats.connections;
        traffic.messages_in += stats.messages_in;
        traffic.messages_out += stats.messages_out;
        traffic.bytes_in += stats.bytes_in;
        traffic.bytes_out += stats.bytes_out;
        traffic.slow_clients +=
            stats.closed[static_cast<std::size_t>(gateway::CloseReason::too_slow)];
    }
    return traffic;
}

}  // namespace fenshen::app
