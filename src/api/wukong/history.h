// SPDX-License-Identifier: Apache-2.0
// A channel's messages, page by page, and where its log ends (wukong-http 9.1 - 9.3). Membership is
// not asked for: the app's back end is trusted.
#pragma once

#include <string>

#include "api/wukong/detail/endpoint.h"
#include "domain/sync_window.h"
#include "model/channel.h"

namespace fenshen::api::wukong {

/// Messages in ascending order, whichever way the page was asked for.
struct SyncMessages {
    static constexpr Route route{http::Method::post, "/channel/messagesync"};
    struct Input {
        std::string login_uid;
        std::string channel_id;
        ChannelType channel_type = ChannelType::none;
        domain::SyncRequest request;
    };
    static Input read(http::JsonObject& body);
    static std::string_view refusal(const Input& input);
    static Task<http::Response> run(Context& context, Input input);
};

/// Of whom and where the two below ask.
struct ChannelInput {
    std::string login_uid;  ///< for a person channel that is named by the peer
    std::string channel_id;
    ChannelType channel_type = ChannelType::none;
};

/// {"message_seq":n}, 0 for a channel without messages.
struct MaxMessageSeq {
    static constexpr Route route{http::Method::get, "/channel/max_message_seq"};
    using Input = ChannelInput;
    static Input read(detail::QueryReader& query);
    static std::string_view refusal(const Input& input);
    static Task<http::Response> run(Context& context, Input input);
};

/// The newest message, or STATUS(404).
struct LastMessage {
    static constexpr Route route{http::Method::get, "/channel/last_message"};
    using Input = ChannelInput;
    static Input read(detail::QueryReader& query);
    static std::string_view refusal(const Input& input);
    static Task<http::Response> run(Context& context, Input input);
};

}  // namespace fenshen::api::wukong
