// SPDX-License-Identifier: Apache-2.0
// For tests only: the rule for devices once more, slow and word for word, and what must hold of
// every admission whatever the rule is.
#pragma once

#include <string>
#include <vector>

#include "domain/admit.h"

namespace fenshen::domain::oracle {

using Live = std::vector<LiveSession>;

Admission admit(const Live& live, const Newcomer& newcomer, const Policy& policy, WallTime now);

/// What is wrong with `admission`; empty: nothing.
std::string fault_of(const Admission& admission,
                     const Live& live,
                     const Newcomer& newcomer,
                     const Policy& policy,
                     WallTime now);

/// Whether every limit of the policy that concerns one of those online is kept.
bool keeps_limits(const Live& live, const Policy& policy);

/// But for the sentences.
bool is_same(const Admission& one, const Admission& other);

std::string text_of(const Admission& admission);
std::string text_of(const Live& live);

}  // namespace fenshen::domain::oracle
