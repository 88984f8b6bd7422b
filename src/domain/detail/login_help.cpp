// SPDX-License-Identifier: Apache-2.0
#include "domain/detail/login_help.h"

#include "base/json_writer.h"

namespace fenshen::domain::detail {

Mend register_token(const Uid& uid, DeviceClass device_class, std::uint8_t device_level) {
    Mend mend{"Register a token for class " + std::to_string(device_class.value()),
              "POST",
              "/user/token",
              {}};
    JsonWriter json(mend.body);
    json.begin_object()
        .member("uid", uid.value())
        .member("device_flag", device_class.value())
        .member("device_level", device_level)
        .member("token", "<token>")
        .end_object();
    return mend;
}

Mend lift_ban(const Uid& uid) {
    Mend mend{
        "Lift the ban (this sets the account's other flags, too)", "POST", "/channel/info", {}};
    JsonWriter json(mend.body);
    json.begin_object()
        .member("channel_id", uid.value())
        .member("channel_type", 1)
        .member("ban", 0)
        .end_object();
    return mend;
}

std::string sdk_hint(DeviceClass device_class) {
    switch (device_class.value()) {
        case 0:
            return "The Android, iOS, Flutter and Go SDKs connect as class 0 unless told "
                   "otherwise.";
        case 1:
            return "The JavaScript SDK connects as class 1 unless told otherwise.";
        case 2:
            return "The Python, C++, Rust and C# easy SDKs connect as class 2 unless told "
                   "otherwise.";
        case 3:
            return "The Android and iOS easy SDKs up to 1.0.2 number their classes from 1: app 1, "
                   "web 2, desktop 3.";
        default:
            return {};
    }
}

}  // namespace fenshen::domain::detail
