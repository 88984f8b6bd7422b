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

/// Which protocol family a session speaks.
enum class Family : std::uint8_t { wukong, msync };

struct LiveSession {
    SessionRef session;
    DeviceClass device_class;
    DeviceId device_id;
    DeviceLevel level = DeviceLevel::secondary;
    Family family = Family::wukong;
    WallTime login_at;  ///< a reconnect of the same device keeps its time
    bool operator==(const LiveSession&) const = default;
};

struct Newcomer {
    DeviceClass device_class;
    DeviceId device_id;
    DeviceLevel level = DeviceLevel::secondary;
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
    std::string sentence;  ///< for people: "main device alone in class 5 (ios)"
    bool is_told() const { return rule != EndRule::same_device; }
    bool operator==(const Ended&) const = default;
};

struct Admit {
    WallTime login_at;         ///< the newcomer's place in the order of logins
    std::vector<Ended> ended;  ///< in the order of their references
};
struct Refuse {
    enum class Why : std::uint8_t { class_not_allowed, limit_reached };
    Why why = Why::limit_reached;
    std::string sentence;
};
using Admission = std::variant<Admit, Refuse>;

/// A refusal ends nobody. Two devices are the same when class and device id are; also when both ids
/// are empty.
Admission admit(std::span<const LiveSession> live,
                const Newcomer& newcomer,
                const Policy& policy,
                WallTime now);

}  // namespace fenshen::domain
