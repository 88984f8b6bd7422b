// SPDX-License-Identifier: Apache-2.0
// The tree of objects. Read it to know the server: what is built on what, what is started after
// what, and the order in which it stops.
#pragma once

#include <expected>
#include <memory>
#include <string>

#include "app/config/config.h"

namespace fenshen::app {

struct Addresses {
    std::string host;
    std::uint16_t tcp = 0;  ///< 0: not open
    std::uint16_t ws = 0;
    std::uint16_t wss = 0;
    std::uint16_t api = 0;
    std::uint16_t easemob = 0;
};

class Server {
public:
    /// Opens the store and every listener, and serves. The error is one line for the operator.
    static std::expected<std::unique_ptr<Server>, std::string> start(const config::Config& config);
    virtual ~Server() = default;

    virtual const Addresses& addresses() const = 0;
    /// Reads certificates again; what went wrong is logged.
    virtual void reload() = 0;
    /// Nobody new; those inside are closed without a word, spread over `server.drain`, so that
    /// their clients come back to somebody else; what is under way is committed and answered.
    /// Blocks.
    virtual void stop() = 0;
};

}  // namespace fenshen::app
