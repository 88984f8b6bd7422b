// SPDX-License-Identifier: Apache-2.0
// How a stored message looks to a client of either family (architecture 8): text is text in both;
// what one family has no word for becomes a text that says so. What was sent is kept as it was, so
// that its own family gets every byte of it.
#pragma once

#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "model/message.h"
#include "protocol/msync/messages.h"

namespace fenshen::msync {

/// What a WuKong client is given as payload: the message's own, or JSON text of the kinds that
/// WuKong apps know: {"type":1,"content":...}, {"type":99,"cmd":...}. None: there is nothing to
/// show (an acknowledgement).
std::optional<Bytes> wukong_payload_of(const fenshen::Message& message);

/// An empty `resource`: every device.
Jid user_jid(std::string_view app_key, std::string_view name, std::string_view resource = {});
Jid group_jid(std::string_view app_key, std::string_view name);

/// How a Meta that is handed out is made.
struct MetaForm {
    std::string_view app_key;  ///< "org#app"
    /// Whether it comes as it is said, or to a device that was away; none: not said (history).
    std::optional<bool> is_online = {};
};

/// Appends the message as a serialized Meta (msync-wire 9.1): what an MSync device is given, what
/// history holds. A WuKong payload becomes a text body, or a command; the payload itself goes along
/// as `wukong_payload` in the body's ext, where it is a JSON object.
void append_meta(Bytes& out, const fenshen::Message& message, const MetaForm& form);

/// The MessageBody alone.
Bytes body_of(const fenshen::Message& message);

}  // namespace fenshen::msync
