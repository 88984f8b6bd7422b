// SPDX-License-Identifier: Apache-2.0
// What users tell of themselves: nickname, picture and so on (easemob-rest A67). The server keeps
// it, and tells nobody (easemob-multidevice 5.6). Errc of all: store_unavailable, store_corrupt.
#pragma once

#include "base/task.h"
#include "model/error.h"
#include "model/ids.h"
#include "storage/rows_social.h"

namespace fenshen::service {

struct World;

using storage::UserAttributes;

inline constexpr std::size_t user_attributes_bytes_max = 2048;  ///< names and values of a user

/// Sets the named ones, and leaves the rest; an empty value takes one away. Answers what there is
/// then. Errc: too_big.
Task<Result<UserAttributes>> set_user_attributes(World& world, Uid uid, UserAttributes changed);
Task<Result<void>> delete_user_attributes(World& world, Uid uid);
Task<Result<UserAttributes>> user_attributes(World& world, Uid uid);
/// Bytes of all users' together.
Task<Result<std::uint64_t>> user_attribute_bytes(World& world);

}  // namespace fenshen::service
