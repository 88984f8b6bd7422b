// SPDX-License-Identifier: Apache-2.0
// The accounts that may write to anybody (wukong-http 5.4).
#pragma once

#include <cstdint>
#include <vector>

#include "api/wukong/detail/endpoint.h"
#include "model/ids.h"

namespace fenshen::api::wukong {

enum class SystemUidsIn : std::uint8_t {
    store,   ///< for good
    memory,  ///< until the server is started again
};

/// What the endpoints that change the list have in common: all but their route.
template <SystemUidsIn where, bool adds>
struct ChangesSystemUids {
    struct Input {
        std::vector<Uid> uids;
    };
    static Input read(http::JsonObject& body);
    static Task<http::Response> run(Context& context, Input input);
};

struct AddSystemUids : ChangesSystemUids<SystemUidsIn::store, true> {
    static constexpr Route route{http::Method::post, "/user/systemuids_add"};
};
struct RemoveSystemUids : ChangesSystemUids<SystemUidsIn::store, false> {
    static constexpr Route route{http::Method::post, "/user/systemuids_remove"};
};
struct AddSystemUidsInMemory : ChangesSystemUids<SystemUidsIn::memory, true> {
    static constexpr Route route{http::Method::post, "/user/systemuids_add_to_cache"};
};
struct RemoveSystemUidsInMemory : ChangesSystemUids<SystemUidsIn::memory, false> {
    static constexpr Route route{http::Method::post, "/user/systemuids_remove_from_cache"};
};

/// The stored ones, without the built-in account.
struct ListSystemUids {
    static constexpr Route route{http::Method::get, "/user/systemuids"};
    static Task<http::Response> run(Context& context);
};

}  // namespace fenshen::api::wukong
