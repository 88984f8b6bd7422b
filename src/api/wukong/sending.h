// SPDX-License-Identifier: Apache-2.0
// Sending from the app's back end (wukong-http 8). Lists do not apply to it, only a channel's ban
// and disband. That those refuse a message is not told (wukong-semantics 16); that the store does
// is.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "api/wukong/detail/endpoint.h"
#include "model/channel.h"
#include "model/ids.h"
#include "model/message.h"

namespace fenshen::api::wukong {

/// So that the frame that carries it, encrypted, stays below the protocol's 1 MiB
/// (wukong-wire 1, 2.5).
inline constexpr std::size_t payload_bytes_max = message_payload_bytes_max;

/// One message to a channel, or a command to the accounts listed. Answers when it is durable, with
/// its id, its client number and its sequence (0: not stored).
struct SendMessage {
    static constexpr Route route{http::Method::post, "/message/send"};
    struct Input {
        MessageFlags flags;
        std::string client_msg_no;  ///< empty: one is made up
        bool is_stream = false;
        Uid from;  ///< never blank
        std::string channel_id;
        ChannelType channel_type = ChannelType::none;
        std::uint32_t expire_s = 0;
        std::vector<Uid> subscribers;
        Bytes payload;
    };
    static Input read(http::JsonObject& body);
    static std::string_view refusal(const Input& input);
    static Task<http::Response> run(Context& context, Input input);
};

/// The same message to many accounts, each its own. Answers who could not be sent to, and why.
struct SendBatch {
    static constexpr Route route{http::Method::post, "/message/sendbatch"};
    struct Input {
        MessageFlags flags;
        Uid from;
        std::vector<Uid> subscribers;
        Bytes payload;
    };
    static Input read(http::JsonObject& body);
    static std::string_view refusal(const Input& input);
    static Task<http::Response> run(Context& context, Input input);
};

}  // namespace fenshen::api::wukong
