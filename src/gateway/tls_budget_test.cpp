// SPDX-License-Identifier: Apache-2.0
// Many TLS handshakes at once: a few a turn, and who is connected does not wait for them.
#include <gtest/gtest.h>

#include "gateway/testing/test_gateway.h"
#include "runtime/tls/testing/certificates.h"

namespace fenshen::gateway {
namespace {

using testing::Peer;
using testing::TestGateway;

class TlsBudget : public ::testing::Test {
protected:
    struct Client {
        explicit Client(tls::TlsContext& context, Peer peer_in)
            : stream(context, tls::ClientOptions{}), peer(std::move(peer_in)) {}
        /// Answers how many bytes came.
        std::size_t go_on() {
            const std::string in = peer.read();
            Bytes plain;
            Bytes out;
            EXPECT_EQ(stream.feed(in, plain, out), tls::Status::ok);
            peer.write(out);
            return in.size();
        }
        void say(std::string_view text) {
            Bytes out;
            EXPECT_EQ(stream.send(text, out), tls::Status::ok);
            peer.write(out);
        }
        tls::TlsStream stream;
        Peer peer;
    };

    static GatewayLimits two_a_turn() {
        GatewayLimits limits;
        limits.tls_handshakes_a_turn_max = 2;
        return limits;
    }
    std::unique_ptr<Client> connect() {
        ConnectionKind kind;
        kind.tls = server_.get();
        return std::make_unique<Client>(*client_, world_.connect(kind));
    }
    std::uint64_t deferred() { return world_.gateway->stats().handshakes_deferred; }

    tls::testing::PemFiles files_{tls::testing::make_certificate("im.test")};
    std::unique_ptr<tls::TlsContext> server_ = tls::TlsContext::server(files_.files()).value();
    std::unique_ptr<tls::TlsContext> client_ = tls::TlsContext::client({}).value();
    TestGateway world_{two_a_turn()};
};

TEST_F(TlsBudget, AFewHandshakesATurnUntilAllAreIn) {
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < 5; ++i) {
        clients.push_back(connect());
        clients.back()->go_on();  // its first word
    }
    for (int turn = 0; turn < 10; ++turn) {
        world_.turn();
        std::size_t answered = 0;
        for (auto& client : clients) answered += client->go_on() > 0 ? 1 : 0;
        EXPECT_LE(answered, 2U);
    }
    EXPECT_GE(deferred(), 3U);
    for (auto& client : clients) {
        EXPECT_TRUE(client->stream.is_established());
        client->say("hello\n");
    }
    world_.turn();
    for (const auto* session : world_.sessions) EXPECT_EQ(session->lines.size(), 1U);
}

TEST_F(TlsBudget, WhoIsConnectedDoesNotWait) {
    auto known = connect();
    for (int i = 0; i < 5; ++i) {
        known->go_on();
        world_.turn();
    }
    ASSERT_TRUE(known->stream.is_established());
    std::vector<std::unique_ptr<Client>> crowd;
    for (int i = 0; i < 10; ++i) {
        crowd.push_back(connect());
        crowd.back()->go_on();
    }
    const auto before = deferred();
    known->say("hello\n");
    world_.turn();
    EXPECT_EQ(world_.sessions[0]->lines.size(), 1U);
    EXPECT_EQ(deferred() - before, 8U);
}

}  // namespace
}  // namespace fenshen::gateway
