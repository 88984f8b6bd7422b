// SPDX-License-Identifier: Apache-2.0
// The devices of an account: who is online, who was, and ending them (v1-api "Devices").
#pragma once

#include <optional>

#include "api/v1/detail/cursor.h"
#include "api/v1/detail/endpoint.h"
#include "service/devices/devices.h"

namespace fenshen::api::v1 {

/// Last seen first: those online, by class and id, then the others.
struct ListDevices {
    static constexpr Route route{http::Method::get, "/v1/accounts/{uid}/devices"};
    struct Input {
        Uid uid;
        std::optional<bool> online;  ///< those online only, or those offline
        std::size_t limit = 0;
        std::optional<detail::DevicePlace> after;
    };
    static Input read(detail::Asked& asked);
    static Task<http::Response> run(Context& context, Input input);
};

/// Ends a device and takes it out of the registry; the history keeps what it did.
struct ForgetDevice {
    static constexpr Route route{http::Method::del, "/v1/accounts/{uid}/devices/{device_id}"};
    struct Input {
        Uid uid;
        DeviceClass device_class;
        DeviceId device_id;
    };
    static Input read(detail::Asked& asked);
    static Task<http::Response> run(Context& context, Input input);
};

/// Ends one device, a class, or all. A device id alone will do where one class has it.
struct EndDevices {
    static constexpr Route route{http::Method::post, "/v1/accounts/{uid}/end"};
    struct Input {
        service::EndDevices command;
    };
    static Input read(detail::Asked& asked);
    static Task<http::Response> run(Context& context, Input input);
};

}  // namespace fenshen::api::v1
