// SPDX-License-Identifier: Apache-2.0
// The JSON of Namespace::notify (msync-wire 9.2, 10.1): what a user's devices are told of changes
// that are no message. Each append_json() appends one text, minified, without control characters:
// the SDK misreads bytes below 0x10.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace fenshen::msync {

/// Whether the SDK can read `json` as Meta::payload or Meta::meta, as far as its bytes go.
bool fits_notify(BytesView json);

enum class ConversationKind : std::uint8_t { single, group, chat_room };

/// To the user's other devices; message pins to the others concerned as well.
struct ConversationNotice {
    enum class Operation : std::uint8_t {
        remove,
        pin,
        unpin,
        mark,
        unmark,
        pin_message,
        unpin_message,
    };
    Operation operation{};
    std::string_view id{};  ///< peer or group
    ConversationKind kind{};
    std::uint64_t timestamp_ms = 0;
    std::string_view resource{};  ///< the acting device, which ignores the notice
    std::string_view from{};      ///< the acting user
    std::string_view ext{};       ///< "mark_0" to "mark_19", or the id of the pinned message
};

struct RoamingDeleteNotice {
    std::string_view to{};  ///< peer or group
    ConversationKind kind{};
    std::string_view resource{};  ///< the acting device, which ignores the notice
};

struct SilentModeNotice {
    enum class Target : std::uint8_t { user, group };
    std::string_view resource{};  ///< the acting device, which ignores the notice
    Target target{};
    std::string_view id{};         ///< of a user or group; of the user itself: the whole app
    std::string_view data = "{}";  ///< a JSON object; an empty one: silent mode was taken away
};

/// One user a notice: the SDK mixes up the devices of several (easemob-multidevice 5.6).
struct PresenceNotice {
    struct Device {
        std::string_view resource{};
        std::string_view status{};  ///< "0" is offline
    };
    std::string_view uid{};
    std::uint64_t last_time_s = 0;
    std::uint64_t expiry_s = 0;
    std::string_view ext{};
    std::vector<Device> devices{};
};

/// To all members of the parent group; not to be mistaken for MucBody's thread operations, which
/// are for the acting user's other devices (easemob-multidevice 5.3).
struct ThreadNotice {
    enum class Operation : std::uint8_t { create, update, update_message, remove };
    Operation operation{};
    std::string_view id{};
    std::string_view name{};
    std::string_view muc_parent_id{};  ///< the group
    std::string_view msg_parent_id{};  ///< the message that it began with
    std::uint64_t timestamp_ms = 0;
    std::string_view from{};
    std::optional<std::uint32_t> message_count{};
    std::string_view last_message{};  ///< a JSON object, or nothing
};

struct ReactionNotice {
    std::string_view from{};
    std::string_view to{};
    ConversationKind kind{};
    std::string_view message_id{};
    std::string_view reactions = "[]";  ///< a JSON array
    std::uint64_t timestamp_ms = 0;
};

// What stands in a notice as JSON is copied as it is, but for white space control characters, which
// are left out. Precondition: valid JSON.
void append_json(Bytes& out, const ConversationNotice& notice);
void append_json(Bytes& out, const RoamingDeleteNotice& notice);
void append_json(Bytes& out, const SilentModeNotice& notice);
void append_json(Bytes& out, const PresenceNotice& notice);
void append_json(Bytes& out, const ThreadNotice& notice);
void append_json(Bytes& out, const ReactionNotice& notice);

}  // namespace fenshen::msync
