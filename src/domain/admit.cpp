// SPDX-License-Identifier: Apache-2.0
#include "domain/admit.h"

#include <algorithm>
#include <string>

#include "domain/class_names.h"
#include "domain/detail/devices.h"
#include "domain/detail/scopes.h"

namespace fenshen::domain {

namespace {

using detail::Device;

bool is_device_of(const LiveSession& session, const Newcomer& newcomer) {
    return session.device_class == newcomer.device_class && session.device_id == newcomer.device_id;
}

struct Sides {
    Device comer;
    detail::SessionPointers others;
};
Sides tell_apart(std::span<const LiveSession> live, const Newcomer& newcomer, WallTime now) {
    Sides sides{{newcomer.device_class, &newcomer.device_id, now, newcomer.family}, {}};
    Device& comer = sides.comer;
    comer.is_main = newcomer.level == DeviceLevel::main;
    for (const auto& session : live) {
        if (!is_device_of(session, newcomer)) {
            sides.others.push_back(&session);
            continue;
        }
        comer.login_at =
            comer.is_returning ? std::min(comer.login_at, session.login_at) : session.login_at;
        comer.is_returning = true;
    }
    return sides;
}

void end_own_sessions(std::span<const LiveSession> live,
                      const Newcomer& newcomer,
                      std::vector<Ended>& ended) {
    for (const auto& session : live) {
        if (!is_device_of(session, newcomer)) continue;
        ended.push_back({session.session, EndRule::same_device, "same device came back"});
    }
}

void end_class(detail::SessionPointers& others,
               DeviceClass device_class,
               std::vector<Ended>& ended) {
    const auto sentence = "main device alone in class " + std::to_string(device_class.value());
    std::erase_if(others, [&](const LiveSession* session) {
        if (session->device_class != device_class) return false;
        ended.push_back({session->session, EndRule::main_device_alone, sentence});
        return true;
    });
}

/// Why the newcomer must not be without another device that is not there; empty: it may.
std::string missing_company(std::span<const LiveSession> live,
                            const Newcomer& newcomer,
                            const Policy& policy) {
    const auto wanted = policy.only_with.find(newcomer.device_class);
    if (wanted == policy.only_with.end()) return {};
    const auto& company = wanted->second;
    const bool is_there = std::ranges::any_of(
        live, [&](const LiveSession& session) { return company.contains(session.device_class); });
    if (is_there) return {};
    std::string names;
    for (const auto device_class : company) {
        names += (names.empty() ? "" : ", ") + number_and_name(device_class);
    }
    return "class " + number_and_name(newcomer.device_class) +
           " is let in only while one of these is online: " + names;
}

}  // namespace

Admission admit(std::span<const LiveSession> live,
                const Newcomer& newcomer,
                const Policy& policy,
                WallTime now) {
    const auto scopes = detail::scopes_of(newcomer.device_class, newcomer.family, policy);
    for (const auto& scope : scopes) {
        if (scope.devices_max == 0) return Refuse{Refuse::Why::class_not_allowed, scope.sentence};
    }
    if (auto missing = missing_company(live, newcomer, policy); !missing.empty()) {
        return Refuse{Refuse::Why::class_not_allowed, std::move(missing)};
    }
    auto [comer, others] = tell_apart(live, newcomer, now);
    Admit admitted{comer.login_at, {}};
    if (!policy.many_tabs.contains(newcomer.device_class)) {
        end_own_sessions(live, newcomer, admitted.ended);
    }
    if (comer.is_main) end_class(others, newcomer.device_class, admitted.ended);
    if (!scopes.empty()) {
        auto devices = detail::gather(others);
        for (const auto& scope : scopes) {
            if (auto refusal = detail::make_place(devices, comer, scope)) {
                return Refuse{Refuse::Why::limit_reached, std::move(*refusal)};
            }
        }
        for (const auto& device : devices) {
            if (device.leaves) detail::add_ended(device, *device.leaves, admitted.ended);
        }
    }
    std::ranges::sort(admitted.ended, {}, &Ended::session);
    return admitted;
}

std::vector<Ended> enforce(std::span<const LiveSession> live, const Policy& policy) {
    detail::SessionPointers sessions;
    for (const auto& session : live) sessions.push_back(&session);
    std::vector<Ended> ended;
    std::vector<Device> stay;
    for (const auto& device : detail::gather(sessions)) {
        const auto scopes = detail::scopes_of(device.device_class, device.family, policy);
        const auto refusing = std::ranges::find_if(scopes, [&](const auto& scope) {
            return scope.devices_max == 0 || detail::make_place(stay, device, scope);
        });
        if (refusing != scopes.end()) {
            detail::add_ended(device, *refusing, ended);
            for (auto& other : stay) other.leaves = nullptr;
            continue;
        }
        std::erase_if(stay, [&](const Device& other) {
            if (other.leaves) detail::add_ended(other, *other.leaves, ended);
            return other.leaves != nullptr;
        });
        stay.push_back(device);
    }
    std::ranges::sort(ended, {}, &Ended::session);
    return ended;
}

}  // namespace fenshen::domain
