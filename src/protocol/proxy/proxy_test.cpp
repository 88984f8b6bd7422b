// SPDX-License-Identifier: Apache-2.0
#include "protocol/proxy/proxy.h"

#include <gtest/gtest.h>

namespace fenshen::proxy {
namespace {

using namespace std::string_literals;

constexpr BytesView signature{"\r\n\r\n\0\r\nQUIT\n", 12};

Bytes v2(std::uint8_t command, std::uint8_t family, BytesView body) {
    Bytes out(signature);
    out += static_cast<char>(command);
    out += static_cast<char>(family);
    append_be(out, static_cast<std::uint16_t>(body.size()));
    return out + Bytes(body);
}

const Bytes v4_body = "\xC0\x00\x02\x01\x0A\x00\x00\x01\xC3\x50\x13\xEC"s;
const Bytes v6_body =
    "\x20\x01\x0D\xB8\0\0\0\0\0\0\0\0\0\0\0\x01"
    "\x20\x01\x0D\xB8\0\0\0\0\0\0\0\0\0\0\0\x02\xC3\x50\x13\xEC"s;

struct Vector {
    const char* name;
    Bytes header;
    const char* source;
    std::uint16_t port;
};

const Vector vectors[] = {
    {"v1 IPv4", "PROXY TCP4 192.0.2.1 10.0.0.1 50000 5100\r\n", "192.0.2.1", 50000},
    {"v1 IPv6", "PROXY TCP6 2001:db8::1 2001:db8::2 50000 5100\r\n", "2001:db8::1", 50000},
    {"v1 IPv6, written long",
     "PROXY TCP6 2001:0DB8:0:0:0:0:0:1 2001:db8::2 0 65535\r\n",
     "2001:db8::1",
     0},
    {"v1 longest",
     "PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535" + Bytes(48, ' ') + "\r\n",
     "",
     0},
    {"v1 unknown", "PROXY UNKNOWN\r\n", "", 0},
    {"v2 IPv4", v2(0x21, 0x11, v4_body), "192.0.2.1", 50000},
    {"v2 IPv4 over UDP", v2(0x21, 0x12, v4_body), "192.0.2.1", 50000},
    {"v2 IPv6", v2(0x21, 0x21, v6_body), "2001:db8::1", 50000},
    {"v2 with TLVs", v2(0x21, 0x11, v4_body + "\x04\x00\x03pad"s), "192.0.2.1", 50000},
    {"v2 longest", v2(0x21, 0x11, v4_body + Bytes(v2_bytes_max - 28, 't')), "192.0.2.1", 50000},
    {"v2 Unix", v2(0x21, 0x31, Bytes(216, 'u')), "", 0},
    {"v2 unspecified", v2(0x21, 0x00, ""), "", 0},
    {"v2 local", v2(0x20, 0x00, ""), "", 0},
    {"v2 local with addresses", v2(0x20, 0x11, v4_body), "", 0},
};

TEST(ProxyHeader, SaysWhoIsThere) {
    for (const Vector& vector : vectors) {
        for (const BytesView behind : {"", "{", "\x10\x20", "PROXY "}) {
            const Header header = parse(vector.header + Bytes(behind));
            EXPECT_EQ(header.outcome, Outcome::header) << vector.name;
            EXPECT_EQ(header.size, vector.header.size()) << vector.name;
            EXPECT_EQ(header.source, vector.source) << vector.name;
            EXPECT_EQ(header.source_port, vector.port) << vector.name;
        }
    }
}

TEST(ProxyHeader, WaitsAtEveryCut) {
    for (const Vector& vector : vectors) {
        for (std::size_t size = 0; size < vector.header.size(); ++size) {
            EXPECT_EQ(parse(BytesView(vector.header).substr(0, size)).outcome, Outcome::need_more)
                << vector.name << " at " << size;
        }
    }
}

TEST(ProxyHeader, LeavesOtherBytesAlone) {
    for (const BytesView other : {BytesView("\x10\x24"),
                                  BytesView("{\"method\":\"connect\"}"),
                                  BytesView("\r\n{"),
                                  BytesView("GET / HTTP/1.1\r\n"),
                                  BytesView("\x16\x03\x01"),
                                  BytesView("PROXX"),
                                  BytesView("PROXY\tTCP4"),
                                  BytesView("proxy TCP4")}) {
        const Header header = parse(other);
        EXPECT_EQ(header.outcome, Outcome::none) << other;
        EXPECT_EQ(header.size, 0U);
    }
    Bytes nearly = v2(0x21, 0x11, v4_body);
    nearly[11] = '\r';
    EXPECT_EQ(parse(nearly).outcome, Outcome::none);
}

TEST(ProxyHeader, RefusesWhatIsNearlyOne) {
    for (const BytesView bad : {"PROXY \r\n",
                                "PROXY TCP5 192.0.2.1 10.0.0.1 50000 5100\r\n",
                                "PROXY tcp4 192.0.2.1 10.0.0.1 50000 5100\r\n",
                                "PROXY TCP4  192.0.2.1 10.0.0.1 50000 5100\r\n",
                                "PROXY TCP4 192.0.2.1 10.0.0.1 50000 5100 \r\n",
                                "PROXY TCP4 192.0.2.1 10.0.0.1 50000 5100 1\r\n",
                                "PROXY TCP4 192.0.2.256 10.0.0.1 50000 5100\r\n",
                                "PROXY TCP4 192.0.2.1 10.0.0.1 50000\r\n",
                                "PROXY TCP4 192.0.2.1 10.0.0.1 050 5100\r\n",
                                "PROXY TCP4 192.0.2.1 10.0.0.1 65536 5100\r\n",
                                "PROXY TCP4 192.0.2.1 10.0.0.1 -1 5100\r\n",
                                "PROXY TCP4 192.0.2.1 10.0.0.1 +1 5100\r\n",
                                "PROXY TCP4 192.0.2.1 10.0.0.1 1 999999\r\n",
                                "PROXY TCP4 2001:db8::1 2001:db8::2 50000 5100\r\n",
                                "PROXY TCP6 192.0.2.1 10.0.0.1 50000 5100\r\n",
                                "PROXY TCP6 fe80::1%eth0 2001:db8::2 50000 5100\r\n"}) {
        EXPECT_EQ(parse(bad).outcome, Outcome::bad) << bad;
    }
    EXPECT_EQ(parse("PROXY TCP4 192.0.2.1\0 10.0.0.1 50000 5100\r\n"s).outcome, Outcome::bad);
    EXPECT_EQ(parse(v2(0x11, 0x11, v4_body)).outcome, Outcome::bad);
    EXPECT_EQ(parse(v2(0x22, 0x11, v4_body)).outcome, Outcome::bad);
    EXPECT_EQ(parse(v2(0x21, 0x41, v4_body)).outcome, Outcome::bad);
    EXPECT_EQ(parse(v2(0x21, 0x11, v4_body.substr(1))).outcome, Outcome::bad);
    EXPECT_EQ(parse(v2(0x21, 0x21, v6_body.substr(1))).outcome, Outcome::bad);
    EXPECT_EQ(parse(v2(0x21, 0x31, Bytes(215, 'u'))).outcome, Outcome::bad);
}

TEST(ProxyHeader, NeverWaitsForMoreThanItsLimit) {
    EXPECT_EQ(parse("PROXY " + Bytes(v1_bytes_max - 7, 'x')).outcome, Outcome::need_more);
    EXPECT_EQ(parse("PROXY " + Bytes(v1_bytes_max - 6, 'x')).outcome, Outcome::bad);
    EXPECT_EQ(parse("PROXY UNKNOWN" + Bytes(v1_bytes_max - 14, ' ') + "\r\n").outcome,
              Outcome::bad);
    const Bytes too_long = v2(0x21, 0x11, v4_body + Bytes(v2_bytes_max - 27, 't'));
    EXPECT_EQ(parse(BytesView(too_long).substr(0, 16)).outcome, Outcome::bad);
}

}  // namespace
}  // namespace fenshen::proxy
