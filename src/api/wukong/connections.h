// SPDX-License-Identifier: Apache-2.0
// Single connections: ending and listing them (wukong-http 6, 13).
#pragma once

#include <cstdint>
#include <string>

#include "api/wukong/detail/endpoint.h"
#include "model/ids.h"

namespace fenshen::api::wukong {

/// What this API calls a session of this node; small for as long as serials are.
std::int64_t connection_id(const SessionRef& session);
SessionRef session_of(std::int64_t connection_id, NodeId node);

struct ConnectionInput {
    Uid uid;
    std::int64_t conn_id = 0;  ///< from /connz
    std::uint64_t node_id = 0;
    std::uint64_t op_node_id = 0;
};

/// Says "server kick" and closes. A connection that is not there is no error.
struct KickConnection {
    static constexpr Route route{http::Method::post, "/conn/kick"};
    using Input = ConnectionInput;
    static Input read(http::JsonObject& body);
    static Task<http::Response> run(Context& context, Input input);
};

/// Closes without a word, so that the client comes back.
struct RemoveConnection {
    static constexpr Route route{http::Method::post, "/conn/remove"};
    using Input = ConnectionInput;
    static Input read(http::JsonObject& body);
    static Task<http::Response> run(Context& context, Input input);
};

/// The live connections, a page of them, sorted by id or by uptime. What only a gateway counts of a
/// single connection is not in it.
struct ListConnections {
    static constexpr Route route{http::Method::get, "/connz"};
    struct Input {
        std::string sort;
        std::string uid;  ///< a part of it
        std::int64_t offset = 0;
        std::int64_t limit = 0;  ///< 0 or less: 20
        std::uint64_t node_id = 0;
    };
    static Input read(detail::QueryReader& query);
    static Task<http::Response> run(Context& context, Input input);
};

}  // namespace fenshen::api::wukong
