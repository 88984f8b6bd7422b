// SPDX-License-Identifier: Apache-2.0
#include "bench.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <string>
#include <thread>

#include "floors.h"
#include "kick.h"
#include "load.h"
#include "server_process.h"

namespace fenshen::bench {

namespace {

constexpr double us = 1e6;

void print_floors(const Floors& floors) {
    std::printf("floors   send %.2f us, fdatasync %.0f us, X25519 login %.0f us\n",
                floors.send_us,
                floors.sync_us,
                floors.x25519_us);
}

void print_latencies(const char* what, Latencies& latencies) {
    std::printf("%-8s p50 %.2f ms, p90 %.2f, p99 %.2f, p99.9 %.2f\n",
                what,
                latencies.percentile(0.5),
                latencies.percentile(0.9),
                latencies.percentile(0.99),
                latencies.percentile(0.999));
}

int report_messages(LoadResult result, const Floors& floors) {
    const double messages = static_cast<double>(result.measured);
    const double deliveries = static_cast<double>(result.measured_received);
    std::printf("rate     %.0f messages/s, %.0f deliveries/s, over %.1f s\n",
                messages / result.seconds,
                deliveries / result.seconds,
                result.seconds);
    std::printf(
        "cpu      %.2f us a message, %.2f us a delivery, %.2f cores; %.1f sends' worth a message\n",
        result.server_cpu_s * us / messages,
        result.server_cpu_s * us / deliveries,
        result.server_cpu_s / result.seconds,
        result.server_cpu_s * us / messages / floors.send_us);
    std::printf("syncs    %.4f a message, %.0f /s\n",
                result.syncs / messages,
                result.syncs / result.seconds);
    print_latencies("to ack", result.to_ack);
    print_latencies("to recv", result.to_receiver);
    std::printf(
        "count    sent %lu = acknowledged %lu + refused %lu; received %lu of %lu, %lu twice\n",
        result.sent,
        result.acknowledged,
        result.refused,
        result.received,
        result.expected,
        result.repeated);
    const bool whole = result.failure.empty() && result.refused == 0 && result.repeated == 0 &&
                       result.sent == result.acknowledged && result.received == result.expected;
    if (!whole) {
        std::printf("LOST     the counts do not agree%s%s\n",
                    result.failure.empty() ? "" : ": ",
                    result.failure.c_str());
    }
    return whole ? 0 : 1;
}

int run_messages(const Options& options, ServerProcess& server, const Floors& floors) {
    Load load(options, server);
    load.log_in();
    return report_messages(load.run(), floors);
}

int run_idle(const Options& options, ServerProcess& server) {
    // What the first connections of all cost is not what each costs.
    Options few = options;
    few.clients = 100;
    Load first(few, server);
    first.log_in();
    const std::size_t before = server.resident_bytes();
    Load load(options, server);
    load.log_in();
    const double grown = static_cast<double>(server.resident_bytes()) - static_cast<double>(before);
    const double count = static_cast<double>(load.connections() - first.connections());
    std::printf("idle     %.0f bytes a logged-in connection, over %.0f of them; %.1f MB resident\n",
                grown / count,
                count,
                static_cast<double>(server.resident_bytes()) / 1e6);
    return 0;
}

int run_login(const Options& options, ServerProcess& server, const Floors& floors) {
    double cpu = 0;
    std::size_t logins = 0;
    for (std::uint32_t round = 0; round <= options.rounds; ++round) {
        Load load(options, server);
        const double spent = load.log_in();
        load.log_out();
        if (round == 0) continue;  // registers everybody
        cpu += spent;
        logins += load.connections();
    }
    const double each = cpu * us / static_cast<double>(logins);
    std::printf("login    %.1f us CPU each, over %zu; %.2f X25519 logins' worth\n",
                each,
                logins,
                each / floors.x25519_us);
    return 0;
}

int run_kick(const Options& options, ServerProcess& server) {
    KickResult result = measure_kicks(options, server);
    print_latencies("login", result.login);
    print_latencies("told", result.told);
    std::printf("kick     the ended device is told %.2f ms (median) after the new one is let in\n",
                result.after_login_ms);
    std::printf("count    %u logins, %u ended\n", result.logins, result.ended);
    if (result.logins == result.ended) return 0;
    std::printf("LOST     somebody was not told\n");
    return 1;
}

/// Senders that never wait are pushed back; who comes meanwhile is let in all the same.
int run_flood(const Options& options, ServerProcess& server, const Floors& floors) {
    Options flooding = options;
    flooding.in_flight = std::max(options.in_flight, std::uint32_t{1000});
    Load load(flooding, server);
    load.log_in();
    Options others = options;
    others.uid_prefix = "late";
    Latencies logins;
    std::string failure;
    std::jthread late([&](std::stop_token stop) {
        try {
            logins = measure_logins(others, server, std::move(stop));
        } catch (const std::exception& error) {
            failure = error.what();
        }
    });
    LoadResult result = load.run();
    late.request_stop();
    late.join();
    const int outcome = report_messages(std::move(result), floors);
    print_latencies("login", logins);
    if (failure.empty()) return outcome;
    std::printf("LOST     %s\n", failure.c_str());
    return 1;
}

/// Messages alone, and messages while others log in: the same pairs, one after the other.
int run_storm(const Options& options, ServerProcess& server, const Floors& floors) {
    Options steady = options;
    if (steady.rate == 0) steady.rate = 2000;
    Load load(steady, server);
    load.log_in();
    std::printf("-- messages alone\n");
    int outcome = report_messages(load.run(), floors);

    Options others = options;
    others.clients = options.storm_devices;
    others.uid_prefix = "storm";
    others.scenario = Scenario::idle;
    Options again = steady;
    again.uid_prefix = "again";
    Load messages(again, server);
    messages.log_in();
    Load storm(others, server);
    std::string failure;
    double seconds = 0;
    std::thread logins([&] {
        try {
            const auto begin = std::chrono::steady_clock::now();
            storm.log_in();
            seconds =
                std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        } catch (const std::exception& error) {
            failure = error.what();
        }
    });
    LoadResult during = messages.run();
    logins.join();
    std::printf("-- while %u devices log in, in %.1f s\n", options.storm_devices, seconds);
    outcome |= report_messages(std::move(during), floors);
    if (failure.empty()) return outcome;
    std::printf("LOST     %s\n", failure.c_str());
    return 1;
}

}  // namespace

int run(const Options& options) {
    try {
        ServerProcess server(options);
        const Floors floors = measure_floors(server.data_dir());
        print_floors(floors);
        std::printf("start    %.0f ms until it serves\n", server.seconds_to_ready() * 1e3);
        int outcome = 0;
        switch (options.scenario) {
            case Scenario::pairs:
            case Scenario::group:
                outcome = run_messages(options, server, floors);
                break;
            case Scenario::idle:
                outcome = run_idle(options, server);
                break;
            case Scenario::login:
                outcome = run_login(options, server, floors);
                break;
            case Scenario::kick:
                outcome = run_kick(options, server);
                break;
            case Scenario::flood:
                outcome = run_flood(options, server, floors);
                break;
            case Scenario::storm:
                outcome = run_storm(options, server, floors);
                break;
        }
        std::printf("memory   %.1f MB resident at the end\n",
                    static_cast<double>(server.resident_bytes()) / 1e6);
        return outcome;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "fenshen bench: %s\n", error.what());
        return 1;
    }
}

}  // namespace fenshen::bench
