// SPDX-License-Identifier: Apache-2.0
// What a recall, an edit and a receipt do to the messages that they are about, and to the message
// that tells of it; what the server adds to what is said in a thread (msync-wire 8.2, 8.4, 9.1).
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/clock.h"
#include "model/error.h"
#include "model/message.h"

namespace fenshen::msync {

/// How often a message can be changed (easemob-rest A42).
inline constexpr std::uint32_t edits_max = 10;

/// The recall takes the message's place: who has not seen it yet never will.
void take_back(fenshen::Message& stored, const fenshen::Message& told);

/// The stored message gets the contents of the body that tells of it; both get word of how often it
/// was edited, which is answered as well: JSON text (msync-wire 8.2). What is said again word for
/// word changes nothing, and `told` becomes the same bytes as before. Errc: bad_request (one of
/// them has no contents), rate_limited (too often).
Result<Bytes> edit(fenshen::Message& stored, fenshen::Message& told, WallTime now);

/// Whether the body says of itself that it is for a thread.
bool is_for_thread(BytesView body);
struct ThreadName {
    MessageId message_id;  ///< that it hangs on
    std::string_view group;
    std::string_view name;
};
/// Says in the body which thread it is for.
void put_thread(Bytes& body, const ThreadName& thread);

/// Puts how many have read a group's message into the receipt for who has sent it.
void put_read_count(fenshen::Message& told, std::size_t readers);

}  // namespace fenshen::msync
