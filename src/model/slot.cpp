// SPDX-License-Identifier: Apache-2.0
#include "model/slot.h"

#include <xxhash.h>

#include <array>

#include "model/names.h"

namespace fenshen {

SlotId SlotMap::of_account(std::string_view uid) const {
    return SlotId(static_cast<std::uint16_t>(XXH3_64bits(uid.data(), uid.size()) % count_));
}

SlotId SlotMap::of_channel(const ChannelKey& key) const {
    std::string_view id = key.id;
    if (id.ends_with(command_suffix)) id.remove_suffix(command_suffix.size());
    // The seed keeps a group "ann" and an account "ann" from always sharing a slot.
    const auto hash =
        XXH3_64bits_withSeed(id.data(), id.size(), static_cast<XXH64_hash_t>(key.type));
    return SlotId(static_cast<std::uint16_t>(hash % count_));
}

}  // namespace fenshen
