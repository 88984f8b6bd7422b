// SPDX-License-Identifier: Apache-2.0
#include "kick.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <stdexcept>
#include <vector>

#include "client.h"

namespace fenshen::bench {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto wait_max = std::chrono::seconds(10);

Client::Settings device(const Options& options, std::uint32_t account, const char* id) {
    Client::Settings settings;
    settings.uid = options.uid_prefix + std::to_string(account);
    settings.device_id = id;
    settings.encrypted = options.encrypted;
    settings.websocket = options.websocket;
    return settings;
}

/// Drives both until `is_done`; throws when that takes too long, or when the last one fails.
template <class Done>
void drive(std::array<Client*, 2> clients, const Client::Events& events, Done is_done) {
    const auto until = Clock::now() + wait_max;
    while (!is_done()) {
        if (Clock::now() > until) throw std::runtime_error("kick: nothing comes");
        std::array<pollfd, 2> waiting{};
        for (std::size_t i = 0; i < clients.size(); ++i) {
            waiting[i] = {clients[i] ? clients[i]->fd() : -1, POLLIN, 0};
        }
        poll(waiting.data(), waiting.size(), 100);
        for (std::size_t i = 0; i < clients.size(); ++i) {
            if (clients[i] == nullptr || waiting[i].revents == 0) continue;
            clients[i]->on_readable(events);
            clients[i]->flush();
            if (clients[i]->failure().empty()) continue;
            // The one that was ended sees its connection close: that is as it should be.
            const bool is_last = i + 1 == clients.size() || clients[i + 1] == nullptr;
            if (is_last) throw std::runtime_error(clients[i]->failure());
            clients[i] = nullptr;
        }
    }
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

}  // namespace fenshen::bench
