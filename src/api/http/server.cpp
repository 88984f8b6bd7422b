// SPDX-License-Identifier: Apache-2.0
#include "api/http/server.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cassert>
#include <cerrno>
#include <system_error>

#include "api/http/detail/connection.h"
#include "api/http/detail/response_head.h"
#include "api/http/detail/server_core.h"

namespace fenshen::http {

namespace detail {

namespace asio = boost::asio;
using asio::awaitable;
using boost::system::error_code;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

/// Connections that are told of being too many; those beyond are closed without a word.
constexpr std::size_t refusing_max = 64;
constexpr int accepts_per_turn = 64;
/// Until descriptors are free again.
constexpr Millis accept_pause{100};

Millis sweep_tick(const Limits& limits) {
    const Millis shortest = std::min({limits.header_time_max,
                                      limits.body_time_max,
                                      limits.write_time_max,
                                      limits.idle_max,
                                      limits.linger_max});
    return std::clamp(shortest / 4, Millis{1}, Millis{250});
}

/// Ties a pointer to what a coroutine owns to the life of that coroutine.
template <class T>
class Published {
public:
    Published(T*& pointer, T& value) : pointer_(pointer) { pointer_ = &value; }
    Published(const Published&) = delete;
    Published& operator=(const Published&) = delete;
    ~Published() { pointer_ = nullptr; }

private:
    T*& pointer_;
};

}  // namespace

const std::string& Home::date() {
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(
        std::chrono::system_clock::now().time_since_epoch());
    if (now.count() != date_second_) {
        date_second_ = now.count();
        date_ = http_date(date_second_);
    }
    return date_;
}

Descriptor::~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
}

ServerCore::ServerCore(std::vector<asio::io_context*> loops,
                       Server::Answer answerer,
                       ServerOptions with)
    : answer(std::move(answerer)), options(std::move(with)) {
    assert(!loops.empty());
    for (asio::io_context* loop : loops) homes_.push_back(std::make_unique<Home>(*loop));
}

std::expected<void, std::string> ServerCore::start() {
    error_code error;
    const auto failed = [&](std::string_view step) {
        return std::unexpected(std::string(step) + ' ' + options.address + " port " +
                               std::to_string(options.port) + ": " + error.message());
    };
    const auto address = asio::ip::make_address(options.address, error);
    if (error) return failed("cannot read the address");
    const asio::ip::tcp::endpoint endpoint(address, options.port);
    Acceptor acceptor(homes_[0]->io);
    acceptor.open(endpoint.protocol(), error);
    if (error) return failed("cannot open a socket for");
    acceptor.set_option(asio::socket_base::reuse_address(true), error);
    acceptor.bind(endpoint, error);
    if (error) return failed("cannot listen on");
    acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) return failed("cannot listen on");
    acceptor.non_blocking(true, error);
    if (error) return failed("cannot listen on");
    port_ = acceptor.local_endpoint(error).port();

    const auto ended = [self = shared_from_this()](const std::exception_ptr& thrown) {
        if (thrown) self->fault("http_server_threw", "accepting or sweeping ended");
    };
    inside_ = 1;
    sweeps_ = homes_.size();
    for (const auto& home : homes_) {
        asio::co_spawn(home->io, sweep(*home, sweep_tick(options.limits)), ended);
    }
    asio::co_spawn(homes_[0]->io, accept(std::move(acceptor)), ended);
    return {};
}

awaitable<void> ServerCore::accept(Acceptor acceptor) {
    const auto self = shared_from_this();
    const Published published(acceptor_, acceptor);
    asio::steady_timer pause(homes_[0]->io);
    while (!is_stopping()) {
        error_code error;
        std::tie(error) = co_await acceptor.async_wait(asio::socket_base::wait_read, as_result);
        if (error || is_stopping()) break;
        bool exhausted = false;
        accept_some(acceptor, exhausted);
        if (exhausted) {
            pause.expires_after(accept_pause);
            std::tie(error) = co_await pause.async_wait(as_result);
        }
    }
    leave();
}

void ServerCore::accept_some(Acceptor& acceptor, bool& exhausted) {
    for (int i = 0; i < accepts_per_turn; ++i) {
        const int fd =
            ::accept4(acceptor.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            take(Descriptor(fd));
            continue;
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK) return;
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            fault("http_accept_failed", std::generic_category().message(errno));
            exhausted = true;
            return;
        }
        // Anything else is about that one connection, which is gone already.
    }
}

void ServerCore::take(Descriptor descriptor) {
    probe.connections.add();
    const bool refused = open_.load() >= options.limits.connections_max;
    if (refused) {
        probe.connections_refused.add();
        if (refusing_.load() >= refusing_max) return;
        ++refusing_;
    } else {
        ++open_;
        probe.connections_open.add();
    }
    ++inside_;
    Home& home = *homes_[next_home_];
    next_home_ = (next_home_ + 1) % homes_.size();
    const auto ended = [self = shared_from_this(), refused](const std::exception_ptr& thrown) {
        if (thrown) self->fault("http_connection_threw", "out of memory?");
        if (refused) {
            --self->refusing_;
        } else {
            --self->open_;
            self->probe.connections_open.sub();
        }
        self->leave();
    };
    asio::co_spawn(home.io, serve(home, std::move(descriptor), refused), ended);
}

awaitable<void> ServerCore::serve(Home& home, Descriptor descriptor, bool refused) {
    const auto self = shared_from_this();
    asio::ip::tcp::socket socket(home.io);
    error_code error;
    sockaddr_storage name{};
    socklen_t size = sizeof(name);
    const int fd = descriptor.release();
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&name), &size);
    socket.assign(
        name.ss_family == AF_INET6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4(), fd, error);
    if (error) {
        ::close(fd);
        co_return;
    }
    Connection connection(std::move(socket), self, home);
    if (refused) {
        co_await connection.refuse();
    } else {
        co_await connection.run();
    }
}

awaitable<void> ServerCore::sweep(Home& home, Millis tick) {
    const auto self = shared_from_this();
    asio::steady_timer timer(home.io);
    const Published published(home.sweep_timer, timer);
    while (!home.ended) {
        timer.expires_after(tick);
        error_code cancelled;
        std::tie(cancelled) = co_await timer.async_wait(as_result);
        const auto now = std::chrono::steady_clock::now();
        const bool cuts = now >= home.cut_at;
        for (Connection* connection : home.connections) {
            connection->expire_if_due(now);
            if (cuts) connection->cut();
        }
    }
    sweep_ended();
}

void ServerCore::stop(Millis patience, std::function<void()> done) {
    stopped_ = std::move(done);
    stopping_ = true;
    for (const auto& home : homes_) {
        asio::post(home->io, [self = shared_from_this(), &home = *home, patience] {
            home.cut_at = std::chrono::steady_clock::now() + patience;
            for (Connection* connection : home.connections) connection->begin_stop();
        });
    }
    asio::post(homes_[0]->io, [self = shared_from_this()] {
        error_code ignored;
        if (self->acceptor_ != nullptr) self->acceptor_->close(ignored);
    });
}

void ServerCore::leave() {
    if (inside_.fetch_sub(1) != 1) return;
    for (const auto& home : homes_) {
        asio::post(home->io, [self = shared_from_this(), &home = *home] {
            home.ended = true;
            if (home.sweep_timer != nullptr) home.sweep_timer->cancel();
        });
    }
}

void ServerCore::sweep_ended() {
    if (sweeps_.fetch_sub(1) != 1) return;
    asio::post(homes_[0]->io, [self = shared_from_this()] {
        if (self->stopped_) self->stopped_();
    });
}

Response ServerCore::error_response(std::string_view target,
                                    int status,
                                    std::string_view what) const {
    if (options.error_response) return options.error_response(target, status, what);
    return text(status, what);
}

void ServerCore::fault(std::string_view what, std::string_view detail) const {
    if (options.on_fault) options.on_fault(what, detail);
}

}  // namespace detail

Server::Server(std::vector<boost::asio::io_context*> loops, Answer answer, ServerOptions options)
    : core_(std::make_shared<detail::ServerCore>(
          std::move(loops), std::move(answer), std::move(options))) {}

Server::~Server() = default;

std::expected<void, std::string> Server::start() {
    return core_->start();
}

std::uint16_t Server::port() const {
    return core_->port();
}

void Server::stop(Millis patience, std::function<void()> done) {
    core_->stop(patience, std::move(done));
}

const ServerProbe& Server::probe() const {
    return core_->probe;
}

}  // namespace fenshen::http
