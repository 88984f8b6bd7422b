// SPDX-License-Identifier: Apache-2.0
#include "service/password_hash.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace fenshen::service {

namespace {

constexpr std::uint64_t block_size = 8;
constexpr std::uint64_t parallel = 1;
constexpr std::size_t salt_bytes = 16;
constexpr std::size_t hash_bytes = 32;

template <std::size_t n>
std::array<unsigned char, n> random_bytes() {
    std::array<unsigned char, n> bytes{};
    if (RAND_priv_bytes(bytes.data(), static_cast<int>(n)) != 1) std::abort();
    return bytes;
}

}  // namespace

Bytes make_salt() {
    const auto bytes = random_bytes<salt_bytes>();
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::uint64_t make_generation() {
    const auto bytes = random_bytes<sizeof(std::uint64_t)>();
    return load_be<std::uint64_t>({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Bytes hash_password(BytesView password, BytesView salt, std::uint8_t work) {
    const std::uint64_t cost = std::uint64_t{1} << std::clamp<unsigned>(work, 1, 20);
    const std::uint64_t memory_max = 2 * 128 * block_size * (cost + parallel + 2);
    std::array<unsigned char, hash_bytes> hash{};
    const int made = EVP_PBE_scrypt(password.data(),
                                    password.size(),
                                    reinterpret_cast<const unsigned char*>(salt.data()),
                                    salt.size(),
                                    cost,
                                    block_size,
                                    parallel,
                                    memory_max,
                                    hash.data(),
                                    hash.size());
    if (made != 1) std::abort();  // no memory, or a crypto library without scrypt
    return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

}  // namespace fenshen::service
