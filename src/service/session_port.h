// SPDX-License-Identifier: Apache-2.0
// What services say to the sessions of a loop. The gateways implement it, one object a loop; every
// call is made on that loop. A session that has gone meanwhile is no error.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "domain/admit.h"
#include "domain/login.h"
#include "model/error.h"
#include "model/ids.h"
#include "model/message.h"
#include "service/devices/closing.h"

namespace fenshen::service {

/// What became of one SEND.
struct SendOutcome {
    SessionRef session;  ///< who asked; serial 0: nobody waits (sent through the API)
    std::uint32_t client_seq = 0;
    MessageFlags flags;
    MessageId id;
    MessageSeq seq;             ///< 0 when refused or not stored
    std::optional<Errc> error;  ///< none: accepted, and durable unless `no_persist`
    WallTime at = {};           ///< when it was accepted; none where it was refused
};

/// A message for one session.
struct SessionDelivery {
    std::uint64_t serial = 0;
    SharedMessage message;
};

struct AccountEvent;
/// An event of its account for one session (service/social/account_events.h).
struct SessionEvent {
    std::uint64_t serial = 0;
    std::shared_ptr<const AccountEvent> event;
};

/// The answer to a login.
struct ConnectOutcome {
    std::uint64_t serial = 0;
    domain::LoginDecision decision;
    bool muted = false;                             ///< the account may send nothing
    std::optional<WallTime> token_expires_at = {};  ///< none: never, as far as is known
    std::optional<Errc> error;                      ///< the decision could not be made
};

/// Why a session is ended, in words for its person; protocols choose their own code.
struct SessionEnd {
    std::uint64_t serial = 0;
    bool tell = true;              ///< say so first; else only close
    std::string text = {};         ///< for the person, as the protocol's reason text
    std::string why = {};          ///< "replaced", "kicked", "limit", "token_changed", ... (v1-api)
    std::string rule = {};         ///< which rule ended it, where one did
    std::string by = {};           ///< JSON of who caused it, or empty
    std::string winner_info = {};  ///< what the device that took its place says of itself
    /// Two devices that end each other in turn, by name, when that is noticed just now.
    std::string mutual = {};
    UntilClosed until_closed = {};  ///< kept until the socket is closed
};

class SessionPort {
public:
    virtual ~SessionPort() = default;
    virtual void connect_decided(const ConnectOutcome& outcome) = 0;
    virtual void sends_decided(std::span<const SendOutcome> outcomes) = 0;
    virtual void deliver(std::span<const SessionDelivery> deliveries) = 0;
    virtual void end(const SessionEnd& end) = 0;
    virtual void set_muted(std::uint64_t serial, bool muted) = 0;
    /// Committed events, ascending for each session, never what its own device caused. A protocol
    /// that has no words for them lets them pass.
    virtual void account_events(std::span<const SessionEvent> /*events*/) {}
};

}  // namespace fenshen::service
