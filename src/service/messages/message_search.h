// SPDX-License-Identifier: Apache-2.0
// Messages by the number that their sender gave them. There is no index of it (architecture 10), so
// the end of the channel's log is read: once, however many numbers are looked for.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/task.h"
#include "model/channel.h"
#include "model/error.h"
#include "model/message.h"
#include "service/messages/messages.h"

namespace fenshen::service {

struct World;

/// Of several messages with the same number.
enum class Pick : std::uint8_t { newest, oldest };

struct SearchByNumber {
    ChannelKey channel;
    std::vector<std::string> client_msg_nos;
    Pick pick = Pick::newest;
};
inline constexpr std::uint64_t client_msg_no_search_max = 10'000;
/// The found ones in the order asked; unknown numbers are passed over. Looks at the last
/// `client_msg_no_search_max` messages, and no further once it has found a page's bytes
/// (`Rules::page_bytes_max`).
/// Errc: store_unavailable, store_corrupt.
Task<Result<FoundMessages>> search_by_number(World& world, SearchByNumber command);

}  // namespace fenshen::service
