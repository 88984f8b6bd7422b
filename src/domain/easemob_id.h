// SPDX-License-Identifier: Apache-2.0
// Which names the Easemob side knows (easemob-rest 1.1).
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "model/ids.h"
#include "model/names.h"

namespace fenshen::domain {

inline constexpr std::size_t easemob_id_bytes_max = 64;

/// A user id as it is kept: upper case folded to lower. None: not legal there, or reserved here.
inline std::optional<Uid> easemob_uid(std::string_view text) {
    if (text.empty() || text.size() > easemob_id_bytes_max) return std::nullopt;
    std::string folded(text);
    for (char& c : folded) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    const bool legal = std::ranges::all_of(folded, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
    });
    if (!legal || folded == system_uid || folded == manager_uid || !is_usable_uid(folded)) {
        return std::nullopt;
    }
    return Uid(std::move(folded));
}

/// Whether an account has a name that the Easemob side can have, too.
inline bool is_easemob_uid(const Uid& uid) {
    const auto folded = easemob_uid(uid.value());
    return folded && *folded == uid;
}

}  // namespace fenshen::domain
