// SPDX-License-Identifier: Apache-2.0
// One or two clients driven until something has happened, apart from the load.
#pragma once

#include <poll.h>

#include <array>
#include <chrono>
#include <stdexcept>

#include "client.h"

namespace fenshen::bench {

/// Drives both until `is_done`; throws when that takes too long, or when the last one fails.
template <class Done>
void drive(std::array<Client*, 2> clients, const Client::Events& events, Done is_done) {
    using Clock = std::chrono::steady_clock;
    const auto until = Clock::now() + std::chrono::seconds(10);
    while (!is_done()) {
        if (Clock::now() > until) throw std::runtime_error("nothing comes");
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

}  // namespace fenshen::bench
