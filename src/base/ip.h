// SPDX-License-Identifier: Apache-2.0
// IP addresses and ranges of them, as values: which listener is on loopback, which peer is a
// trusted proxy. No names are looked up.
#pragma once

#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace fenshen {

/// An IPv4 address is kept as its IPv4-mapped IPv6 one, so that both compare.
class IpAddress {
public:
    static constexpr std::string_view takes =
        "an IPv4 or IPv6 address, such as 127.0.0.1, 0.0.0.0 or ::1";

    /// 127.0.0.1
    constexpr IpAddress() = default;

    /// "localhost" is taken for 127.0.0.1. The error is what it takes.
    static std::expected<IpAddress, std::string> parse(std::string_view text) {
        if (text == "localhost") return IpAddress();
        IpAddress address;
        const std::string terminated(text);
        if (inet_pton(AF_INET6, terminated.c_str(), address.bytes_.data()) == 1) return address;
        address = IpAddress();
        if (inet_pton(AF_INET, terminated.c_str(), &address.bytes_[12]) == 1) return address;
        return std::unexpected(std::string(takes));
    }

    std::string text() const {
        std::array<char, INET6_ADDRSTRLEN> text{};
        if (is_v4()) {
            inet_ntop(AF_INET, &bytes_[12], text.data(), text.size());
        } else {
            inet_ntop(AF_INET6, bytes_.data(), text.data(), text.size());
        }
        return text.data();
    }

    bool is_v4() const {
        for (std::size_t i = 0; i < 12; ++i) {
            if (bytes_[i] != (i < 10 ? 0 : 0xff)) return false;
        }
        return true;
    }

    /// 127.0.0.0/8 and ::1.
    bool is_loopback() const {
        if (is_v4()) return bytes_[12] == 127;
        for (std::size_t i = 0; i < 15; ++i) {
            if (bytes_[i] != 0) return false;
        }
        return bytes_[15] == 1;
    }

    /// Every address of the machine: 0.0.0.0 or ::.
    bool is_any() const {
        for (std::size_t i = is_v4() ? 12 : 0; i < 16; ++i) {
            if (bytes_[i] != 0) return false;
        }
        return true;
    }

    /// The first `bits` of both are the same; IPv4 bits count from 96.
    bool begins_like(const IpAddress& other, unsigned bits) const {
        for (std::size_t i = 0; i < 16 && bits > 0; ++i) {
            const unsigned here = bits < 8 ? bits : 8;
            const unsigned mask = (0xff00U >> here) & 0xffU;
            if (((bytes_[i] ^ other.bytes_[i]) & mask) != 0) return false;
            bits -= here;
        }
        return true;
    }

    bool operator==(const IpAddress&) const = default;

private:
    std::array<std::uint8_t, 16> bytes_{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1};
};

/// "10.0.0.7", "10.0.0.0/8", "fd00::/8".
class IpRange {
public:
    static constexpr std::string_view takes =
        "an address or a range of them, such as 10.0.0.7 or 10.0.0.0/8";

    static std::expected<IpRange, std::string> parse(std::string_view text) {
        const auto slash = text.find('/');
        const auto base = IpAddress::parse(text.substr(0, slash));
        if (!base) return std::unexpected(std::string(takes));
        const unsigned width = base->is_v4() ? 32 : 128;
        unsigned bits = width;
        if (slash != std::string_view::npos) {
            const std::string_view tail = text.substr(slash + 1);
            const auto [end, error] = std::from_chars(tail.data(), tail.data() + tail.size(), bits);
            if (error != std::errc() || end != tail.data() + tail.size() || bits > width) {
                return std::unexpected(std::string(takes));
            }
        }
        return IpRange(*base, bits, width);
    }

    bool contains(const IpAddress& address) const {
        return address.begins_like(base_, bits_ + 128 - width_);
    }
    std::string text() const {
        return bits_ == width_ ? base_.text() : base_.text() + "/" + std::to_string(bits_);
    }
    bool operator==(const IpRange&) const = default;

private:
    IpRange(IpAddress base, unsigned bits, unsigned width)
        : base_(base), bits_(bits), width_(width) {}

    IpAddress base_;
    unsigned bits_;
    unsigned width_;
};

}  // namespace fenshen
