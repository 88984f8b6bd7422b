// SPDX-License-Identifier: Apache-2.0
// Loading and reloading of certificates, and what an operator is told when it fails.
#include <gmock/gmock.h>
#include <openssl/err.h>

#include <atomic>
#include <thread>

#include "runtime/tls/testing/pair.h"

namespace fenshen::tls::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const KeyPair& first_pair() {
    static const KeyPair pair = make_certificate("chat.example.org");
    return pair;
}
const KeyPair& second_pair() {
    static const KeyPair pair = make_certificate("chat.example.org");
    return pair;
}

std::string error_of(const ServerFiles& files) {
    const auto made = TlsContext::server(files);
    EXPECT_EQ(ERR_peek_error(), 0U);
    return made ? "" : made.error();
}

std::unique_ptr<TlsContext> client_that_believes(const std::string& certificate) {
    const TempFile file(certificate);
    return unwrap(TlsContext::client({.trusted_file = file.path()}));
}

TEST(TlsContext, LoadsEllipticAndRsaKeys) {
    for (const KeyPair& pair : {make_certificate("chat.example.org"),
                                make_certificate("chat.example.org", nullptr, "P-384"),
                                make_rsa_certificate("chat.example.org")}) {
        const PemFiles files(pair);
        EXPECT_EQ(error_of(files.files()), "");
        const auto server = unwrap(TlsContext::server(files.files()));
        const auto client = client_that_believes(pair.certificate);
        EXPECT_TRUE(Pair(*server, *client).run());
    }
}

TEST(TlsContext, SendsTheWholeChain) {
    const KeyPair root = make_authority("root");
    const KeyPair leaf = make_certificate("chat.example.org", &root);
    const PemFiles files({leaf.certificate + root.certificate, leaf.key});
    const auto server = unwrap(TlsContext::server(files.files()));
    const auto client = client_that_believes(root.certificate);
    EXPECT_TRUE(Pair(*server, *client).run());
}

TEST(TlsContext, SaysWhichFileIsWrongAndWhy) {
    const PemFiles good(first_pair());
    const std::string missing = good.certificate.path() + ".missing";
    EXPECT_EQ(error_of({missing, good.key.path()}), missing + ": No such file or directory");
    EXPECT_EQ(error_of({good.certificate.path(), missing}),
              missing + ": No such file or directory");
    EXPECT_THAT(error_of({"/", good.key.path()}), StartsWith("/: "));

    const TempFile empty;
    EXPECT_EQ(error_of({empty.path(), good.key.path()}),
              empty.path() + ": holds no PEM certificate");
    EXPECT_EQ(error_of({good.certificate.path(), empty.path()}),
              empty.path() + ": holds no PEM private key");
    EXPECT_EQ(error_of({good.key.path(), good.key.path()}),
              good.key.path() + ": holds no PEM certificate");
    EXPECT_EQ(error_of({good.certificate.path(), good.certificate.path()}),
              good.certificate.path() + ": holds no PEM private key");

    const TempFile broken("-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n");
    EXPECT_THAT(error_of({broken.path(), good.key.path()}), StartsWith(broken.path() + ": "));
    const TempFile broken_chain(first_pair().certificate +
                                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    EXPECT_THAT(error_of({broken_chain.path(), good.key.path()}),
                StartsWith(broken_chain.path() + ": "));
    const TempFile broken_key("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    EXPECT_THAT(error_of({good.certificate.path(), broken_key.path()}),
                StartsWith(broken_key.path() + ": the key cannot be read: "));
    const TempFile large(std::string(2UL * 1024 * 1024, 'x'));
    EXPECT_EQ(error_of({large.path(), good.key.path()}),
              large.path() + ": too large for a PEM file");
}

TEST(TlsContext, SaysWhenTheKeyBelongsToAnotherCertificate) {
    const PemFiles first(first_pair());
    const PemFiles second(second_pair());
    const PemFiles rsa(make_rsa_certificate("chat.example.org"));
    for (const PemFiles* other : {&second, &rsa}) {
        EXPECT_EQ(error_of({first.certificate.path(), other->key.path()}),
                  other->key.path() + ": does not belong to the certificate in " +
                      first.certificate.path());
    }
}

TEST(TlsContext, NeverAsksForAPassPhrase) {
    const PemFiles files({first_pair().certificate, encrypted(first_pair().key, "secret")});
    EXPECT_THAT(error_of(files.files()),
                AllOf(StartsWith(files.key.path()), HasSubstr("is encrypted")));
}

TEST(TlsContext, ClientsSayWhichFileIsWrong) {
    const auto error = [](const std::string& path) {
        const auto made = TlsContext::client({.trusted_file = path});
        return made ? "" : made.error();
    };
    EXPECT_EQ(error("/nowhere/roots.pem"), "/nowhere/roots.pem: No such file or directory");
    const TempFile empty;
    EXPECT_EQ(error(empty.path()), empty.path() + ": holds no PEM certificate");
}

TEST(TlsContext, ReloadsForNewConnectionsOnly) {
    const PemFiles files(first_pair());
    const auto server = unwrap(TlsContext::server(files.files()));
    const auto believes_first = client_that_believes(first_pair().certificate);
    const auto believes_second = client_that_believes(second_pair().certificate);
    Pair before(*server, *believes_first);
    ASSERT_TRUE(before.run());

    files.write(second_pair());
    EXPECT_TRUE(Pair(*server, *believes_first).run());  // not yet reloaded
    ASSERT_TRUE(server->reload().has_value());
    EXPECT_TRUE(Pair(*server, *believes_second).run());
    EXPECT_FALSE(Pair(*server, *believes_first).run());

    EXPECT_EQ(before.server.stream.send("still here", before.server.wire), Status::ok);
    EXPECT_TRUE(before.run());
    EXPECT_EQ(before.client.plain, "still here");
}

TEST(TlsContext, KeepsWhatItHasWhenReloadingFails) {
    const PemFiles files(first_pair());
    const auto server = unwrap(TlsContext::server(files.files()));
    files.key.write("nothing");
    const auto reloaded = server->reload();
    ASSERT_FALSE(reloaded.has_value());
    EXPECT_EQ(reloaded.error(), files.key.path() + ": holds no PEM private key");
    EXPECT_TRUE(Pair(*server, *client_that_believes(first_pair().certificate)).run());
}

TEST(TlsContext, MayGoBeforeItsStreams) {
    const PemFiles files(first_pair());
    auto server = unwrap(TlsContext::server(files.files()));
    auto client = unwrap(TlsContext::client({}));
    Pair pair(*server, *client);
    server.reset();
    client.reset();
    EXPECT_TRUE(pair.run());
    EXPECT_TRUE(pair.server.stream.is_established());
}

TEST(TlsContext, IsReloadedWhileOthersUseIt) {
    const PemFiles files(first_pair());
    const auto server = unwrap(TlsContext::server(files.files()));
    const auto client = client_that_believes(first_pair().certificate);
    std::atomic<bool> failed = false;
    std::thread other([&] {
        for (int i = 0; i < 20; ++i) {
            if (!Pair(*server, *client).run()) failed = true;
        }
    });
    for (int i = 0; i < 20; ++i) EXPECT_TRUE(server->reload().has_value());
    other.join();
    EXPECT_FALSE(failed);
}

}  // namespace
}  // namespace fenshen::tls::testing
