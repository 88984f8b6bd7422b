// SPDX-License-Identifier: Apache-2.0
#include "kick.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <vector>

#include "client.h"
#include "drive.h"

namespace fenshen::bench {

namespace {

using Clock = std::chrono::steady_clock;

Client::Settings device(const Options& options, std::uint32_t account, const char* id) {
    Client::Settings settings;
    settings.uid = options.uid_prefix + std::to_string(account);
    settings.device_id = id;
    settings.encrypted = options.encrypted;
    settings.websocket = options.websocket;
    return settings;
}

std::uint64_t ns_between(Clock::time_point a, Clock::time_point b) {
    return static_cast<std::uint64_t>(
        std::max<std::int64_t>(0, std::chrono::nanoseconds(b - a).count()));
}

}  // namespace

KickResult measure_kicks(const Options& options, ServerProcess& server) {
    server.call(
        "PUT", "/v1/policy", R"({"version":0,"policy":{"preset":"wukong","default":{"limit":1}}})");
    const std::uint16_t port = server.port(options.websocket ? "ws" : "tcp");
    KickResult result;
    std::vector<double> after;
    for (std::uint32_t account = 0; account < options.clients; ++account) {
        Client old(0, device(options, account, "old"));
        Client fresh(1, device(options, account, "fresh"));
        Clock::time_point told{};
        Clock::time_point let_in{};
        Client::Events events;
        events.on_disconnect = [&](Client&) { told = Clock::now(); };
        old.open(port);
        drive({&old, nullptr}, events, [&] { return old.is_ready(); });
        const auto begin = Clock::now();
        fresh.open(port);
        drive({&old, &fresh}, events, [&] {
            if (fresh.is_ready() && let_in == Clock::time_point{}) let_in = Clock::now();
            return let_in != Clock::time_point{} && told != Clock::time_point{};
        });
        ++result.logins;
        ++result.ended;
        result.login.add(ns_between(begin, let_in));
        result.told.add(ns_between(begin, told));
        after.push_back(std::chrono::duration<double, std::milli>(told - let_in).count());
    }
    std::ranges::nth_element(after, after.begin() + static_cast<std::ptrdiff_t>(after.size() / 2));
    result.after_login_ms = after[after.size() / 2];
    return result;
}

Latencies measure_logins(const Options& options, ServerProcess& server, std::stop_token stop) {
    constexpr auto pause = std::chrono::milliseconds(50);
    const std::uint16_t port = server.port(options.websocket ? "ws" : "tcp");
    Latencies latencies;
    for (std::uint32_t account = 0; !stop.stop_requested(); ++account) {
        Client client(0, device(options, account, "late"));
        const auto begin = Clock::now();
        client.open(port);
        drive({&client, nullptr}, {}, [&] { return client.is_ready(); });
        latencies.add(ns_between(begin, Clock::now()));
        std::this_thread::sleep_for(pause);
    }
    return latencies;
}

}  // namespace fenshen::bench
