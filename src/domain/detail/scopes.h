// SPDX-License-Identifier: Apache-2.0
// The limits of a policy that concern a device of one class, each with the classes it counts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "domain/admit.h"
#include "domain/policy.h"

namespace fenshen::domain::detail {

/// Refers to the policy it was made from.
struct Scope {
    EndRule rule = EndRule::class_limit;
    std::uint32_t devices_max = 0;
    Over over = Over::end_earliest;
    std::string sentence;  ///< the rule for people
    DeviceClass own_class;
    const ClassGroup* group = nullptr;

    bool includes(DeviceClass device_class) const;
};

/// In the order in which they are applied: the class, the groups, all classes together. What has no
/// limit is left out.
std::vector<Scope> scopes_of(DeviceClass device_class, Family family, const Policy& policy);

}  // namespace fenshen::domain::detail
