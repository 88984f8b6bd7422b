// SPDX-License-Identifier: Apache-2.0
// What a connection costs that nobody uses. OpenSSL is made to count its memory, which must be
// asked for before it takes any: hence before main.
#include <gtest/gtest.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "runtime/tls/testing/pair.h"

namespace fenshen::tls::testing {
namespace {

constexpr std::size_t prefix_bytes = 16;  // keeps malloc's alignment
std::atomic<std::size_t> bytes_in_use = 0;

void* counted_allocate(std::size_t size, const char* /*file*/, int /*line*/) {
    auto* block = static_cast<char*>(std::malloc(size + prefix_bytes));
    if (block == nullptr) return nullptr;
    std::memcpy(block, &size, sizeof size);
    bytes_in_use += size;
    return block + prefix_bytes;
}

void counted_free(void* memory, const char* /*file*/, int /*line*/) {
    if (memory == nullptr) return;
    char* block = static_cast<char*>(memory) - prefix_bytes;
    std::size_t size = 0;
    std::memcpy(&size, block, sizeof size);
    bytes_in_use -= size;
    std::free(block);
}

void* counted_reallocate(void* memory, std::size_t size, const char* file, int line) {
    if (memory == nullptr) return counted_allocate(size, file, line);
    std::size_t old_size = 0;
    std::memcpy(&old_size, static_cast<char*>(memory) - prefix_bytes, sizeof old_size);
    void* moved = counted_allocate(size, file, line);
    if (moved == nullptr) return nullptr;
    std::memcpy(moved, memory, std::min(size, old_size));
    counted_free(memory, file, line);
    return moved;
}

const bool is_counting =
    CRYPTO_set_mem_functions(counted_allocate, counted_reallocate, counted_free) == 1;

TEST(TlsMemory, AnIdleConnectionHasNoBuffers) {
    ASSERT_TRUE(is_counting);
    const KeyPair key_pair = make_certificate("chat.example.org");
    const PemFiles files(key_pair);
    const auto server = unwrap(TlsContext::server(files.files()));
    for (const bool tls12_only : {false, true}) {
        const auto client = unwrap(TlsContext::client({{}, tls12_only}));
        constexpr std::size_t count = 50;
        std::vector<std::unique_ptr<End>> idle;
        std::size_t used = 0;
        for (std::size_t i = 0; i <= count; ++i) {
            auto end = std::make_unique<End>(*server);
            {
                End peer(*client, ClientOptions{});
                for (int round = 0; round < 4; ++round) {
                    ASSERT_EQ(peer.take(std::exchange(end->wire, {})), Status::ok);
                    ASSERT_EQ(end->take(std::exchange(peer.wire, {})), Status::ok);
                }
                ASSERT_TRUE(end->stream.is_established());
                ASSERT_EQ(peer.stream.send("hello", peer.wire), Status::ok);
                ASSERT_EQ(end->take(peer.wire), Status::ok);
                ASSERT_EQ(end->stream.send("hello", end->wire), Status::ok);
            }
            idle.push_back(std::move(end));
            if (i == 0) used = bytes_in_use;  // what is shared by all is there now
        }
        const std::size_t each = (bytes_in_use - used) / count;
        RecordProperty(tls12_only ? "tls12_bytes" : "tls13_bytes", static_cast<int>(each));
        EXPECT_LE(each, 15U * 1024);
        EXPECT_GE(each, 1024U);  // or nothing was counted
    }
}

}  // namespace
}  // namespace fenshen::tls::testing
