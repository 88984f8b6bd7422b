// SPDX-License-Identifier: Apache-2.0
// A message as it is stored and handed on, in no protocol's terms (wukong-semantics 4.1).
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/clock.h"
#include "model/channel.h"
#include "model/ids.h"

namespace fenshen {

/// The sender's wishes (wukong-wire 8.6).
struct MessageFlags {
    bool no_persist = false;  ///< online only: no sequence, no retry, no unread
    bool red_dot = false;     ///< counts as unread in the clients
    bool sync_once = false;   ///< a command for the app, not to be shown
    bool dup = false;         ///< said again; only ever echoed to the sender, never kept
    bool operator==(const MessageFlags&) const = default;
};

/// Which family a payload was written for. Each is kept byte for byte; readers of the other get
/// what translates (architecture 8).
enum class MessageFormat : std::uint8_t {
    wukong = 0,  ///< what the app of a WuKong client says: mostly JSON text
    msync = 1,   ///< an MSync MessageBody, `from` being the sender
};

struct Message {
    MessageId id;
    MessageSeq seq;  ///< 0 when not stored
    ChannelKey channel;
    Uid from;
    /// What the sender wrote as channel id; a person channel's peer. The reader's view is made from
    /// it.
    std::string addressed_to;
    std::string client_msg_no;
    std::uint32_t client_seq = 0;
    MessageFlags flags;
    std::uint8_t setting = 0;  ///< wukong-wire 2.13
    std::uint32_t expire_s = 0;
    std::string topic;
    WallTime at;    ///< when it was accepted
    Bytes payload;  ///< opaque
    MessageFormat format = MessageFormat::wukong;
    // Of MSync messages only:
    std::string from_device;  ///< the resource that said it; empty: none (the API)
    Bytes extra;              ///< the Meta's `ext` and `meta`: a serialized Meta of these alone
    /// Not stored: the one device it is for; empty: every one.
    std::string to_device;
    /// Not stored: the sender's own devices are not given it.
    bool spares_sender = false;
    bool operator==(const Message&) const = default;
};

/// Encrypted and in Base64 it still fits the longest frame that clients take (wukong-wire 1.2).
inline constexpr std::size_t message_payload_bytes_max = 700UL * 1024;

using SharedMessage = std::shared_ptr<const Message>;

}  // namespace fenshen
