// SPDX-License-Identifier: Apache-2.0
// A message as the server-side REST API says it (easemob-rest 4.3), turned into what MSync clients
// are given (msync-wire 8.3).
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "api/http/json_body.h"
#include "base/bytes.h"
#include "model/channel.h"
#include "model/ids.h"

namespace fenshen::api::easemob {

/// `body` and `ext` together; longer is answered 14007.
inline constexpr std::size_t rest_message_bytes_max = 5UL * 1024;

struct RestMessage {
    std::string type;  ///< "txt", "img", ...
    Bytes body;        ///< JSON text of an object
    Bytes ext;         ///< JSON text of an object; empty: none
    bool wants_group_ack = false;
};

/// The serialized MessageBody; the error is a text for the caller.
std::expected<Bytes, std::string> message_body_of(const RestMessage& message,
                                                  const Uid& from,
                                                  std::string_view to,
                                                  ChannelType channel_type);

}  // namespace fenshen::api::easemob
