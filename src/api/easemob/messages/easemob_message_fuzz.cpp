// SPDX-License-Identifier: Apache-2.0
// Any JSON as the body, and as the ext, of each type of message that the REST API takes: what is
// made of it is a MessageBody that clients can read. The ext stands behind the first NUL.
#include <algorithm>
#include <cstdlib>

#include "api/easemob/messages/message_body.h"
#include "protocol/msync/codec.h"

using namespace fenshen;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const BytesView in(reinterpret_cast<const char*>(data), size);
    const auto end = std::min(in.find('\0'), in.size());
    api::easemob::RestMessage message;
    message.body = in.substr(0, end);
    message.ext = in.substr(std::min(end + 1, in.size()));
    if (message.body.size() + message.ext.size() > api::easemob::rest_message_bytes_max) return 0;
    for (const char* type : {"txt", "cmd", "loc", "custom", "img", "audio", "video", "file", "?"}) {
        message.type = type;
        message.wants_group_ack = size % 2 == 1;
        const auto made = api::easemob::message_body_of(
            message,
            Uid("ann"),
            "bob",
            message.wants_group_ack ? ChannelType::group : ChannelType::person);
        if (!made) {
            if (made.error().empty()) std::abort();
            continue;
        }
        const auto body = msync::decode<msync::MessageBody>(*made);
        if (!body || body->contents.size() != 1 || body->from->name != "ann") std::abort();
    }
    return 0;
}
