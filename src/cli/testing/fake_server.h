// SPDX-License-Identifier: Apache-2.0
// A small HTTP server on a port of the kernel's choice: it answers what the test lays down, one
// request a connection, and remembers what was asked.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace fenshen::cli::testing {

struct Asked {
    std::string method;
    std::string target;
    std::string head;  ///< all header lines
    std::string body;
    std::string line() const { return method + " " + target; }
};

/// A whole answer.
std::string http_answer(unsigned status, const std::string& body);

class FakeServer {
public:
    /// Answers the bytes to send back, on the server's thread; the connection then closes.
    using Handler = std::function<std::string(const Asked&)>;

    explicit FakeServer(Handler handler);
    ~FakeServer();
    FakeServer(const FakeServer&) = delete;
    FakeServer& operator=(const FakeServer&) = delete;

    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
    std::uint16_t port() const { return port_; }
    /// Ends the server, then answers what it was asked.
    const std::vector<Asked>& asked();

private:
    void serve();
    void answer(int connection);

    Handler handler_;
    std::vector<Asked> asked_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

/// A port on which nobody listens, for as long as it lives; or somebody does who never says a word.
class SilentPort {
public:
    explicit SilentPort(bool listens = false);
    ~SilentPort();
    SilentPort(const SilentPort&) = delete;
    SilentPort& operator=(const SilentPort&) = delete;
    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
    std::uint16_t number() const { return port_; }

private:
    int fd_;
    std::uint16_t port_;
};

}  // namespace fenshen::cli::testing
