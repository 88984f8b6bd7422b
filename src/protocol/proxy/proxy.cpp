// SPDX-License-Identifier: Apache-2.0
#include "protocol/proxy/proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <optional>

namespace fenshen::proxy {

namespace {

constexpr BytesView v1_begin = "PROXY ";
constexpr BytesView v2_signature{"\r\n\r\n\0\r\nQUIT\n", 12};
constexpr std::size_t v2_head_bytes = 16;

Header bad() {
    return {.outcome = Outcome::bad};
}

/// Whether `in` begins with `begin`, as far as it goes.
bool agrees(BytesView in, BytesView begin) {
    const std::size_t size = std::min(in.size(), begin.size());
    return in.substr(0, size) == begin.substr(0, size);
}

template <class Address>
std::string text_of(int family, const Address& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    inet_ntop(family, &address, text.data(), text.size());
    return text.data();
}

/// The address in its canonical form, whichever of its forms `text` is; empty when it is none.
std::string canonical(int family, BytesView text) {
    if (text.find('\0') != BytesView::npos) return {};
    const std::string terminated(text);
    in_addr v4{};
    in6_addr v6{};
    if (family == AF_INET) {
        return inet_pton(AF_INET, terminated.c_str(), &v4) == 1 ? text_of(AF_INET, v4)
                                                                : std::string();
    }
    return inet_pton(AF_INET6, terminated.c_str(), &v6) == 1 ? text_of(AF_INET6, v6)
                                                             : std::string();
}

std::optional<std::uint16_t> port_of(BytesView text) {
    if (text.empty() || text.size() > 5 || (text.size() > 1 && text[0] == '0')) return std::nullopt;
    std::uint32_t port = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        port = port * 10 + static_cast<std::uint32_t>(c - '0');
    }
    if (port > 0xFFFF) return std::nullopt;
    return static_cast<std::uint16_t>(port);
}

/// The next of the fields that single spaces separate.
BytesView take_field(BytesView& rest) {
    const std::size_t space = rest.find(' ');
    const BytesView field = rest.substr(0, space);
    rest = space == BytesView::npos ? BytesView{} : rest.substr(space + 1);
    return field;
}

// `PROXY TCP4 source destination source_port destination_port CRLF`
Header parse_v1(BytesView in) {
    const BytesView reach = in.substr(0, v1_bytes_max);
    const std::size_t end = reach.find("\r\n");
    if (end == BytesView::npos) return reach.size() < v1_bytes_max ? Header{} : bad();
    Header header{.outcome = Outcome::header, .size = end + 2};
    BytesView rest = in.substr(v1_begin.size(), end - v1_begin.size());
    const BytesView kind = take_field(rest);
    if (kind == "UNKNOWN") return header;  // whatever else stands there counts for nothing
    if (kind != "TCP4" && kind != "TCP6") return bad();
    const int family = kind == "TCP4" ? AF_INET : AF_INET6;
    header.source = canonical(family, take_field(rest));
    const std::string destination = canonical(family, take_field(rest));
    const auto source_port = port_of(take_field(rest));
    const auto destination_port = port_of(rest);
    if (header.source.empty() || destination.empty() || !source_port || !destination_port) {
        return bad();
    }
    header.source_port = *source_port;
    return header;
}

template <class Address>
void take_source(int family, BytesView addresses, Header& header) {
    Address source{};
    addresses.copy(reinterpret_cast<char*>(&source), sizeof source);
    header.source = text_of(family, source);
    header.source_port = load_be<std::uint16_t>(addresses.substr(2 * sizeof source));
}

Header parse_v2(BytesView in) {
    if (in.size() < v2_signature.size() + 1) return {};
    const std::uint8_t command = byte_at(in, 12);
    if (command != 0x20 && command != 0x21) return bad();  // version 2; LOCAL, PROXY
    if (in.size() < v2_head_bytes) return {};
    const std::uint8_t family = byte_at(in, 13);
    const std::size_t body_bytes = load_be<std::uint16_t>(in.substr(14));
    Header header{.outcome = Outcome::header, .size = v2_head_bytes + body_bytes};
    if (header.size > v2_bytes_max) return bad();

    std::size_t address_bytes = 0;
    switch (family) {
        case 0x00:  // unspecified
            break;
        case 0x11:
        case 0x12:
            address_bytes = 12;
            break;
        case 0x21:
        case 0x22:
            address_bytes = 36;
            break;
        case 0x31:
        case 0x32:
            address_bytes = 216;
            break;
        default:
            return bad();
    }
    const bool is_local = command == 0x20;
    if (!is_local && body_bytes < address_bytes) return bad();
    if (in.size() < header.size) return {};
    if (is_local) return header;  // the proxy itself: its addresses say nothing
    const BytesView addresses = in.substr(v2_head_bytes, address_bytes);
    if (address_bytes == 12) take_source<in_addr>(AF_INET, addresses, header);
    if (address_bytes == 36) take_source<in6_addr>(AF_INET6, addresses, header);
    return header;
}

}  // namespace

Header parse(BytesView in) {
    if (in.empty()) return {};
    if (agrees(in, v1_begin)) return in.size() < v1_begin.size() ? Header{} : parse_v1(in);
    if (agrees(in, v2_signature)) return in.size() < v2_signature.size() ? Header{} : parse_v2(in);
    return {.outcome = Outcome::none};
}

}  // namespace fenshen::proxy
