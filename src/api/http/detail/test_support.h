// SPDX-License-Identifier: Apache-2.0
// For the server's tests: a server on loops of its own, and a client that sends bytes as they are
// and blocks for the answer.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <condition_variable>
#include <coroutine>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "api/http/router.h"
#include "api/http/server.h"

namespace fenshen::http::testing_support {

struct Reply {
    int status = 0;
    std::string head;
    std::string body;
    std::optional<std::string> header(std::string_view name) const {
        std::size_t at = 0;
        while ((at = head.find("\r\n", at)) != std::string::npos) {
            at += 2;
            const std::size_t colon = head.find(':', at);
            if (colon == std::string::npos) break;
            if (!same_ignoring_case(std::string_view(head).substr(at, colon - at), name)) continue;
            return head.substr(colon + 2, head.find("\r\n", at) - colon - 2);
        }
        return std::nullopt;
    }
};

class Client {
public:
    explicit Client(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const timeval patience{.tv_sec = 30, .tv_usec = 0};  // a failed test ends, too
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
        connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
    }
    Client(Client&& other) noexcept
        : fd_(std::exchange(other.fd_, -1)),
          connected_(other.connected_),
          input_(std::move(other.input_)) {}
    Client& operator=(Client&&) = delete;
    ~Client() {
        if (fd_ >= 0) ::close(fd_);
    }

    bool connected() const { return connected_; }

    /// False when the server takes no more.
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    void send_byte_by_byte(std::string_view bytes) {
        const int on = 1;
        ::setsockopt(fd_, IPPROTO_TCP, 1 /* TCP_NODELAY */, &on, sizeof(on));
        for (std::size_t i = 0; i < bytes.size(); ++i) send(bytes.substr(i, 1));
    }
    void end_sending() { ::shutdown(fd_, SHUT_WR); }

    /// The next answer; status 0 if the connection ended before it was whole.
    Reply receive(bool has_body = true) {
        Reply reply;
        std::size_t end = 0;
        while ((end = input_.find("\r\n\r\n")) == std::string::npos) {
            if (!fill()) return {};
        }
        reply.head = input_.substr(0, end + 2);
        input_.erase(0, end + 4);
        std::size_t length = 0;
        if (const auto text = reply.header("Content-Length"); text && has_body) {
            length = std::stoul(*text);
        }
        while (input_.size() < length) {
            if (!fill()) return {};
        }
        reply.body = input_.substr(0, length);
        input_.erase(0, length);
        reply.status = std::stoi(reply.head.substr(9, 3));
        return reply;
    }
    Reply ask(std::string_view bytes) {
        send(bytes);
        return receive();
    }
    /// Whether nothing more comes but the end.
    bool ended() { return input_.empty() && !fill() && at_end_; }

private:
    bool fill() {
        char bytes[16384];
        const ssize_t count = ::recv(fd_, bytes, sizeof(bytes), 0);
        at_end_ = count == 0 || (count < 0 && errno == ECONNRESET);
        if (count <= 0) return false;
        input_.append(bytes, static_cast<std::size_t>(count));
        return true;
    }

    int fd_;
    bool connected_ = false;
    bool at_end_ = false;
    std::string input_;
};

/// Where a handler waits until the test lets it go on, on the test's thread.
class Gate {
public:
    struct Awaiter {
        Gate& gate;
        bool await_ready() const noexcept { return false; }
        void await_suspend(std::coroutine_handle<> handle) const {
            const std::lock_guard lock(gate.mutex_);
            gate.waiting_.push_back(handle);
            gate.changed_.notify_all();
        }
        void await_resume() const noexcept {}
    };
    Awaiter pass() { return {*this}; }

    void await_arrivals(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return waiting_.size() >= count; });
    }
    void open() {
        std::vector<std::coroutine_handle<>> waiting;
        {
            const std::lock_guard lock(mutex_);
            waiting.swap(waiting_);
        }
        for (const auto handle : waiting) handle.resume();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::coroutine_handle<>> waiting_;
};

inline Task<Response> answer_now(Response response) {
    co_return response;
}
inline Task<Response> answer_behind(Gate& gate) {
    co_await gate.pass();
    co_return text(200, "waited");
}
inline Task<Response> fail_behind(Gate& gate) {
    co_await gate.pass();
    throw std::runtime_error("late");
}

class ServerTest : public testing::Test {
protected:
    static constexpr Millis long_patience{60'000};

    ServerTest() {
        router_.add({Method::get, "/hello"},
                    [](Request&) { return answer_now(text(200, "hello")); });
        router_.add({Method::post, "/echo"},
                    [](Request& request) { return answer_now(text(200, request.body)); });
        router_.add({Method::get, "/peer"},
                    [](Request& request) { return answer_now(text(200, request.peer_address)); });
        router_.add({Method::get, "/header"}, [](Request& request) {
            return answer_now(text(200, request.headers.get("X-Test", "none")));
        });
        router_.add({Method::post, "/header"}, [](Request& request) {
            return answer_now(text(200, request.headers.get("X-Test", "none")));
        });
        router_.add({Method::get, "/query"}, [](Request& request) {
            return answer_now(text(200, request.query.get("q", "none")));
        });
        router_.add({Method::del, "/nothing"}, [](Request&) { return answer_now(empty(204)); });
        router_.add({Method::get, "/throw"},
                    [](Request&) -> Task<Response> { throw std::runtime_error("on purpose"); });
        router_.add({Method::get, "/big"}, [](Request&) {
            return answer_now(text(200, std::string(64UZ * 1024 * 1024, 'x')));
        });
        router_.add({Method::get, "/wait"}, [this](Request&) { return answer_behind(gate_); });
        router_.add({Method::get, "/wait_and_throw"},
                    [this](Request&) { return fail_behind(gate_); });
    }

    ~ServerTest() override {
        if (server_) stop(Millis{0});
        for (auto& loop : loops_) loop->stop();
        threads_.clear();  // joins
    }

    void serve(const Limits& limits = {}, std::size_t loops = 2) {
        std::vector<boost::asio::io_context*> contexts;
        for (std::size_t i = 0; i < loops; ++i) {
            auto& loop = loops_.emplace_back(std::make_unique<boost::asio::io_context>(1));
            contexts.push_back(loop.get());
            threads_.emplace_back([&io = *loop] {
                const auto work = boost::asio::make_work_guard(io);
                io.run();
            });
        }
        ServerOptions options = std::move(options_);
        options.limits = limits;
        options.on_fault = [this](std::string_view what, std::string_view detail) {
            const std::lock_guard lock(mutex_);
            faults_.push_back(std::string(what) + " " + std::string(detail));
        };
        server_ = std::make_unique<Server>(
            contexts,
            [this](Request& request) { return router_.handle(request); },
            std::move(options));
        const auto started = server_->start();
        ASSERT_TRUE(started) << started.error();
        ASSERT_NE(server_->port(), 0);
    }

    /// Blocks until all is over.
    void stop(Millis patience) {
        begin_stop(patience);
        await_stop();
    }
    void begin_stop(Millis patience) {
        if (std::exchange(stopping_, true)) return;
        server_->stop(patience, [this] {
            const std::lock_guard lock(mutex_);
            stopped_ = true;
            changed_.notify_all();
        });
    }
    void await_stop() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return stopped_; });
    }

    Client connect() { return Client(server_->port()); }
    Reply ask(std::string_view bytes) { return connect().ask(bytes); }
    std::vector<std::string> faults() {
        const std::lock_guard lock(mutex_);
        return faults_;
    }

    ServerOptions options_;  ///< for serve()
    Router router_;
    Gate gate_;
    std::unique_ptr<Server> server_;

private:
    std::vector<std::unique_ptr<boost::asio::io_context>> loops_;
    std::vector<std::jthread> threads_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> faults_;
    bool stopping_ = false;
    bool stopped_ = false;
};

}  // namespace fenshen::http::testing_support
