// SPDX-License-Identifier: Apache-2.0
// What the operator decided about the Easemob side (easemob-config). How many devices a platform
// may have is not here: that is the common device policy.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/secret.h"

namespace fenshen::service {

struct EasemobRules {
    std::string org = "fenshen";
    std::string app = "demo";
    std::string client_id;  ///< empty: no app token is given out
    Secret client_secret;
    bool open_registration = false;
    bool protect_online = false;                ///< an automatic login over the limit ends nobody
    std::chrono::seconds token_ttl{5'184'000};  ///< 0: for ever
    // What a device that was away still gets pushed.
    std::chrono::days offline_age_max{7};
    std::size_t offline_single_max = 500;  ///< messages
    std::size_t offline_group_max = 200;   ///< messages, a group
    std::size_t attachment_bytes_max = 10UL * 1024 * 1024;
    std::chrono::days attachment_age_max{7};  ///< 0: for ever
    /// scrypt's cost as a power of two; 14 is 16 MiB and some 50 ms. Tests take less.
    std::uint8_t password_work = 14;

    std::string app_key() const { return org + "#" + app; }
};

}  // namespace fenshen::service
