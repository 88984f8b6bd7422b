// SPDX-License-Identifier: Apache-2.0
#include "runtime/loop.h"

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <mutex>
#include <string>
#include <system_error>

namespace fenshen::runtime {

namespace {

namespace asio = boost::asio;

constexpr int events_per_turn_max = 256;
/// Rounds of own work within a turn, before sockets get their chance again.
constexpr int inbox_rounds_max = 8;
constexpr auto tick_interval = std::chrono::milliseconds(250);

thread_local const Loop* current_loop = nullptr;

int checked(int result, const char* what) {
    if (result < 0) throw std::system_error(errno, std::generic_category(), what);
    return result;
}

}  // namespace

struct Loop::Impl final : Watcher {
    Impl()
        : io(1),
          guard(io.get_executor()),
          epoll_fd(checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
          wake_fd(checked(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd")),
          descriptor(io, epoll_fd),
          timer(io) {
        epoll_event event{.events = EPOLLIN, .data = {.ptr = this}};
        checked(epoll_ctl(epoll_fd, EPOLL_CTL_ADD, wake_fd, &event), "epoll_ctl");
    }
    ~Impl() override { close(wake_fd); }  // the descriptor closes the epoll set

    void on_ready(std::uint32_t /*events*/) override {
        std::uint64_t count = 0;
        while (read(wake_fd, &count, sizeof count) > 0) {
        }
    }

    void wake() const {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = write(wake_fd, &one, sizeof one);
    }

    bool in_turn = false;  // of the loop's thread
    asio::io_context io;
    asio::executor_work_guard<asio::io_context::executor_type> guard;
    int epoll_fd;
    int wake_fd;
    asio::posix::stream_descriptor descriptor;
    asio::steady_timer timer;

    std::mutex inbox_mutex;
    std::vector<Work> inbox;  // guarded by inbox_mutex
    std::vector<Work> taken;

    std::vector<Work> turn_end;
    std::vector<std::move_only_function<void(MonoTime)>> ticks;
    std::thread thread;
    std::array<epoll_event, events_per_turn_max> events{};
};

Loop::Loop(LoopId id, const Clock& clock)
    : id_(id), clock_(clock), now_(clock.mono()), impl_(std::make_unique<Impl>()) {}

Loop::~Loop() {
    stop();
    join();
}

asio::io_context& Loop::io() {
    return impl_->io;
}

void Loop::post(Work work) {
    bool was_empty = false;
    {
        const std::scoped_lock lock(impl_->inbox_mutex);
        was_empty = impl_->inbox.empty();
        impl_->inbox.push_back(std::move(work));
    }
    // The turn under way looks into the inbox before it ends; nobody else has to be woken.
    const bool own_turn = current_loop == this && impl_->in_turn;
    if (was_empty && !own_turn) impl_->wake();
}

bool Loop::is_here() const {
    return current_loop == this && impl_->in_turn;
}

void Loop::watch(int fd, std::uint32_t events, Watcher& watcher) {
    epoll_event event{.events = events, .data = {.ptr = &watcher}};
    checked(epoll_ctl(impl_->epoll_fd, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
}

void Loop::rewatch(int fd, std::uint32_t events, Watcher& watcher) {
    epoll_event event{.events = events, .data = {.ptr = &watcher}};
    checked(epoll_ctl(impl_->epoll_fd, EPOLL_CTL_MOD, fd, &event), "epoll_ctl");
}

void Loop::unwatch(int fd) {
    checked(epoll_ctl(impl_->epoll_fd, EPOLL_CTL_DEL, fd, nullptr), "epoll_ctl");
}

void Loop::at_turn_end(Work hook) {
    impl_->turn_end.push_back(std::move(hook));
}

void Loop::on_tick(std::move_only_function<void(MonoTime)> hook) {
    impl_->ticks.push_back(std::move(hook));
}

void Loop::start() {
    impl_->thread = std::thread([this] {
        const std::string name = "loop-" + std::to_string(id_.value());
        pthread_setname_np(pthread_self(), name.c_str());
        current_loop = this;
        arm();
        arm_tick();
        impl_->io.run();
        current_loop = nullptr;
    });
}

void Loop::stop() {
    impl_->io.stop();
}

void Loop::join() {
    if (impl_->thread.joinable()) impl_->thread.join();
}

void Loop::drop_work() {
    const std::scoped_lock lock(impl_->inbox_mutex);
    impl_->inbox.clear();
}

void Loop::arm() {
    impl_->descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                                 [this](const boost::system::error_code& error) {
                                     if (error) return;
                                     turn();
                                     arm();
                                 });
}

void Loop::arm_tick() {
    impl_->timer.expires_after(tick_interval);
    impl_->timer.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        tick();
        arm_tick();
    });
}

void Loop::tick() {
    now_ = clock_.mono();
    impl_->in_turn = true;
    for (auto& hook : impl_->ticks) hook(now_);
    end_turn();
}

void Loop::turn_by_hand() {
    current_loop = this;
    turn();
    current_loop = nullptr;
}

void Loop::tick_by_hand() {
    current_loop = this;
    tick();
    current_loop = nullptr;
}

void Loop::turn() {
    now_ = clock_.mono();
    impl_->in_turn = true;
    const int ready = epoll_wait(impl_->epoll_fd, impl_->events.data(), events_per_turn_max, 0);
    for (int i = 0; i < ready; ++i) {
        const auto& event = impl_->events[static_cast<std::size_t>(i)];
        static_cast<Watcher*>(event.data.ptr)->on_ready(event.events);
    }
    end_turn();
}

void Loop::end_turn() {
    for (int round = 0; round < inbox_rounds_max && drain_inbox(); ++round) {
    }
    for (auto& hook : impl_->turn_end) hook();
    impl_->in_turn = false;
    const std::scoped_lock lock(impl_->inbox_mutex);
    if (!impl_->inbox.empty()) impl_->wake();
}

bool Loop::drain_inbox() {
    {
        const std::scoped_lock lock(impl_->inbox_mutex);
        if (impl_->inbox.empty()) return false;
        impl_->taken.swap(impl_->inbox);
    }
    for (auto& work : impl_->taken) work();
    impl_->taken.clear();
    return true;
}

Loops::Loops(std::size_t count, const Clock& clock) {
    for (std::size_t i = 0; i < count; ++i) {
        loops_.push_back(std::make_unique<Loop>(LoopId(static_cast<std::uint16_t>(i)), clock));
    }
}

void Loops::start() {
    for (auto& loop : loops_) loop->start();
}

void Loops::stop_and_join() {
    for (auto& loop : loops_) loop->stop();
    for (auto& loop : loops_) loop->join();
    for (auto& loop : loops_) loop->drop_work();
}

}  // namespace fenshen::runtime
