// SPDX-License-Identifier: Apache-2.0
// Command messages: each account gets each once (wukong-http 11).
#pragma once

#include <cstdint>

#include "api/wukong/detail/endpoint.h"
#include "model/ids.h"

namespace fenshen::api::wukong {

/// What the account has not acknowledged, as an array.
struct SyncCommands {
    static constexpr Route route{http::Method::post, "/message/sync"};
    struct Input {
        Uid uid;
        std::int64_t limit = 0;  ///< 0: 200
    };
    static Input read(http::JsonObject& body);
    static std::string_view refusal(const Input& input);
    static Task<http::Response> run(Context& context, Input input);
};

/// The account has what the last /message/sync handed out. A second time is no error.
struct AcknowledgeCommands {
    static constexpr Route route{http::Method::post, "/message/syncack"};
    struct Input {
        Uid uid;
        std::uint64_t last_message_seq = 0;  ///< has to be there, and says nothing
    };
    static Input read(http::JsonObject& body);
    static std::string_view refusal(const Input& input);
    static Task<http::Response> run(Context& context, Input input);
};

}  // namespace fenshen::api::wukong
