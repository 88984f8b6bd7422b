// SPDX-License-Identifier: Apache-2.0
#include "runtime/loop.h"

#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <vector>

#include "runtime/pool.h"

namespace fenshen::runtime {
namespace {

const SystemClock system_clock;

TEST(Loop, DoesPostedWorkInOrderOnItsThread) {
    Loop loop(LoopId(0), system_clock);
    loop.start();
    std::vector<int> seen;
    std::promise<bool> done;
    for (int i = 0; i < 1000; ++i) loop.post([&seen, i] { seen.push_back(i); });
    loop.post([&] { done.set_value(loop.is_here()); });
    EXPECT_TRUE(done.get_future().get());
    EXPECT_FALSE(loop.is_here());
    ASSERT_EQ(seen.size(), 1000U);
    EXPECT_TRUE(std::ranges::is_sorted(seen));
}

TEST(Loop, WorkThatPostsWorkIsNeverLeftLying) {
    Loop loop(LoopId(0), system_clock);
    loop.start();
    std::promise<void> done;
    // More generations than one turn takes.
    std::function<void(int)> next = [&](int left) {
        if (left == 0) return done.set_value();
        loop.post([&next, left] { next(left - 1); });
    };
    loop.post([&] { next(100); });
    done.get_future().get();
}

TEST(Loop, TurnEndComesAfterSocketsAndWork) {
    struct Reader final : Watcher {
        explicit Reader(int descriptor) : fd(descriptor) {}
        void on_ready(std::uint32_t /*events*/) override {
            char byte = 0;
            if (read(fd, &byte, 1) == 1) ++bytes;
        }
        int fd;
        int bytes = 0;
    };
    int pair[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
    Reader reader(pair[0]);
    std::promise<int> seen;
    bool told = false;
    Loop loop(LoopId(0), system_clock);  // ends first: its hook looks at these
    loop.at_turn_end([&] {
        if (reader.bytes == 3 && !told) {
            told = true;
            seen.set_value(reader.bytes);
        }
    });
    loop.start();
    loop.post([&] { loop.watch(pair[0], EPOLLIN, reader); });
    ASSERT_EQ(write(pair[1], "abc", 3), 3);
    EXPECT_EQ(seen.get_future().get(), 3);
    std::promise<void> gone;
    loop.post([&] {
        loop.unwatch(pair[0]);
        gone.set_value();
    });
    gone.get_future().get();
    close(pair[0]);
    close(pair[1]);
}

Task<int> there_and_back(Loop& a, Loop& b, Pool& pool) {
    int hops = 0;
    co_await move_to(a);
    hops += a.is_here() ? 1 : 0;
    co_await move_to(pool);
    hops += !a.is_here() && !b.is_here() ? 1 : 0;
    co_await move_to(b);
    hops += b.is_here() ? 1 : 0;
    co_return hops;
}

TEST(Loop, CoroutinesMoveBetweenLoopsAndThePool) {
    Loops loops(2, system_clock);
    Pool pool(2);
    loops.start();
    for (int i = 0; i < 100; ++i) {
        std::promise<int> done;
        start(there_and_back(loops.at(0), loops.at(1), pool),
              [&done](int hops) { done.set_value(hops); });
        EXPECT_EQ(done.get_future().get(), 3);
    }
    loops.stop_and_join();
}

Task<bool> is_here_after_moving(Loop& loop) {
    co_await move_to(loop);
    co_return loop.is_here();
}

// A change by HTTP to what this very loop owns was gathered outside a turn, and waited a quarter of
// a second for the next tick.
TEST(Loop, AnAsioHandlerIsNotInATurnUntilItMovesIntoOne) {
    Loop loop(LoopId(0), system_clock);
    loop.start();
    std::promise<bool> in_handler;
    std::promise<bool> after_moving;
    boost::asio::post(loop.io(), [&] {
        in_handler.set_value(loop.is_here());
        start(is_here_after_moving(loop), [&](bool here) { after_moving.set_value(here); });
    });
    EXPECT_FALSE(in_handler.get_future().get());
    EXPECT_TRUE(after_moving.get_future().get());
    loop.stop();
    loop.join();
}

}  // namespace
}  // namespace fenshen::runtime
