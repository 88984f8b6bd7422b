// SPDX-License-Identifier: Apache-2.0
// Tokens of the Easemob side as text: what is in one, and whether we, or the app's own back end,
// made it. Nothing is kept; whether the user still has the generation is asked elsewhere.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/clock.h"
#include "model/ids.h"
#include "service/easemob_rules.h"

namespace fenshen::service {

/// Longer ones are not looked at.
inline constexpr std::size_t easemob_token_bytes_max = 4096;

struct EasemobToken {
    enum class Kind : std::uint8_t { user = 1, app = 2, dynamic = 3 };
    Kind kind = Kind::user;
    Uid uid;  ///< empty of an app token
    WallTime issued_at;
    std::optional<WallTime> expires_at;  ///< none: never
    std::uint64_t generation = 0;        ///< of a user token
    bool operator==(const EasemobToken&) const = default;
};

/// `key` is the server's. An app token holds for the client's id and secret in `rules`.
Bytes seal_token(BytesView key, const EasemobRules& rules, const EasemobToken& token);

/// Whoever made it, it is whole and genuine; it may have expired. Dynamic ones ("dt-", easemob-rest
/// A4) need the client's id and secret configured. nullopt: malformed, forged, another server's.
std::optional<EasemobToken> open_token(BytesView key, const EasemobRules& rules, BytesView text);

}  // namespace fenshen::service
