// SPDX-License-Identifier: Apache-2.0
// What a run of the load generator does.
#pragma once

#include <cstdint>
#include <string>

namespace fenshen::bench {

enum class Scenario : std::uint8_t {
    pairs,  ///< clients talk two by two
    group,  ///< all are members of one group; the first `senders` of them talk
    idle,   ///< all log in and are silent: memory
    login,  ///< all log in, again and again: CPU a login
    kick,   ///< a second device logs in: how soon the first one is told that it is ended
    flood,  ///< pairs never wait for an answer, and others log in meanwhile
    storm,  ///< pairs talk while `storm_devices` others log in as fast as they can
};

struct Options {
    Scenario scenario = Scenario::pairs;
    std::uint32_t clients = 1000;  ///< accounts; each has `devices` connections
    std::uint32_t devices = 1;
    std::uint32_t senders = 1;  ///< group: who talks
    std::uint32_t in_flight =
        1;  ///< a sender's messages without a SENDACK; 0: as many as the rate asks for
    std::uint32_t rate = 0;  ///< messages a second, all senders together; 0: closed loop
    double seconds = 5;      ///< of sending, after the warm-up
    double warm_up_seconds = 1;
    std::uint32_t payload_bytes = 200;
    bool encrypted = false;
    bool websocket = false;
    bool msync = false;  ///< Easemob clients; always on a WebSocket
    std::string durability = "fsync";
    std::uint32_t rounds = 3;  ///< login: how often everybody logs in
    std::uint32_t storm_devices = 10'000;
    std::string uid_prefix = "u";  ///< of the accounts' names
    std::string data_dir;          ///< empty: a temporary folder, removed afterwards
};

}  // namespace fenshen::bench
