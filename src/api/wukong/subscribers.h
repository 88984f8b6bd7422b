// SPDX-License-Identifier: Apache-2.0
// Members of channels (wukong-http 7.4 - 7.7). A person channel has none.
#pragma once

#include <string>
#include <vector>

#include "api/wukong/detail/endpoint.h"
#include "model/channel.h"
#include "model/ids.h"

namespace fenshen::api::wukong {

/// Adds members; each finds the channel in its conversation list, read up to now. Who is a member
/// already is no error, and has read everything, too. Without a type: a group.
struct AddSubscribers {
    static constexpr Route route{http::Method::post, "/channel/subscriber_add"};
    struct Input {
        ChannelKey channel;
        bool reset = false;      ///< remove all present members first
        bool temporary = false;  ///< no longer supported
        std::vector<Uid> subscribers;
    };
    static Input read(http::JsonObject& body);
    static std::string_view refusal(const Input& input);
    static Task<http::Response> run(Context& context, Input input);
};

/// Removes members and the channel from their conversation lists. Who is none is no error.
struct RemoveSubscribers {
    static constexpr Route route{http::Method::post, "/channel/subscriber_remove"};
    struct Input {
        ChannelKey channel;
        std::vector<Uid> subscribers;
    };
    static Input read(http::JsonObject& body);
    static std::string_view refusal(const Input& input);
    static Task<http::Response> run(Context& context, Input input);
};

/// Their conversations stay.
struct RemoveAllSubscribers {
    static constexpr Route route{http::Method::post, "/channel/subscriber_remove_all"};
    struct Input {
        ChannelKey channel;
    };
    static Input read(http::JsonObject& body);
    static std::string_view refusal(const Input& input);
    static Task<http::Response> run(Context& context, Input input);
};

/// Who gets what is sent to a temporary channel (type 8). In memory only.
struct SetTemporarySubscribers {
    static constexpr Route route{http::Method::post, "/tmpchannel/subscriber_set"};
    struct Input {
        std::string channel_id;
        std::vector<Uid> uids;
    };
    static Input read(http::JsonObject& body);
    static std::string_view refusal(const Input& input);
    static Task<http::Response> run(Context& context, Input input);
};

}  // namespace fenshen::api::wukong
