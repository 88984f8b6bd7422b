// SPDX-License-Identifier: Apache-2.0
// Messages as every reading endpoint shows them (wukong-http 2.4), header flags as they were sent.
#pragma once

#include <cstdint>
#include <span>

#include "base/json_writer.h"
#include "model/message.h"

namespace fenshen::api::wukong {

void write_message(JsonWriter& json, const Message& message);
void write_messages(JsonWriter& json, std::span<const Message> messages);

/// A page of a channel's messages (wukong-http 9.1).
struct MessagePageJson {
    std::uint64_t start = 0;
    std::uint64_t end = 0;
    bool more = false;
    std::span<const Message> messages;
};
Bytes to_json(const MessagePageJson& page);

}  // namespace fenshen::api::wukong
