// SPDX-License-Identifier: Apache-2.0
#include "domain/detail/devices.h"

#include <algorithm>

namespace fenshen::domain::detail {

namespace {

Device device_of(std::span<const LiveSession* const> sessions) {
    const LiveSession& any = *sessions.front();
    Device device{any.device_class, &any.device_id, any.login_at, any.family};
    device.sessions = sessions;
    for (const auto* session : sessions) {
        device.login_at = std::min(device.login_at, session->login_at);
        device.family = std::min(device.family, session->family);
        device.is_main = device.is_main || session->level == DeviceLevel::main;
    }
    return device;
}

}  // namespace

std::vector<Device> gather(SessionPointers& sessions) {
    const auto name = [](const LiveSession* session) {
        return std::tie(session->device_class, session->device_id);
    };
    std::ranges::sort(sessions, {}, name);
    std::vector<Device> devices;
    const std::span<const LiveSession* const> all(sessions);
    for (std::size_t first = 0; first < all.size();) {
        std::size_t end = first + 1;
        while (end < all.size() && name(all[end]) == name(all[first])) ++end;
        devices.push_back(device_of(all.subspan(first, end - first)));
        first = end;
    }
    std::ranges::sort(devices, {}, &Device::order);
    return devices;
}

std::optional<std::string> make_place(std::vector<Device>& others,
                                      const Device& comer,
                                      const Scope& scope) {
    std::vector<Device*> inside;
    for (auto& device : others) {
        if (device.leaves == nullptr && scope.includes(device.device_class)) {
            inside.push_back(&device);
        }
    }
    const std::size_t places = std::size_t{scope.devices_max} - 1;  // without the newcomer's
    if (inside.size() <= places) return std::nullopt;

    if (scope.over == Over::refuse_newest) {
        const auto earlier = std::ranges::count_if(
            inside, [&](const Device* device) { return device->order() < comer.order(); });
        const bool has_place = static_cast<std::size_t>(earlier) <= places;
        if (comer.is_returning && has_place) return std::nullopt;
        return scope.sentence;
    }
    const std::size_t too_many = inside.size() - places;
    if (scope.rule == EndRule::class_limit && !comer.is_main) {
        std::erase_if(inside, [](const Device* device) { return device->is_main; });
    }
    if (inside.size() < too_many) return scope.sentence + ", and a main device holds it";
    for (std::size_t i = 0; i < too_many; ++i) inside[i]->leaves = &scope;
    return std::nullopt;
}

void add_ended(const Device& device, const Scope& scope, std::vector<Ended>& ended) {
    for (const auto* session : device.sessions) {
        ended.push_back({session->session, scope.rule, scope.sentence});
    }
}

}  // namespace fenshen::domain::detail
