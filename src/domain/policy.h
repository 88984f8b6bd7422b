// SPDX-License-Identifier: Apache-2.0
// How many devices an account may have online, as data (v1-api "Policy"). What is not said is
// unlimited.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/ids.h"

namespace fenshen::domain {

/// Which protocol family a session speaks.
enum class Family : std::uint8_t { wukong, msync };

/// What happens to a login over the limit.
enum class Over : std::uint8_t {
    end_earliest,   ///< the device that logged in first is ended
    refuse_newest,  ///< the newcomer is refused
};
/// As in the API: "end_earliest".
std::string_view name_of(Over over);
std::optional<Over> over_of(std::string_view name);

struct Limit {
    std::optional<std::uint32_t> devices;  ///< online at once; none: no limit; 0: nobody may log in
    Over over = Over::end_earliest;
    bool operator==(const Limit&) const = default;
};

/// Classes that share a limit: "one phone", whatever its system. A class may be in several groups.
struct ClassGroup {
    std::string name;
    std::vector<DeviceClass> classes;
    Limit limit;
    bool operator==(const ClassGroup&) const = default;
};

/// Easemob's number of devices a platform where the console says nothing (easemob-multidevice 3).
inline constexpr std::uint32_t easemob_devices_default = 4;

struct Policy {
    std::string preset = "wukong";
    bool single_device = false;  ///< all classes count as one, with room for one device
    Limit default_limit;         ///< of classes that are not named below
    /// The same, for a newcomer that speaks MSync. Who sets a default sets both.
    Limit msync_default{easemob_devices_default};
    std::map<DeviceClass, Limit> classes;
    std::vector<ClassGroup> groups;
    /// Classes where a device may have several sessions (tabs of one browser): one that comes
    /// back does not displace its own. They count as one device.
    std::set<DeviceClass> many_tabs;
    /// A device of such a class logs in only while one of the classes behind it is online: a
    /// browser beside a phone. It stays when that one goes.
    std::map<DeviceClass, std::set<DeviceClass>> only_with;
    bool operator==(const Policy&) const = default;

    const Limit& limit_of(DeviceClass device_class, Family family) const {
        const auto found = classes.find(device_class);
        if (found != classes.end()) return found->second;
        return family == Family::msync ? msync_default : default_limit;
    }
};

/// What a policy may start from: the protocols' own habits first.
inline constexpr std::array<std::string_view, 5> preset_names{
    "wukong", "easemob", "single", "wechat", "unlimited"};
std::optional<Policy> preset_of(std::string_view name);

inline constexpr std::size_t policy_groups_max = 64;
inline constexpr std::size_t group_name_bytes_max = 64;

/// What is wrong with a policy, in words for the operator; nullopt: nothing.
std::optional<std::string> problem_of(const Policy& policy);

}  // namespace fenshen::domain
