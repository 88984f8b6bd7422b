// SPDX-License-Identifier: Apache-2.0
// Single live sessions of this node: listing them and ending one (wukong-http 6, 13). Whose session
// it is says which loop owns it.
#pragma once

#include <string>
#include <vector>

#include "base/task.h"
#include "domain/admit.h"
#include "model/error.h"
#include "model/ids.h"

namespace fenshen::service {

struct World;

struct LiveConnection {
    Uid uid;
    domain::LiveSession session;
    std::string address;  ///< where it comes from, as at its login
    std::string client;   ///< "wkproto 5"
};
/// In no order. Walks all accounts in memory, a loop after the other: for people, not for programs
/// that ask all the time.
Task<std::vector<LiveConnection>> live_connections(World& world);

struct EndConnection {
    Uid uid;
    SessionRef session;
    bool tell = true;  ///< say why first; else the connection just closes
    std::string text;  ///< for the person
};
/// Ends one session of `uid`. That there is none is no error. Errc: store_unavailable (the session
/// is ended, the history does not say so).
Task<Result<void>> end_connection(World& world, EndConnection command);

}  // namespace fenshen::service
