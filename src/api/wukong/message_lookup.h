// SPDX-License-Identifier: Apache-2.0
// Single messages by what they are called (wukong-http 9.4 - 9.6). Who is not found is left out, or
// STATUS(404).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "api/wukong/detail/endpoint.h"
#include "model/channel.h"
#include "model/ids.h"

namespace fenshen::api::wukong {

/// Many at a time: by sequence, then by id, then by client number, each in the order asked.
struct FindMessages {
    static constexpr Route route{http::Method::post, "/messages"};
    static constexpr std::string_view unreadable = "数据格式有误！";
    struct Input {
        std::string login_uid;
        std::string channel_id;
        ChannelType channel_type = ChannelType::none;
        std::vector<std::uint32_t> message_seqs;
        std::vector<std::int64_t> message_ids;
        std::vector<std::string> client_msg_nos;
    };
    static Input read(http::JsonObject& body);
    static std::string_view refusal(const Input& input);
    static Task<http::Response> run(Context& context, Input input);
};

/// One, by id or by client number.
struct FindMessage {
    static constexpr Route route{http::Method::post, "/message"};
    struct Input {
        std::string login_uid;
        std::string channel_id;
        ChannelType channel_type = ChannelType::none;
        std::int64_t message_id = 0;
        std::string client_msg_no;
    };
    static Input read(http::JsonObject& body);
    static std::string_view refusal(const Input& input);
    static Task<http::Response> run(Context& context, Input input);
};

/// The oldest with that number; a person channel by its combined id.
struct FindByClientMsgNo {
    static constexpr Route route{http::Method::get, "/message/byclientmsgno"};
    struct Input {
        ChannelKey channel;
        std::string client_msg_no;
    };
    static Input read(detail::QueryReader& query);
    static std::string_view refusal(const Input& input);
    static Task<http::Response> run(Context& context, Input input);
};

}  // namespace fenshen::api::wukong
