// SPDX-License-Identifier: Apache-2.0
// The server under load: this same binary as a child, on ports that the kernel chooses, with what
// the system says of its CPU time and memory.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>

#include "options.h"

namespace fenshen::bench {

class ServerProcess {
public:
    /// Starts it and waits until it serves. Throws std::runtime_error.
    explicit ServerProcess(const Options& options);
    /// Ends it, and removes its data where they were temporary.
    ~ServerProcess();
    ServerProcess(const ServerProcess&) = delete;
    ServerProcess& operator=(const ServerProcess&) = delete;

    std::uint16_t port(const std::string& name) const { return ports_.at(name); }
    /// User and system time of all its threads so far, in seconds.
    double cpu_seconds() const;
    std::size_t resident_bytes() const;
    /// From /metrics; 0 where there is none of that name. Samples of a name are added up.
    double metric(const std::string& name) const;
    /// Sends JSON; throws when the answer is not 200.
    std::string call(const std::string& method,
                     const std::string& path,
                     const std::string& body) const;
    std::string post(const std::string& path, const std::string& body) const {
        return call("POST", path, body);
    }
    /// Of an Easemob user, which is made where there is none. The same for all its devices.
    std::string user_token(const std::string& uid);
    double seconds_to_ready() const { return seconds_to_ready_; }
    const std::string& data_dir() const { return folder_; }

private:
    std::string request(const std::string& text, std::uint16_t to_port) const;
    std::string easemob_token(const std::string& bearer, const std::string& body) const;

    std::string folder_;
    bool temporary_ = false;
    pid_t pid_ = -1;
    double seconds_to_ready_ = 0;
    std::string app_token_;
    std::map<std::string, std::string> user_tokens_;
    std::map<std::string, std::uint16_t> ports_;
};

}  // namespace fenshen::bench
