// SPDX-License-Identifier: Apache-2.0
#include "service/devices/login_damper.h"

namespace fenshen::service {

namespace {

constexpr Millis window_length{60'000};

std::string class_key(const LoginSource& source) {
    return std::to_string(source.device_class.value()) + ' ' + source.uid.value();
}

std::string sentence(std::uint32_t limit, std::string_view of, Millis left) {
    return "more than " + std::to_string(limit) + " logins a minute of " + std::string(of) +
           " were refused; try again in " + std::to_string((left.count() + 999) / 1000) + " s";
}

}  // namespace

bool counts_as_failure(domain::LoginWhy why) {
    switch (why) {
        case domain::LoginWhy::no_token_given:
        case domain::LoginWhy::unknown_account:
        case domain::LoginWhy::no_token_for_class:
        case domain::LoginWhy::wrong_token:
        case domain::LoginWhy::token_of_another_class:
        case domain::LoginWhy::token_of_manager:
        case domain::LoginWhy::token_revoked:
            return true;
        default:
            return false;
    }
}

const LoginDamper::Window* LoginDamper::over_limit(const Windows& windows,
                                                   const std::string& key,
                                                   std::uint32_t limit,
                                                   MonoTime now) {
    if (limit == 0) return nullptr;
    const auto found = windows.find(key);
    if (found == windows.end() || found->second.until <= now) return nullptr;
    return found->second.failures > limit ? &found->second : nullptr;
}

std::optional<std::string> LoginDamper::refusal(const LoginSource& source, MonoTime now) const {
    const std::lock_guard lock(mutex_);
    const auto is_spared = [&](const Window& window) {
        if (!source.is_known_device) return false;
        const auto own = window.of_known_devices.find(source.device_id);
        return own == window.of_known_devices.end() || own->second <= own_failures_max;
    };
    const auto* of_class = over_limit(by_class_, class_key(source), limits_.per_class, now);
    if (of_class != nullptr && !is_spared(*of_class)) {
        return sentence(limits_.per_class, "this account and class", of_class->until - now);
    }
    if (source.address.empty() || source.is_known_device) return std::nullopt;
    const auto* of_address = over_limit(by_address_, source.address, limits_.per_address, now);
    if (of_address == nullptr) return std::nullopt;
    return sentence(limits_.per_address, "this address", of_address->until - now);
}

LoginDamper::Window& LoginDamper::window_of(Windows& windows,
                                            const std::string& key,
                                            std::uint32_t limit,
                                            MonoTime now) {
    if (windows.size() >= entries_max && !windows.contains(key)) {
        std::erase_if(windows, [&](const auto& each) { return each.second.until <= now; });
        if (windows.size() >= entries_max) {
            std::erase_if(windows, [&](const auto& each) { return each.second.failures <= limit; });
        }
        if (windows.size() >= entries_max) windows.clear();
    }
    Window& window = windows[key];
    if (window.until <= now) window = {now + window_length, 0, {}};
    return window;
}

void LoginDamper::failed(const LoginSource& source, MonoTime now) {
    const std::lock_guard lock(mutex_);
    if (limits_.per_class > 0) {
        Window& window = window_of(by_class_, class_key(source), limits_.per_class, now);
        ++window.failures;
        if (source.is_known_device) ++window.of_known_devices[source.device_id];
    }
    if (limits_.per_address > 0 && !source.address.empty()) {
        ++window_of(by_address_, source.address, limits_.per_address, now).failures;
    }
}

}  // namespace fenshen::service
