// SPDX-License-Identifier: Apache-2.0
// Slows down those who try passwords: after too many refused logins of one (account, class), or
// from one address, more are refused unseen until the minute is over (v1-api "damped"). A device
// that the account has used before is judged by its own failures, so strangers cannot lock it out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/clock.h"
#include "domain/login.h"
#include "model/ids.h"

namespace fenshen::service {

struct DamperLimits {
    std::uint32_t per_class = 30;     ///< failures a minute of one (account, class); 0: no limit
    std::uint32_t per_address = 300;  ///< failures a minute from one address; 0: no limit
};

/// Who wants in, as far as it matters here.
struct LoginSource {
    Uid uid;
    DeviceClass device_class;
    DeviceId device_id;
    bool is_known_device = false;  ///< the account has used it before
    std::string address;           ///< without a port; empty: unknown, not counted
};

/// Whether a refusal counts: what a guesser would see, not limits or bans.
bool counts_as_failure(domain::LoginWhy why);

/// Thread-safe. Memory is bounded: when too many are counted, those that are not over their limit
/// are forgotten first.
class LoginDamper {
public:
    explicit LoginDamper(DamperLimits limits) : limits_(limits) {}

    /// Why `source` is not even looked at now, as a half sentence; nullopt: it is.
    std::optional<std::string> refusal(const LoginSource& source, MonoTime now) const;
    void failed(const LoginSource& source, MonoTime now);

    /// Of one table.
    static constexpr std::size_t entries_max = 65'536;
    /// A known device goes on until so many failures are its own.
    static constexpr std::uint32_t own_failures_max = 10;

private:
    struct Window {
        MonoTime until;  ///< a window begins with the first failure
        std::uint32_t failures = 0;
        std::map<DeviceId, std::uint32_t> of_known_devices;
    };
    using Windows = std::unordered_map<std::string, Window>;

    static Window& window_of(Windows& windows,
                             const std::string& key,
                             std::uint32_t limit,
                             MonoTime now);
    static const Window* over_limit(const Windows& windows,
                                    const std::string& key,
                                    std::uint32_t limit,
                                    MonoTime now);

    const DamperLimits limits_;
    mutable std::mutex mutex_;
    Windows by_class_;    // uid, class
    Windows by_address_;  // address
};

}  // namespace fenshen::service
