// SPDX-License-Identifier: Apache-2.0
// Time limits, crowds, starting and stopping. Limits of a few milliseconds stand for long ones; the
// tests wait for what the server does, never for time to pass.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <set>

#include "api/http/detail/test_support.h"
#include "api/http/server.h"

namespace fenshen::http {
namespace {

using testing::HasSubstr;
using testing_support::Client;
using testing_support::Reply;
using testing_support::ServerTest;

constexpr std::string_view hello = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr std::string_view wait = "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n";

class ServerLifeTest : public ServerTest {
protected:
    /// An open connection that has been served, so that the server knows it.
    Client settled() {
        Client client = connect();
        EXPECT_EQ(client.ask(hello).status, 200);
        return client;
    }
};

TEST_F(ServerLifeTest, SlowHeadersGet408) {
    Limits limits;
    limits.header_time_max = Millis{10};
    serve(limits);
    // On a busy machine the limit may pass before this thread has sent anything: then there is no
    // answer, and it tries again.
    Reply first;
    Reply later;
    while (first.status == 0) {
        Client client = connect();
        first = client.ask("GET /hello HTTP/1.1\r\nHo");
        EXPECT_TRUE(client.ended());
    }
    while (later.status == 0) {
        Client client = connect();
        if (client.ask(hello).status == 200) later = client.ask("GET /");
    }
    EXPECT_EQ(first.status, 408);
    EXPECT_EQ(first.header("Connection"), "close");
    EXPECT_EQ(later.status, 408);
    EXPECT_GE(server_->probe().timeouts.value(), 2U);
}

TEST_F(ServerLifeTest, ASilentNewConnectionIsClosedWithoutAWord) {
    Limits limits;
    limits.header_time_max = Millis{4};
    serve(limits);
    EXPECT_TRUE(connect().ended());
    EXPECT_EQ(server_->probe().timeouts.value(), 0U);
}

TEST_F(ServerLifeTest, SlowBodiesGet408) {
    Limits limits;
    limits.body_time_max = Millis{4};
    serve(limits);
    Client client = connect();
    EXPECT_EQ(client.ask("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nbo").status,
              408);
    EXPECT_TRUE(client.ended());
    Client chunks = connect();
    EXPECT_EQ(chunks
                  .ask("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                       "5\r\nhe")
                  .status,
              408);
}

TEST_F(ServerLifeTest, IdleConnectionsAreClosedWithoutAWord) {
    Limits limits;
    limits.idle_max = Millis{4};
    serve(limits);
    Client client = settled();
    EXPECT_TRUE(client.ended());
    EXPECT_EQ(server_->probe().timeouts.value(), 0U);
}

TEST_F(ServerLifeTest, AHandlerMayTakeLongerThanAnyLimit) {
    Limits limits;
    limits.body_time_max = limits.idle_max = Millis{4};
    serve(limits, 1);
    Client client = connect();
    client.send(wait);
    gate_.await_arrivals(1);
    EXPECT_TRUE(settled().ended()) << "so the limits have passed";
    gate_.open();
    EXPECT_EQ(client.receive().body, "waited");
}

TEST_F(ServerLifeTest, ASlowReaderIsClosed) {
    Limits limits;
    limits.write_time_max = Millis{4};
    limits.linger_max = Millis{4};
    serve(limits);
    Client client = connect();
    client.send("GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
    while (server_->probe().timeouts.value() == 0) std::this_thread::yield();
    EXPECT_EQ(client.receive().status, 0) << "not whole";
}

TEST_F(ServerLifeTest, TooManyConnectionsAreTold) {
    Limits limits;
    limits.connections_max = 2;
    limits.linger_max = Millis{30'000};
    serve(limits);
    auto first = std::make_unique<Client>(settled());
    Client second = settled();
    Client third = connect();
    const Reply refusal = third.receive();
    EXPECT_EQ(refusal.status, 503);
    EXPECT_EQ(refusal.header("Connection"), "close");
    third.end_sending();
    EXPECT_TRUE(third.ended());
    EXPECT_EQ(server_->probe().connections_refused.value(), 1U);
    EXPECT_EQ(second.ask(hello).status, 200);

    first.reset();
    while (server_->probe().connections_open.value() > 1) std::this_thread::yield();
    EXPECT_EQ(ask(hello).status, 200);
}

TEST_F(ServerLifeTest, ConnectionsAreSpreadOverAllLoops) {
    std::mutex mutex;
    std::set<std::thread::id> seen;
    router_.add({Method::get, "/thread"}, [&](Request&) {
        const std::lock_guard lock(mutex);
        seen.insert(std::this_thread::get_id());
        return testing_support::answer_now(empty(200));
    });
    serve({}, 3);
    std::vector<Client> clients;
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(
            clients.emplace_back(connect()).ask("GET /thread HTTP/1.1\r\nHost: x\r\n\r\n").status,
            200);
    }
    EXPECT_EQ(seen.size(), 3U);
}

TEST_F(ServerLifeTest, SaysWhyItCannotStart) {
    serve();
    const auto start_at = [this](std::string address, std::uint16_t port) {
        ServerOptions options;
        options.address = std::move(address);
        options.port = port;
        boost::asio::io_context io;
        Server other({&io}, [this](Request& request) { return router_.handle(request); }, options);
        const auto started = other.start();
        return started ? "" : started.error();
    };
    const std::uint16_t taken = server_->port();
    EXPECT_EQ(
        start_at("127.0.0.1", taken),
        "cannot listen on 127.0.0.1 port " + std::to_string(taken) + ": Address already in use");
    EXPECT_THAT(start_at("localhost", 0), HasSubstr("cannot read the address localhost"));
}

// A loop that never ran: nothing is left behind.
TEST_F(ServerLifeTest, MayDieWithoutHavingRun) {
    boost::asio::io_context io;
    Server server({&io}, [this](Request& request) { return router_.handle(request); }, {});
    ASSERT_TRUE(server.start());
    Client client(server.port());
    EXPECT_TRUE(client.connected());
}

TEST_F(ServerLifeTest, StopClosesTheIdleAndAnswersTheRest) {
    serve();
    Client idle = settled();
    Client answering = settled();
    answering.send(wait);
    gate_.await_arrivals(1);
    Client receiving = settled();
    receiving.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbo");
    while (server_->probe().bodies_bytes.value() < 2) std::this_thread::yield();
    const std::uint16_t port = server_->port();

    begin_stop(long_patience);
    EXPECT_TRUE(idle.ended());
    const Reply received = receiving.ask("dy");
    EXPECT_EQ(received.body, "body");
    EXPECT_EQ(received.header("Connection"), "close");
    gate_.open();
    const Reply answered = answering.receive();
    EXPECT_EQ(answered.body, "waited");
    EXPECT_EQ(answered.header("Connection"), "close");
    receiving.end_sending();
    answering.end_sending();
    await_stop();
    EXPECT_FALSE(Client(port).connected());
    EXPECT_EQ(server_->probe().connections_open.value(), 0);
}

TEST_F(ServerLifeTest, StopCutsWhatOutlastsItsPatience) {
    serve();
    Client answering = connect();
    answering.send(wait);
    gate_.await_arrivals(1);
    Client receiving = connect();
    receiving.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbo");
    while (server_->probe().bodies_bytes.value() < 2) std::this_thread::yield();
    stop(Millis{4});
    EXPECT_TRUE(answering.ended());
    EXPECT_TRUE(receiving.ended());
    server_.reset();
    gate_.open();  // the handler goes on, and finds nobody
}

TEST_F(ServerLifeTest, StopUnderLoadLeavesNoHalfAnswers) {
    serve();
    constexpr int clients = 4;
    std::latch under_way(clients);
    std::atomic<int> halves = 0;
    std::atomic<int> whole = 0;
    std::vector<std::jthread> threads;
    threads.reserve(clients);
    for (int i = 0; i < clients; ++i) {
        threads.emplace_back([&] {
            bool counted = false;
            while (true) {
                Client client = connect();
                if (!client.connected()) break;
                // Pipelined, so that some are always waiting.
                std::string burst;
                for (int k = 0; k < 10; ++k) burst += hello;
                while (client.send(burst)) {
                    int k = 0;
                    for (; k < 10; ++k) {
                        const Reply reply = client.receive();
                        if (reply.status == 0) break;
                        ++whole;
                        if (reply.body != "hello") ++halves;
                    }
                    if (!std::exchange(counted, true)) under_way.count_down();
                    if (k < 10) break;
                }
            }
        });
    }
    under_way.wait();
    stop(long_patience);
    threads.clear();
    EXPECT_EQ(halves, 0);
    EXPECT_GE(whole, clients * 10);
    EXPECT_EQ(server_->probe().requests[1].value(), static_cast<std::uint64_t>(whole));
}

TEST_F(ServerLifeTest, StopWithNobodyThere) {
    serve({}, 1);
    stop(long_patience);
}

}  // namespace
}  // namespace fenshen::http
