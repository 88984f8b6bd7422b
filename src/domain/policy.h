// SPDX-License-Identifier: Apache-2.0
// How many devices an account may have online, as data (v1-api "Policy"). What is not said is
// unlimited.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/ids.h"

namespace fenshen::domain {

/// What happens to a login over the limit.
enum class Over : std::uint8_t {
    end_earliest,   ///< the device that logged in first is ended
    refuse_newest,  ///< the newcomer is refused
};

struct Limit {
    std::optional<std::uint32_t> devices;  ///< online at once; none: no limit; 0: nobody may log in
    Over over = Over::end_earliest;
    bool operator==(const Limit&) const = default;
};

/// Classes that share a limit: "one phone", whatever its system.
struct ClassGroup {
    std::string name;
    std::vector<DeviceClass> classes;
    Limit limit;
    bool operator==(const ClassGroup&) const = default;
};

struct Policy {
    std::string preset = "wukong";
    bool single_device = false;  ///< all classes count as one, with room for one device
    Limit default_limit;
    std::map<DeviceClass, Limit> classes;
    std::vector<ClassGroup> groups;
    bool operator==(const Policy&) const = default;

    const Limit& limit_of(DeviceClass device_class) const {
        const auto found = classes.find(device_class);
        return found == classes.end() ? default_limit : found->second;
    }
};

}  // namespace fenshen::domain
