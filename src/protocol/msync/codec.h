// SPDX-License-Identifier: Apache-2.0
// The MSync codec (msync-wire 3 to 10): protobuf to the structs of messages.h and bodies.h and
// back, both directions, without a protobuf library. Functions of bytes, thread-safe, without
// state. docs/protocol/msync.md says where it is stricter than a general reader.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string_view>

#include "base/bytes.h"
#include "protocol/msync/bodies.h"
#include "protocol/msync/messages.h"

namespace fenshen::msync {

/// All are judged before anything is allocated for what they limit.
struct Limits {
    std::size_t message_bytes_max = 1024UZ * 1024;  ///< what decode() is handed
    std::size_t string_bytes_max = 64UZ * 1024;     ///< one text; bytes fields are not texts
    /// Of all repeated fields of one decode() together, those of nested messages too: each may cost
    /// hundreds of bytes for two on the wire.
    std::size_t elements_max = 1024;
    std::size_t nesting_max = 8;  ///< messages and unknown groups; the schema needs 4
};

enum class WireError : std::uint8_t {
    message_too_big,
    string_too_long,
    too_many_elements,
    too_deep,
    truncated,        ///< the bytes end inside a field
    bad_varint,       ///< more than ten bytes, or than 64 bits
    bad_tag,          ///< field number 0 or above 2^29-1, or a wire type that does not exist
    wrong_wire_type,  ///< a known field in another field's clothes
    bad_group,        ///< a group's end without its beginning
};
std::string_view name_of(WireError error);

template <class T, class... Ts>
concept OneOf = (std::same_as<T, Ts> || ...);

/// Everything that decode() and encode() are there for.
template <class T>
concept Message = OneOf<T,
                        Jid,
                        KeyValue,
                        Envelope,
                        Meta,
                        Status,
                        SyncUl,
                        SyncDl,
                        Notice,
                        UnreadUl,
                        UnreadDl,
                        Provision,
                        Logout,
                        MessageBody,
                        MessageHead,
                        MucBody,
                        RosterBody,
                        StatisticsBody,
                        ConferenceBody>;

/// What a server sends in an Envelope.
template <class T>
concept Downstream = OneOf<T, SyncDl, UnreadDl, Notice, Provision, Logout>;

/// Reads all of `in`. The message's views look into `in`. Texts are not checked to be UTF-8.
template <Message T>
std::expected<T, WireError> decode(BytesView in, const Limits& limits = {});

/// Appends the message, byte for byte as the official library does: fields in the order of their
/// numbers. Precondition: `SyncDl::metas` are serialized Metas. What is larger than the limits is
/// written all the same: it is the caller who knows them.
template <Message T>
void encode(Bytes& out, const T& message);

/// How many bytes encode() appends.
template <Message T>
std::size_t encoded_size(const T& message);

/// Appends a whole downstream Envelope: version, command by the type of `payload`, and `payload`:
/// all that the SDK reads (msync-wire 3). The payload is written in place, not encoded first and
/// copied then.
template <Downstream T>
void append_frame(Bytes& out, const T& payload);

/// Appends the serialized MessageBody `body` with `sender` in the place of its `from`. Every other
/// field is kept byte for byte, those this codec does not know as well. An error leaves `out` as it
/// was. Receivers believe MessageBody.from (msync-wire 9.1): so nothing that a client sent is
/// delivered without this, or without having compared it (MessageHead).
std::expected<void, WireError> set_sender(Bytes& out,
                                          BytesView body,
                                          const Jid& sender,
                                          const Limits& limits = {});

}  // namespace fenshen::msync
