// SPDX-License-Identifier: Apache-2.0
// The life of an account's sessions on its own loop: login, end, loss. Every decision about devices
// passes here.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/task.h"
#include "domain/admit.h"
#include "model/error.h"
#include "model/ids.h"
#include "service/session_port.h"
#include "storage/batch.h"

namespace fenshen::service {

struct AccountEntry;
class Shard;
struct World;

/// A device that wants in.
struct ConnectCommand {
    SessionRef session;
    Uid uid;
    DeviceId device_id;
    DeviceClass device_class;
    Bytes token;
    domain::Family family = domain::Family::wukong;
    std::string client;            ///< "wkproto 5", "json"
    std::string device_name = {};  ///< as its owner calls it, where the protocol tells
    std::string address;           ///< where it comes from: "127.0.0.1:40122"
    bool key_missing =
        false;  ///< encrypted protocol without a client key; refused after token and ban
    bool key_broken = false;
    bool is_automatic = false;  ///< nobody pressed a button: it may be refused for those online
    /// What the device says of itself to those whose place it takes (msync-wire 4.1).
    std::string info = {};
};
/// Decides on the account's loop; the answer goes to the session's loop as
/// `SessionPort::connect_decided`.
void connect_device(World& world, ConnectCommand command);

/// A session is gone: its peer closed, it was lost, or it was ended and has closed at last.
struct SessionClosed {
    SessionRef session;
    Uid uid;
    std::string why;  ///< "lost", "logged_out", "too_slow", "stopped"
};
void session_closed(World& world, SessionClosed closed);

/// Ends those sessions of `entry` that `is_meant` picks: they get no message from now on, are told,
/// closed, and written down. On the account's loop. Answers which.
std::vector<domain::LiveSession> end_sessions(
    Shard& shard,
    AccountEntry& entry,
    const std::function<bool(const domain::LiveSession&)>& is_meant,
    const SessionEnd& end);

struct OnlineDevice {
    Uid uid;
    DeviceClass device_class;
};
/// One entry a live session (wukong-http 5.3), in the order of `uids`.
Task<std::vector<OnlineDevice>> online_devices(World& world, std::vector<Uid> uids);

}  // namespace fenshen::service
