// SPDX-License-Identifier: Apache-2.0
// What an MSync device is told of an event in its account's log (msync-wire 10, easemob-multidevice
// 5): metas, ready for its queue. One function of the event and of whose device it is.
#pragma once

#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "model/ids.h"
#include "service/social/account_events.h"

namespace fenshen::gateway {

/// Serialized Metas, in the order in which they are to be told; none for what this protocol has no
/// words for. `uid` is the account whose log the event is from, `app_key` is "org#app".
///
/// An event comes to the same bytes each time, ids too: a device that is told twice of it can see
/// so.
std::vector<Bytes> metas_of(const service::AccountEvent& event,
                            const Uid& uid,
                            std::string_view app_key);

}  // namespace fenshen::gateway
