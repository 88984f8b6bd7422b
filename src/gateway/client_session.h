// SPDX-License-Identifier: Apache-2.0
// What a protocol does on a connection: takes bytes, is told what services decided. It knows no
// socket; Connection knows no protocol.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"
#include "model/message.h"
#include "service/session_port.h"

namespace fenshen::gateway {

enum class CloseReason : std::uint8_t {
    peer_closed,
    idle,
    login_timeout,
    protocol_error,
    too_slow,
    refused,
    ended,
    stopping,
    socket_error,
    input_crowded,  ///< too many incomplete frames on one loop, and this was among the longest
    count_,
};
std::string_view name_of(CloseReason reason);

class ClientSession {
public:
    virtual ~ClientSession() = default;

    /// Bytes of the stream; answers how many of them it has taken: whole frames from the front, as
    /// long as it is not held. What is left comes again, with more behind it. `is_whole_text`: a
    /// WebSocket text message ends here.
    virtual std::size_t on_bytes(BytesView in, bool is_whole_text) = 0;
    /// Takes no bytes at the moment: a login is being decided, or too many sends are under way.
    virtual bool is_held() const = 0;
    /// Past its login: other time limits count.
    virtual bool is_logged_in() const = 0;
    /// The connection is gone; the last call.
    virtual void on_closed(CloseReason reason) = 0;
    /// About every second.
    virtual void on_tick(MonoTime now) = 0;

    virtual void on_connect_decided(const service::ConnectOutcome& outcome) = 0;
    virtual void on_send_decided(const service::SendOutcome& outcome) = 0;
    virtual void on_message(const SharedMessage& message) = 0;
    virtual void on_end(const service::SessionEnd& end) = 0;
    virtual void on_muted(bool muted) = 0;
    /// Something has changed about the account; a protocol without words for it lets it pass.
    virtual void on_account_event(const std::shared_ptr<const service::AccountEvent>& /*event*/) {}
};

}  // namespace fenshen::gateway
