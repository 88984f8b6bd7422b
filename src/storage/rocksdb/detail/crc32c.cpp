// SPDX-License-Identifier: Apache-2.0
#include "storage/rocksdb/detail/crc32c.h"

#include <array>

namespace fenshen::storage::detail {

namespace {

constexpr std::uint32_t polynomial = 0x82F63B78;  // reflected
constexpr std::size_t stride = 8;

/// tables[k][b]: what byte b does to the sum once k more bytes have passed.
consteval auto make_tables() {
    std::array<std::array<std::uint32_t, 256>, stride> tables{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t sum = byte;
        for (int bit = 0; bit < 8; ++bit) sum = (sum >> 1U) ^ ((sum & 1U) != 0 ? polynomial : 0);
        tables[0][byte] = sum;
    }
    for (std::size_t k = 1; k < stride; ++k) {
        for (std::size_t byte = 0; byte < 256; ++byte) {
            const std::uint32_t before = tables[k - 1][byte];
            tables[k][byte] = (before >> 8U) ^ tables[0][before & 0xFFU];
        }
    }
    return tables;
}

constexpr auto tables = make_tables();

}  // namespace

std::uint32_t crc32c(BytesView bytes) {
    std::uint32_t sum = 0xFFFFFFFF;
    for (; bytes.size() >= stride; bytes.remove_prefix(stride)) {
        std::uint32_t next = 0;
        for (std::size_t i = 0; i < stride; ++i) {
            const std::uint32_t mixed = i < 4 ? (sum >> (8U * i)) & 0xFFU : 0;
            next ^= tables[stride - 1 - i][mixed ^ byte_at(bytes, i)];
        }
        sum = next;
    }
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        sum = (sum >> 8U) ^ tables[0][(sum ^ byte_at(bytes, i)) & 0xFFU];
    }
    return ~sum;
}

}  // namespace fenshen::storage::detail
