// SPDX-License-Identifier: Apache-2.0
// An account's conversation list (wukong-http 12.1, 12.2, 12.4).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/wukong/detail/endpoint.h"
#include "model/channel.h"
#include "model/ids.h"
#include "service/messages/conversations.h"

namespace fenshen::api::wukong {

/// "channelId:channelType:lastSeq" joined by '|', person channels by the peer's uid. An entry that
/// does not split into three, or whose numbers are none, is passed over.
std::vector<service::SyncConversations::Known> parse_last_msg_seqs(std::string_view uid,
                                                                   std::string_view text);

/// Conversations with messages that the client does not have, each with its newest ones.
struct SyncConversations {
    static constexpr Route route{http::Method::post, "/conversation/sync"};
    struct Input {
        Uid uid;
        std::int64_t version = 0;  ///< above 0: only what is unread; compared with nothing
        std::string last_msg_seqs;
        std::int64_t msg_count = 0;  ///< newest messages of each; 0: the answer is []
        bool only_unread = false;
        std::vector<std::uint8_t> exclude_channel_types;
        std::int64_t page = 0;  ///< from 1; 0: all
        std::int64_t page_size = 0;
    };
    static Input read(http::JsonObject& body);
    static Task<http::Response> run(Context& context, Input input);
};

/// Those asked for, in that order, empty ones too.
struct SyncByChannels {
    static constexpr Route route{http::Method::post, "/conversation/syncByChannels"};
    struct Input {
        Uid uid;
        std::vector<ChannelKey> channels;
        std::int64_t msg_count = 0;  ///< 0 or less: 15
    };
    static Input read(http::JsonObject& body);
    static std::string_view refusal(const Input& input);
    static Task<http::Response> run(Context& context, Input input);
};

/// The channels alone; person channels by their combined id.
struct ListConversationChannels {
    static constexpr Route route{http::Method::post, "/conversation/channels"};
    struct Input {
        Uid uid;
    };
    static Input read(http::JsonObject& body);
    static Task<http::Response> run(Context& context, Input input);
};

}  // namespace fenshen::api::wukong
