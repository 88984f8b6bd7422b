// SPDX-License-Identifier: Apache-2.0
// Any bytes as the body of a stored message: whatever is done to it, it can be read again, and what
// is done twice is done once.
#include <cstdlib>

#include "protocol/msync/changes.h"
#include "protocol/msync/codec.h"

namespace {

using namespace fenshen;

void require(bool holds) {
    if (!holds) std::abort();
}

Message message_of(Bytes body) {
    Message message;
    message.id = MessageId(7);
    message.channel = {ChannelType::group, "123"};
    message.from = Uid("ann");
    message.addressed_to = "123";
    message.payload = std::move(body);
    message.format = MessageFormat::msync;
    return message;
}

Message an_edit() {
    msync::MessageBody body;
    body.type = msync::MessageType::edit;
    body.edit_scope = msync::EditScope::body;
    body.contents.push_back({.type = msync::Content::Type::text, .text = "changed"});
    Bytes bytes;
    msync::encode(bytes, body);
    return message_of(std::move(bytes));
}

void check_edit(const Bytes& body) {
    auto stored = message_of(body);
    auto told = an_edit();
    const auto json = msync::edit(stored, told, {5});
    require(msync::decode<msync::MessageBody>(told.payload).has_value());
    if (!json) return require(stored.payload == body);
    require(msync::decode<msync::MessageBody>(stored.payload).has_value());
    const auto once = stored;
    auto again = an_edit();
    require(msync::edit(stored, again, {6}) == json);
    require(stored == once && again == told);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Bytes body(reinterpret_cast<const char*>(data), size);
    if (msync::is_for_thread(body)) {
        Bytes named = body;
        msync::put_thread(named, {MessageId(7), "123", "name"});
        require(msync::is_for_thread(named));
    }
    auto receipt = message_of(body);
    msync::put_read_count(receipt, 3);
    require(msync::decode<msync::MessageBody>(receipt.payload).has_value());
    check_edit(body);
    return 0;
}
