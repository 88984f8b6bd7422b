// SPDX-License-Identifier: Apache-2.0
#include "floors.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <vector>

#include "protocol/wukong/crypto.h"

namespace fenshen::bench {

namespace {

double cpu_us() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

double measure_send() {
    constexpr int pairs = 500;
    constexpr int rounds = 20;
    std::vector<std::array<int, 2>> sockets;
    for (int i = 0; i < pairs; ++i) {
        std::array<int, 2> pair{};
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0) break;
        sockets.push_back(pair);
    }
    const std::string bytes(250, 'x');
    const double begin = cpu_us();
    for (int round = 0; round < rounds; ++round) {
        for (const auto& pair : sockets) {
            if (send(pair[0], bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0) break;
        }
    }
    const double spent = cpu_us() - begin;
    for (const auto& pair : sockets) {
        close(pair[0]);
        close(pair[1]);
    }
    return spent / (static_cast<double>(sockets.size()) * rounds);
}

double measure_sync(const std::string& folder) {
    const std::string path = folder + "/floor";
    const int fd = open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    const std::string block(4096, 'x');
    std::vector<double> costs;
    for (int i = 0; i < 101; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        if (write(fd, block.data(), block.size()) < 0 || fdatasync(fd) != 0) break;
        costs.push_back(
            std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin)
                .count());
    }
    close(fd);
    unlink(path.c_str());
    if (costs.empty()) return 0;
    std::ranges::sort(costs);
    return costs[costs.size() / 2];
}

double measure_x25519() {
    constexpr int rounds = 200;
    wukong::LoginDice dice;
    dice.private_key.fill('k');
    dice.salt.fill('s');
    const auto client = wukong::public_key_text(dice.private_key);
    const double begin = cpu_us();
    for (int i = 0; i < rounds; ++i) {
        if (!wukong::agree(wukong::view_of(client), dice)) return 0;
    }
    return (cpu_us() - begin) / rounds;
}

}  // namespace

Floors measure_floors(const std::string& folder) {
    return {measure_send(), measure_sync(folder), measure_x25519()};
}

}  // namespace fenshen::bench
