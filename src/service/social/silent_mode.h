// SPDX-License-Identifier: Apache-2.0
// Do-not-disturb of an account and of single conversations (easemob-multidevice 5.5). What it does
// to notifications is up to the devices; the server keeps it and tells them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/task.h"
#include "model/channel.h"
#include "model/error.h"
#include "model/ids.h"
#include "service/social/account_events.h"
#include "storage/rows_social.h"

namespace fenshen::service {

struct World;

struct SetSilentMode {
    ChannelKey channel;                   ///< none: the account itself
    std::optional<std::string> type;      ///< "ALL", "AT", "NONE"; "DEFAULT": clears
    std::optional<Millis> duration;       ///< from now on
    std::optional<std::string> interval;  ///< "21:30-8:05"; empty: none any more
};
/// Sets what is given, leaves the rest, and answers all of it. Errc: bad_request (no such type, a
/// duration below 0 or beyond a week, no interval), store_unavailable, store_corrupt.
Task<Result<storage::SilentModeRow>> set_silent_mode(World& world,
                                                     EventOrigin by,
                                                     SetSilentMode command);
/// A row without anything where nothing is set.
Task<Result<storage::SilentModeRow>> silent_mode_of(World& world, Uid uid, ChannelKey channel);
/// Of the account and its conversations, those that are set.
Task<Result<std::vector<storage::SilentModeRow>>> silent_modes(World& world, Uid uid);

}  // namespace fenshen::service
