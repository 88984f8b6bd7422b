// SPDX-License-Identifier: Apache-2.0
// Tokens of device classes (wukong-http 5.1, 5.2).
#pragma once

#include <cstdint>
#include <string>

#include "api/wukong/detail/endpoint.h"
#include "model/ids.h"

namespace fenshen::api::wukong {

/// Registers the token of (uid, device_flag). A main level ends every session of that class, also
/// when the token is the same. A banned account: STATUS(19), a disbanded one: STATUS(24).
struct SetUserToken {
    static constexpr Route route{http::Method::post, "/user/token"};
    struct Input {
        Uid uid;
        Bytes token;
        DeviceClass device_class;
        std::uint8_t device_level = 0;
    };
    static Input read(http::JsonObject& body);
    static std::string_view refusal(const Input& input);
    static Task<http::Response> run(Context& context, Input input);
};

/// Revokes the token of a class and ends its sessions; -1: of every class of the account.
struct QuitDevice {
    static constexpr Route route{http::Method::post, "/user/device_quit"};
    struct Input {
        Uid uid;
        int device_flag = 0;
    };
    static Input read(http::JsonObject& body);
    static std::string_view refusal(const Input& input);
    static Task<http::Response> run(Context& context, Input input);
};

}  // namespace fenshen::api::wukong
