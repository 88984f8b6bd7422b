// SPDX-License-Identifier: Apache-2.0
// What this API says where no endpoint speaks (wukong-http 1.1): without the token 401 with an
// empty body; an unknown path and a wrong method are both 404, in plain text.
#pragma once

#include "api/port/guard.h"

namespace fenshen::api::wukong {

/// For every path of the port that is no other API's.
Manner manner();

}  // namespace fenshen::api::wukong
