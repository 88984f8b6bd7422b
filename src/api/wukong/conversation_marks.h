// SPDX-License-Identifier: Apache-2.0
// How far an account has read a conversation, and from where on it shows (wukong-http 12.5 - 12.7).
// Nothing is pushed to the account's devices: apps send a command of their own.
#pragma once

#include <cstdint>

#include "api/wukong/detail/endpoint.h"
#include "model/channel.h"
#include "model/ids.h"

namespace fenshen::api::wukong {

/// Whose conversation, and which.
struct ConversationInput {
    Uid uid;
    ChannelKey channel;  ///< a person channel by its combined id
};

/// All is read.
struct ClearUnread {
    static constexpr Route route{http::Method::post, "/conversations/clearUnread"};
    using Input = ConversationInput;
    static Input read(http::JsonObject& body);
    static std::string_view refusal(const Input& input);
    static Task<http::Response> run(Context& context, Input input);
};

/// All but the last `unread` is read; the number can be lowered, never raised.
struct SetUnread {
    static constexpr Route route{http::Method::post, "/conversations/setUnread"};
    struct Input {
        ConversationInput conversation;
        std::int64_t unread = 0;
    };
    static Input read(http::JsonObject& body);
    static std::string_view refusal(const Input& input);
    static Task<http::Response> run(Context& context, Input input);
};

/// Gone from the list until a newer message comes, and then without the older ones. Messages stay.
struct DeleteConversation {
    static constexpr Route route{http::Method::post, "/conversations/delete"};
    using Input = ConversationInput;
    static Input read(http::JsonObject& body);
    static std::string_view refusal(const Input& input);
    static Task<http::Response> run(Context& context, Input input);
};

}  // namespace fenshen::api::wukong
