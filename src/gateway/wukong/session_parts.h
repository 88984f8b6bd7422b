// SPDX-License-Identifier: Apache-2.0
// The parts of a WukongSession that only some sessions have, or only for a while.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/wukong/session.h"

namespace fenshen::gateway {

struct WukongSession::Json {
    wukong::JsonTextCutter cutter;
    wukong::JsonDialect dialect;
    std::string connect_id;
    /// JSON sends have ids of their own; services know them by running numbers.
    std::unordered_map<std::uint32_t, std::string> under_way;
    std::uint32_t last_number = 0;
};

struct WukongSession::Login {
    std::int64_t client_timestamp_ms = 0;
    std::string client_key;
};

struct WukongSession::Commands {
    static constexpr std::size_t waiting_max = 256;
    std::vector<SharedMessage> waiting;
};

}  // namespace fenshen::gateway
