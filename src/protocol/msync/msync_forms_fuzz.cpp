// SPDX-License-Identifier: Apache-2.0
// Any bytes as the payload of a stored message of either family: what the other family is given can
// be read, and a Meta holds its own family's payload as it was.
#include <cstdlib>

#include "protocol/msync/codec.h"
#include "protocol/msync/forms.h"
#include "protocol/msync/notify.h"

namespace {

using namespace fenshen;

void require(bool holds) {
    if (!holds) std::abort();
}

void check(const Message& message) {
    const Bytes body = msync::body_of(message);
    const bool is_foreign = message.format == MessageFormat::wukong;
    if (is_foreign) {
        const auto read = msync::decode<msync::MessageBody>(body);
        require(read && read->contents.size() == 1);
        require(read->from->name == message.from.value());
    } else {
        require(body == message.payload);
    }
    for (const std::optional<bool> is_online : {std::optional<bool>(), std::optional(true)}) {
        Bytes bytes;
        msync::append_meta(bytes, message, {.app_key = "fenshen#demo", .is_online = is_online});
        const auto meta = msync::decode<msync::Meta>(bytes);
        require(meta && meta->payload == body);
        require(!meta->meta || msync::fits_notify(*meta->meta));
    }
    const auto payload = msync::wukong_payload_of(message);
    require(!is_foreign || payload == message.payload);
    if (is_foreign || !payload) return;
    // It is JSON text: what comes back from it is a text or a command again.
    require(payload->starts_with(R"({"type":)") && payload->ends_with('}'));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    Message message;
    message.id = MessageId(7);
    message.channel = {(data[0] & 1U) != 0 ? ChannelType::group : ChannelType::person, "ann@bob"};
    message.from = Uid("ann");
    message.addressed_to = "bob";
    message.payload = Bytes(reinterpret_cast<const char*>(data + 1), size - 1);
    for (const auto format : {MessageFormat::wukong, MessageFormat::msync}) {
        message.format = format;
        check(message);
    }
    return 0;
}
