// SPDX-License-Identifier: Apache-2.0
// The PROXY protocol, versions 1 and 2: how a load balancer in front of us says who is really
// connected (wukong-wire 6.5). A function of bytes. Whether the peer may be believed is a question
// for the caller.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/bytes.h"

namespace fenshen::proxy {

/// A longer header is refused. Version 1 ends within 107 bytes by its definition; version 2 can
/// carry TLVs behind the addresses, of which real ones are some hundred bytes.
inline constexpr std::size_t v1_bytes_max = 107;
inline constexpr std::size_t v2_bytes_max = 4096;

enum class Outcome : std::uint8_t {
    need_more,  ///< what is there could become a header
    none,       ///< not a PROXY header: these bytes belong to what comes next
    bad,        ///< begins as a header and is none
    header,
};

struct Header {
    Outcome outcome = Outcome::need_more;
    std::size_t size = 0;  ///< bytes of the header
    /// The client's IP address in its canonical text form. Empty when the header tells none: a
    /// health check of the proxy itself (LOCAL), UNKNOWN, a Unix socket.
    std::string source{};
    std::uint16_t source_port = 0;
};

/// Looks for a header at the front of `in`; the answer depends on nothing behind the header.
Header parse(BytesView in);

}  // namespace fenshen::proxy
