// SPDX-License-Identifier: Apache-2.0
// A client and a server in memory: handshakes, data, good-byes, and peers that are none.
#include <gmock/gmock.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <thread>

#include "runtime/tls/testing/pair.h"

namespace fenshen::tls::testing {
namespace {

struct Tls : ::testing::TestWithParam<bool> {
    static const KeyPair& key_pair() {
        static const KeyPair pair = make_certificate("chat.example.org");
        return pair;
    }
    static std::unique_ptr<TlsContext> make_server() {
        const PemFiles files(key_pair());
        return unwrap(TlsContext::server(files.files()));
    }
    static std::unique_ptr<TlsContext> make_client(bool tls12_only) {
        const TempFile trusted(key_pair().certificate);
        return unwrap(TlsContext::client({trusted.path(), tls12_only}));
    }
    void TearDown() override { EXPECT_EQ(ERR_peek_error(), 0U) << "left in the queue"; }

    std::unique_ptr<TlsContext> server = make_server();
    std::unique_ptr<TlsContext> client = make_client(GetParam());
};

INSTANTIATE_TEST_SUITE_P(Versions, Tls, ::testing::Bool(), [](const auto& version) {
    return version.param ? "Tls12" : "Tls13";
});

Bytes numbered(std::size_t size) {
    Bytes out;
    for (std::size_t i = 0; i < size; ++i) out += static_cast<char>(i * 7 + i / 256);
    return out;
}

TEST_P(Tls, CarriesBytesBothWays) {
    for (const std::size_t step : {Bytes::npos, 1UL, 3UL, 1000UL}) {
        Pair pair(*server, *client);
        EXPECT_FALSE(pair.server.stream.is_established());
        ASSERT_TRUE(pair.run(step));
        ASSERT_TRUE(pair.server.stream.is_established());
        ASSERT_TRUE(pair.client.stream.is_established());
        EXPECT_FALSE(pair.server.stream.is_resumed());
        EXPECT_EQ(pair.server.plain + pair.client.plain, "");

        const Bytes up = numbered(40'000);
        EXPECT_EQ(pair.client.stream.send(up, pair.client.wire), Status::ok);
        EXPECT_EQ(pair.server.stream.send("one", pair.server.wire), Status::ok);
        EXPECT_EQ(pair.server.stream.send("", pair.server.wire), Status::ok);
        EXPECT_EQ(pair.server.stream.send("two", pair.server.wire), Status::ok);
        ASSERT_TRUE(pair.run(step));
        EXPECT_EQ(pair.server.plain, up);
        EXPECT_EQ(pair.client.plain, "onetwo");
    }
}

TEST_P(Tls, TakesDataThatComesWithTheLastOfTheHandshake) {
    Pair pair(*server, *client);
    ASSERT_EQ(pair.client.take({}), Status::ok);
    while (!pair.client.stream.is_established()) {
        ASSERT_EQ(pair.server.take(std::exchange(pair.client.wire, {})), Status::ok);
        ASSERT_EQ(pair.client.take(std::exchange(pair.server.wire, {})), Status::ok);
    }
    EXPECT_EQ(pair.client.stream.send("early bird", pair.client.wire), Status::ok);
    EXPECT_EQ(pair.server.take(pair.client.wire), Status::ok);
    EXPECT_EQ(pair.server.plain, "early bird");
}

TEST_P(Tls, SendsNothingBeforeTheHandshakeIsDone) {
    Pair pair(*server, *client);
    EXPECT_EQ(pair.client.stream.send("too early", pair.client.wire), Status::error);
    EXPECT_EQ(pair.server.stream.send("too early", pair.server.wire), Status::error);
    pair.server.stream.close(pair.server.wire);
    EXPECT_EQ(pair.client.wire + pair.server.wire, "");
    EXPECT_TRUE(pair.run());  // and nothing is broken by having tried
}

TEST_P(Tls, SaysGoodByeOnceAndAnswersIt) {
    Pair pair(*server, *client);
    ASSERT_TRUE(pair.run());
    EXPECT_EQ(pair.server.stream.send("last words", pair.server.wire), Status::ok);
    pair.server.stream.close(pair.server.wire);
    const std::size_t said = pair.server.wire.size();
    pair.server.stream.close(pair.server.wire);
    EXPECT_EQ(pair.server.wire.size(), said);
    EXPECT_EQ(pair.server.stream.send("more", pair.server.wire), Status::error);

    EXPECT_EQ(pair.client.stream.send("crossing", pair.client.wire), Status::ok);
    EXPECT_EQ(pair.client.take(std::exchange(pair.server.wire, {})), Status::closed);
    EXPECT_EQ(pair.client.plain, "last words");
    EXPECT_EQ(pair.server.take(std::exchange(pair.client.wire, {})), Status::closed);
    EXPECT_EQ(pair.server.plain, "crossing");
    EXPECT_EQ(pair.server.wire, "");
    EXPECT_EQ(pair.server.take("anything"), Status::closed);
    EXPECT_EQ(pair.server.stream.error_text(), "");
}

TEST_P(Tls, ResumesWithATicketOnce) {
    Pair full(*server, *client);
    ASSERT_TRUE(full.run());
    const Bytes ticket = full.client.stream.resumption();
    ASSERT_NE(ticket, "");

    Pair resumed(*server, *client, {"chat.example.org", ticket});
    ASSERT_TRUE(resumed.run());
    EXPECT_TRUE(resumed.server.stream.is_resumed());
    EXPECT_TRUE(resumed.client.stream.is_resumed());
    EXPECT_EQ(resumed.server.stream.send("again", resumed.server.wire), Status::ok);
    ASSERT_TRUE(resumed.run());
    EXPECT_EQ(resumed.client.plain, "again");

    ASSERT_TRUE(server->reload().has_value() == false);  // the files of this test are gone
    const auto restarted = make_server();
    Pair stranger(*restarted, *client, {"chat.example.org", ticket});
    ASSERT_TRUE(stranger.run());
    EXPECT_FALSE(stranger.server.stream.is_resumed());
}

TEST_P(Tls, HasNoTicketBeforeTheHandshake) {
    Pair pair(*server, *client);
    EXPECT_EQ(pair.client.stream.resumption(), "");
    Pair garbled(*server, *client, {"chat.example.org", "no ticket at all"});
    EXPECT_TRUE(garbled.run());
}

TEST_P(Tls, ClientsCheckTheNameAndTheIssuer) {
    EXPECT_TRUE(Pair(*server, *client, {"127.0.0.1", {}}).run());
    EXPECT_FALSE(Pair(*server, *client, {"127.0.0.2", {}}).run());

    Pair misnamed(*server, *client, {"other.example.org", {}});
    EXPECT_FALSE(misnamed.run());
    EXPECT_EQ(misnamed.client.stream.error_text(), "certificate verify failed");
    EXPECT_EQ(misnamed.server.take(misnamed.client.wire), Status::error);
    EXPECT_NE(misnamed.server.stream.error_text(), "");

    const TempFile another(make_certificate("chat.example.org").certificate);
    const auto distrusting = unwrap(TlsContext::client({another.path(), GetParam()}));
    EXPECT_FALSE(Pair(*server, *distrusting).run());
}

TEST_P(Tls, RefusesGarbageWithAnAlert) {
    for (const BytesView garbage : {BytesView("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
                                    BytesView("\x10\x24\x00\x04", 4),
                                    BytesView("\x16\x03\x01\x00\x05hello"),
                                    BytesView("\x17\x03\x03\x00\x05hello"),
                                    BytesView("\x16\x03\x01\xFF\xFF hello")}) {
        for (const std::size_t step : {Bytes::npos, 1UL}) {
            End end(*server);
            Status status = end.take(garbage, step);
            if (status == Status::ok) status = end.take(Bytes(70'000, 'g'), step);
            EXPECT_EQ(status, Status::error);
            EXPECT_NE(end.stream.error_text(), "");
            EXPECT_EQ(end.plain, "");
            const Bytes alert = std::exchange(end.wire, {});
            EXPECT_EQ(end.take("more"), Status::error);
            EXPECT_EQ(end.stream.send("more", end.wire), Status::error);
            end.stream.close(end.wire);
            EXPECT_EQ(end.wire, "");
        }
    }
}

TEST_P(Tls, NoticesAChangedByte) {
    Pair pair(*server, *client);
    ASSERT_TRUE(pair.run());
    EXPECT_EQ(pair.client.stream.send("first", pair.client.wire), Status::ok);
    const std::size_t good = pair.client.wire.size();
    EXPECT_EQ(pair.client.stream.send("second", pair.client.wire), Status::ok);
    pair.client.wire[good + 10] ^= 1;
    EXPECT_EQ(pair.server.take(pair.client.wire), Status::error);
    EXPECT_EQ(pair.server.plain, "first");
}

TEST_P(Tls, OneStreamsErrorIsNotAnothers) {
    Pair pair(*server, *client);
    ASSERT_TRUE(pair.run());
    EXPECT_EQ(pair.client.stream.send("fine", pair.client.wire), Status::ok);
    End broken(*server);
    ASSERT_EQ(broken.take("no TLS at all, by any means"), Status::error);
    EXPECT_EQ(ERR_peek_error(), 0U);
    ERR_raise(ERR_LIB_SSL, SSL_R_BAD_LENGTH);  // somebody else's, left behind
    EXPECT_EQ(pair.server.take(pair.client.wire), Status::ok);
    EXPECT_EQ(pair.server.plain, "fine");
}

TEST_P(Tls, MovesToAnotherThread) {
    Pair pair(*server, *client);
    ASSERT_TRUE(pair.run());
    std::thread([&pair] {
        EXPECT_EQ(pair.server.stream.send("from elsewhere", pair.server.wire), Status::ok);
        EXPECT_TRUE(pair.run());
    }).join();
    EXPECT_EQ(pair.client.plain, "from elsewhere");
    EXPECT_EQ(pair.client.stream.send("and back", pair.client.wire), Status::ok);
    EXPECT_TRUE(pair.run());
    EXPECT_EQ(pair.server.plain, "and back");
}

TEST_P(Tls, ManyHandshakesMayBeUnderWayAtOnce) {
    std::vector<std::unique_ptr<Pair>> pairs;
    for (int i = 0; i < 20; ++i) {
        pairs.push_back(std::make_unique<Pair>(*server, *client));
        ASSERT_EQ(pairs.back()->client.take({}), Status::ok);
    }
    for (auto& pair : pairs) {
        ASSERT_EQ(pair->server.take(std::exchange(pair->client.wire, {})), Status::ok);
    }
    for (std::size_t i = 0; i < pairs.size(); i += 2) pairs[i].reset();  // some give up half-way
    for (auto& pair : pairs) {
        if (!pair) continue;
        EXPECT_TRUE(pair->run());
        EXPECT_TRUE(pair->server.stream.is_established());
    }
}

/// A client of OpenSSL's own, for what our client's end would never say.
class RawClient {
public:
    explicit RawClient(int version_max) : context_(SSL_CTX_new(TLS_client_method())) {
        SSL_CTX_set_security_level(context_, 0);
        SSL_CTX_set_min_proto_version(context_, TLS1_VERSION);
        SSL_CTX_set_max_proto_version(context_, version_max);
        ssl_ = SSL_new(context_);
        in_ = BIO_new(BIO_s_mem());
        out_ = BIO_new(BIO_s_mem());
        SSL_set_bio(ssl_, in_, out_);
        SSL_set_connect_state(ssl_);
    }
    ~RawClient() {
        SSL_free(ssl_);
        SSL_CTX_free(context_);
        ERR_clear_error();
    }
    /// One exchange of what both have to say.
    Status step(End& server) {
        SSL_do_handshake(ssl_);
        char* said = nullptr;
        const long size = BIO_get_mem_data(out_, &said);
        const Status status = server.take(Bytes(said, static_cast<std::size_t>(size)));
        BIO_reset(out_);
        BIO_write(in_, server.wire.data(), static_cast<int>(server.wire.size()));
        server.wire.clear();
        char byte = 0;
        SSL_read(ssl_, &byte, 1);
        last_error_ = ERR_GET_REASON(ERR_peek_error());
        ERR_clear_error();
        return status;
    }
    SSL* ssl() { return ssl_; }
    int last_error() const { return last_error_; }

private:
    SSL_CTX* context_;
    SSL* ssl_;
    BIO* in_;
    BIO* out_;
    int last_error_ = 0;
};

TEST_P(Tls, RefusesVersionsBefore12) {
    for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
        End end(*server);
        RawClient old(version);
        EXPECT_EQ(old.step(end), Status::error);
        EXPECT_EQ(end.stream.error_text(), "unsupported protocol");
    }
}

TEST_P(Tls, DoesNotRenegotiate) {
    End end(*server);
    RawClient raw(TLS1_2_VERSION);
    for (int i = 0; i < 3; ++i) ASSERT_EQ(raw.step(end), Status::ok);
    ASSERT_TRUE(end.stream.is_established());
    ASSERT_EQ(SSL_renegotiate(raw.ssl()), 1);
    EXPECT_EQ(raw.step(end), Status::ok);
    EXPECT_EQ(raw.last_error(), SSL_R_NO_RENEGOTIATION);
    EXPECT_EQ(end.stream.send("still here", end.wire), Status::ok);
}

}  // namespace
}  // namespace fenshen::tls::testing
