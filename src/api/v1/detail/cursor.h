// SPDX-License-Identifier: Apache-2.0
// Where a page ended, as a text that means nothing to its reader: `next`, given back as `?after=`.
// It names the place in the order of the list, not an item, so items may come and go in between.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/ids.h"
#include "service/devices/devices.h"
#include "service/devices/policies.h"

namespace fenshen::api::v1::detail {

inline constexpr std::string_view bad_cursor = "must be the `next` of a page before";

/// Lists that are numbered, newest first. 0 is no cursor.
std::string cursor_of(std::uint64_t number);
std::optional<std::uint64_t> number_of(std::string_view cursor);

/// Devices, last seen first: those that are online before all others, since they are seen now, and
/// in an order that does not change while they stay.
struct DevicePlace {
    std::int64_t seen_ms = 0;  ///< the greatest there is: online
    DeviceClass device_class;
    DeviceId device_id;
    bool is_before(const DevicePlace& other) const;
};
DevicePlace place_of(const service::DeviceView& device);
std::string cursor_of(const DevicePlace& place);
std::optional<DevicePlace> device_place_of(std::string_view cursor);

/// Whom a policy would end, by uid, class, device and session.
struct EndingPlace {
    Uid uid;
    DeviceClass device_class;
    DeviceId device_id;
    SessionRef session;
    auto operator<=>(const EndingPlace&) const = default;
};
EndingPlace place_of(const service::PolicyEnding& ending);
std::string cursor_of(const EndingPlace& place);
std::optional<EndingPlace> ending_place_of(std::string_view cursor);

}  // namespace fenshen::api::v1::detail
