// SPDX-License-Identifier: Apache-2.0
// What a channel is like: its flags, all of them at a time (wukong-http 7.1 - 7.3). A person's
// flags, under its uid and type 1, are those of the account.
#pragma once

#include <string>
#include <vector>

#include "api/wukong/detail/endpoint.h"
#include "model/channel.h"
#include "model/ids.h"

namespace fenshen::api::wukong {

/// Creates or describes anew, and adds members. A flag that is not said is off.
struct PutChannel {
    static constexpr Route route{http::Method::post, "/channel"};
    struct Input {
        ChannelKey channel;
        ChannelFlags flags;
        bool reset = false;  ///< remove all present members first
        std::vector<Uid> subscribers;
    };
    static Input read(http::JsonObject& body);
    static std::string_view refusal(const Input& input);
    static Task<http::Response> run(Context& context, Input input);
};

/// Sets all flags. This is how accounts and groups are banned; nobody is disconnected by it.
struct PutChannelInfo {
    static constexpr Route route{http::Method::post, "/channel/info"};
    struct Input {
        ChannelKey channel;
        ChannelFlags flags;
    };
    static Input read(http::JsonObject& body);
    static std::string_view refusal(const Input& input);
    static Task<http::Response> run(Context& context, Input input);
};

/// Dissolves a channel: nobody can send, members and history stay. One without a description stays
/// as it is.
struct DeleteChannel {
    static constexpr Route route{http::Method::post, "/channel/delete"};
    struct Input {
        ChannelKey channel;
    };
    static Input read(http::JsonObject& body);
    static std::string_view refusal(const Input& input);
    static Task<http::Response> run(Context& context, Input input);
};

}  // namespace fenshen::api::wukong
