// SPDX-License-Identifier: Apache-2.0
// The one rule for devices (wukong-wire 5.7; requirements D2-D5): who stays online when a device
// comes. A pure function of who is there; the order in which they are listed never matters.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "domain/policy.h"
#include "model/ids.h"

namespace fenshen::domain {

struct LiveSession {
    SessionRef session;
    DeviceClass device_class;
    DeviceId device_id;
    DeviceLevel level = DeviceLevel::secondary;
    Family family = Family::wukong;
    WallTime login_at;  ///< a reconnect of the same device keeps its time
    // For people only: no rule asks for it.
    WallTime since = {};       ///< when this very session logged in
    std::string address = {};  ///< where it comes from: "127.0.0.1:40122"
    bool operator==(const LiveSession&) const = default;
};

struct Newcomer {
    DeviceClass device_class;
    DeviceId device_id;
    DeviceLevel level = DeviceLevel::secondary;
    Family family = Family::wukong;
};

enum class EndRule : std::uint8_t {
    same_device,  ///< the device itself has come back: its old connection is closed without a word
    main_device_alone,  ///< a main device is alone in its class
    class_limit,
    group_limit,
    single_device,
};

struct Ended {
    SessionRef session;
    EndRule rule = EndRule::same_device;
    std::string sentence;  ///< the rule for people: "main device alone in class 5"
    /// Whether the session is told (DISCONNECT 12), or only closed.
    bool is_told() const { return rule != EndRule::same_device; }
    bool operator==(const Ended&) const = default;
};

struct Admit {
    WallTime login_at;         ///< the newcomer's place in the order of logins
    std::vector<Ended> ended;  ///< each session once, in the order of their references
    bool operator==(const Admit&) const = default;
};
struct Refuse {
    enum class Why : std::uint8_t { class_not_allowed, limit_reached };
    Why why = Why::limit_reached;
    std::string sentence;
    bool operator==(const Refuse&) const = default;
};
using Admission = std::variant<Admit, Refuse>;

/// Two devices are the same when class and device id are; also when both ids are empty. Limits
/// count devices, not sessions.
///
/// * A limit of 0 refuses, and so does a class that the newcomer may only be beside and that is not
///   online. A refusal ends nobody.
/// * A device that comes back takes its own place, keeps its login time, and displaces its own
///   sessions (not in a class of many tabs).
/// * A main newcomer ends every other device of its class. A secondary never ends a main of its
///   class; where mains alone fill the class's limit, it is refused.
/// * Over a limit the earliest logins end, or the newcomer is refused. One that comes back is as
///   new as its login time: where a limit was lowered, those beyond it are refused when they
///   reconnect.
/// * Other classes are touched by groups and by single-device mode alone; these ask for no level.
///
/// Linear in `live` where no limit concerns the newcomer, else n log n.
Admission admit(std::span<const LiveSession> live,
                const Newcomer& newcomer,
                const Policy& policy,
                WallTime now);

/// Whom a policy that is put in force ends: as though the devices had come in the order of their
/// logins. Nobody in a world that was admitted under it. In the order of their references.
std::vector<Ended> enforce(std::span<const LiveSession> live, const Policy& policy);

}  // namespace fenshen::domain
