// SPDX-License-Identifier: Apache-2.0
#include "service/credentials/password_hash.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "service/detail/random.h"

namespace fenshen::service {

namespace {

constexpr std::uint64_t block_size = 8;
constexpr std::uint64_t parallel = 1;
constexpr std::size_t salt_bytes = 16;
constexpr std::size_t hash_bytes = 32;

}  // namespace

Bytes make_salt() {
    return detail::random_bytes(salt_bytes);
}

std::uint64_t make_generation() {
    return load_be<std::uint64_t>(detail::random_bytes(sizeof(std::uint64_t)));
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
