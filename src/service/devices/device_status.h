// SPDX-License-Identifier: Apache-2.0
// Who wants to hear that devices of Easemob clients come and go (easemob-rest 5.4).
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "model/ids.h"

namespace fenshen::service {

struct DeviceStatus {
    enum class Reason : std::uint8_t { login, logout, replaced };
    Reason reason = Reason::login;
    Uid uid;
    DeviceClass device_class;
    DeviceId device_id;
    std::string address;  ///< without its port
    std::string client;   ///< "msync 4.21.1", as far as it said
    WallTime at;
};

class DeviceStatusListener {
public:
    virtual ~DeviceStatusListener() = default;
    /// Once it is durable; on the account's loop, so it must not wait.
    virtual void device_status(const DeviceStatus& status) = 0;
};

}  // namespace fenshen::service
