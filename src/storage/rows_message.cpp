// SPDX-License-Identifier: Apache-2.0
// A message's record: format, checksum of all that follows, fields. The channel is in the key.
#include <xxhash.h>

#include <algorithm>

#include "model/names.h"
#include "storage/detail/channel_key.h"
#include "storage/detail/message_record.h"
#include "storage/detail/row_read.h"
#include "storage/rows.h"

namespace fenshen::storage {

namespace {

using detail::RowReader;

constexpr std::uint8_t format = detail::message_format;
constexpr std::uint8_t msync_format = detail::msync_message_format;
constexpr std::size_t head_bytes = 1 + sizeof(std::uint64_t);

Bytes seq_key(const ChannelKey& channel, MessageSeq seq) {
    Bytes key = detail::channel_key(channel);
    append_be(key, seq.value());
    return key;
}

/// What the sender addressed, where it is not the channel's own id: a bit says which of the pair.
enum class Addressed : std::uint8_t { channel_id = 0, first = 1, second = 2, other = 3 };

Addressed addressed_of(const Message& message) {
    const std::string_view id = plain_id_of(message.channel);
    if (message.addressed_to == id) return Addressed::channel_id;
    const auto pair = split_person_id(id);
    if (message.addressed_to == pair.second) return Addressed::second;
    if (message.addressed_to == pair.first) return Addressed::first;
    return Addressed::other;
}

std::uint8_t pack_flags(const Message& message, Addressed addressed) {
    unsigned bits = static_cast<unsigned>(addressed) << 4U;
    bits |= message.flags.no_persist ? 1U : 0U;
    bits |= message.flags.red_dot ? 2U : 0U;
    bits |= message.flags.sync_once ? 4U : 0U;
    return static_cast<std::uint8_t>(bits);
}

std::string addressed_to(Addressed addressed, const ChannelKey& channel, RowReader& in) {
    const std::string_view id = plain_id_of(channel);
    switch (addressed) {
        case Addressed::first:
            return std::string(split_person_id(id).first);
        case Addressed::second:
            return std::string(split_person_id(id).second);
        case Addressed::other:
            return in.string();
        case Addressed::channel_id:
            break;
    }
    return std::string(id);
}

/// None when it is not the message that was written under `key`.
std::optional<Message> decode(const ChannelKey& channel, BytesView key, BytesView value) {
    if (value.size() < head_bytes) return std::nullopt;
    const bool is_msync = byte_at(value, 0) == msync_format;
    if (!is_msync && byte_at(value, 0) != format) return std::nullopt;
    if (key.size() < sizeof(std::uint64_t)) return std::nullopt;
    const BytesView fields = value.substr(head_bytes);
    if (load_be<std::uint64_t>(value.substr(1)) != detail::message_checksum(key, fields))
        return std::nullopt;
    RowReader in(fields);
    Message message;
    message.channel = channel;
    message.seq =
        MessageSeq(load_be<std::uint64_t>(key.substr(key.size() - sizeof(std::uint64_t))));
    const unsigned bits = in.u8();
    if (bits >= 64 || (bits & 8U) != 0) in.fail();
    message.flags = {(bits & 1U) != 0, (bits & 2U) != 0, (bits & 4U) != 0};
    message.setting = in.u8();
    message.id = MessageId(static_cast<std::int64_t>(in.varint()));
    message.at = in.time();
    message.from = Uid(in.string());
    message.client_msg_no = in.string();
    message.client_seq = in.number<std::uint32_t>();
    message.expire_s = in.number<std::uint32_t>();
    message.topic = in.string();
    message.addressed_to = addressed_to(static_cast<Addressed>(bits >> 4U & 3U), channel, in);
    message.payload = in.string();
    if (is_msync) {
        message.format = MessageFormat::msync;
        message.from_device = in.string();
        message.extra = in.string();
    }
    if (!in.done()) return std::nullopt;
    return message;
}

/// Read at once on the way back: what does not fit any more was read in vain, but is not much.
constexpr std::uint64_t step_back = 16;

bool add(MessageSlice& slice, Message&& message, std::size_t bytes_max) {
    const std::size_t bytes = message_bytes(message);
    slice.cut = !slice.messages.empty() && slice.bytes + bytes > bytes_max;
    if (slice.cut) return false;
    slice.bytes += bytes;
    slice.messages.push_back(std::move(message));
    return true;
}

}  // namespace

std::uint64_t detail::message_checksum(BytesView key, BytesView fields) {
    return XXH3_64bits_withSeed(fields.data(), fields.size(), XXH3_64bits(key.data(), key.size()));
}

void put_message(Batch& batch, const Message& message) {
    const Addressed addressed = addressed_of(message);
    Bytes value;
    value.reserve(head_bytes + message.payload.size() + message.client_msg_no.size() + 96);
    const bool is_msync = message.format == MessageFormat::msync;
    value.push_back(static_cast<char>(is_msync ? msync_format : format));
    value.append(sizeof(std::uint64_t), '\0');  // the checksum, once the fields are there
    value.push_back(static_cast<char>(pack_flags(message, addressed)));
    value.push_back(static_cast<char>(message.setting));
    detail::append_varint(value, static_cast<std::uint64_t>(message.id.value()));
    detail::append_varint(value, static_cast<std::uint64_t>(message.at.ms));
    detail::append_text(value, message.from.value());
    detail::append_text(value, message.client_msg_no);
    detail::append_varint(value, message.client_seq);
    detail::append_varint(value, message.expire_s);
    detail::append_text(value, message.topic);
    if (addressed == Addressed::other) detail::append_text(value, message.addressed_to);
    detail::append_text(value, message.payload);
    if (is_msync) {
        detail::append_text(value, message.from_device);
        detail::append_text(value, message.extra);
    }

    const Bytes key = seq_key(message.channel, message.seq);
    Bytes checksum;
    append_be(checksum, detail::message_checksum(key, BytesView(value).substr(head_bytes)));
    value.replace(1, checksum.size(), checksum);
    batch.put(Table::message, key, value);
}

Result<MessageSeq> read_last_seq(const Store& store, SlotId slot, const ChannelKey& channel) {
    const Bytes prefix = detail::channel_key(channel);
    const auto last = store.last(slot, Table::message, prefix, detail::end_of_prefix(prefix));
    if (!last) return std::unexpected(last.error());
    if (!*last) return MessageSeq(0);
    const Bytes& key = (*last)->first;
    if (key.size() != prefix.size() + sizeof(std::uint64_t)) {
        return detail::corrupt(store, slot, Table::message, key);
    }
    return MessageSeq(load_be<std::uint64_t>(BytesView(key).substr(prefix.size())));
}

std::size_t message_bytes(const Message& message) {
    return message.payload.size() + message.topic.size() + message.client_msg_no.size() +
           message.from.value().size() + message.addressed_to.size() + message.from_device.size() +
           message.extra.size();
}

Result<void> visit_messages(const Store& store,
                            SlotId slot,
                            const ChannelKey& channel,
                            MessageSeq first,
                            MessageSeq last,
                            const std::function<bool(Message&&)>& visit) {
    if (first > last) return {};
    const Bytes prefix = detail::channel_key(channel);
    const Bytes end = last.value() == UINT64_MAX ? detail::end_of_prefix(prefix)
                                                 : seq_key(channel, MessageSeq(last.value() + 1));
    std::optional<Bytes> bad;
    const auto scanned = store.scan(
        slot, Table::message, seq_key(channel, first), end, [&](BytesView key, BytesView value) {
            auto message = decode(channel, key, value);
            if (!message) {
                bad = key;
                return false;
            }
            return visit(std::move(*message));
        });
    if (!scanned) return std::unexpected(scanned.error());
    if (bad) return detail::corrupt(store, slot, Table::message, *bad);
    return {};
}

Result<MessageSlice> read_messages(const Store& store,
                                   SlotId slot,
                                   const ChannelKey& channel,
                                   MessageSeq first,
                                   MessageSeq last,
                                   std::size_t count_max,
                                   std::size_t bytes_max) {
    MessageSlice slice;
    if (count_max == 0) return slice;
    const auto visited = visit_messages(store, slot, channel, first, last, [&](Message&& message) {
        if (!add(slice, std::move(message), bytes_max)) return false;
        return slice.messages.size() < count_max;
    });
    if (!visited) return std::unexpected(visited.error());
    return slice;
}

Result<MessageSlice> read_newest_messages(const Store& store,
                                          SlotId slot,
                                          const ChannelKey& channel,
                                          MessageSeq first,
                                          MessageSeq last,
                                          std::size_t count_max,
                                          std::size_t bytes_max) {
    MessageSlice slice;
    const std::uint64_t lowest = std::max<std::uint64_t>(first.value(), 1);
    std::uint64_t high = last.value();
    std::vector<Message> step;
    while (high >= lowest && slice.messages.size() < count_max && !slice.cut) {
        const std::uint64_t count =
            std::min({step_back, count_max - slice.messages.size(), high - lowest + 1});
        step.clear();
        const auto visited = visit_messages(store,
                                            slot,
                                            channel,
                                            MessageSeq(high - count + 1),
                                            MessageSeq(high),
                                            [&](Message&& message) {
                                                step.push_back(std::move(message));
                                                return true;
                                            });
        if (!visited) return std::unexpected(visited.error());
        for (auto message = step.rbegin(); message != step.rend(); ++message) {
            if (!add(slice, std::move(*message), bytes_max)) break;
        }
        high -= count;
    }
    std::ranges::reverse(slice.messages);
    return slice;
}

Result<std::optional<Message>> read_message(const Store& store,
                                            SlotId slot,
                                            const ChannelKey& channel,
                                            MessageSeq seq) {
    const Bytes key = seq_key(channel, seq);
    const auto value = store.get(slot, Table::message, key);
    if (!value) return std::unexpected(value.error());
    if (!*value) return std::nullopt;
    auto message = decode(channel, key, **value);
    if (!message) return detail::corrupt(store, slot, Table::message, key);
    return message;
}

Result<MessageSeq> read_seq_until(const Store& store,
                                  SlotId slot,
                                  const ChannelKey& channel,
                                  MessageId id) {
    const auto last = read_last_seq(store, slot, channel);
    if (!last) return std::unexpected(last.error());
    std::uint64_t low = 0;
    std::uint64_t high = last->value();
    while (low < high) {
        const std::uint64_t middle = low + (high - low + 1) / 2;
        const auto message = read_message(store, slot, channel, MessageSeq(middle));
        if (!message) return std::unexpected(message.error());
        if (*message && (*message)->id <= id) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return MessageSeq(low);
}

Result<std::optional<Message>> find_message(const Store& store,
                                            SlotId slot,
                                            const ChannelKey& channel,
                                            MessageId id) {
    const auto seq = read_seq_until(store, slot, channel, id);
    if (!seq) return std::unexpected(seq.error());
    auto message = read_message(store, slot, channel, *seq);
    if (message && *message && (*message)->id != id) message->reset();
    return message;
}

}  // namespace fenshen::storage
