// SPDX-License-Identifier: Apache-2.0
// For tests and fuzzers: every message of msync.proto.
#pragma once

#include <tuple>

#include "protocol/msync/codec.h"

namespace fenshen::msync::testing {

/// The order is the one of the kept corpus (tests/vectors/make_msync_vectors.py).
using AllMessages = std::tuple<Jid,
                               KeyValue,
                               Envelope,
                               Meta,
                               Status,
                               SyncUl,
                               SyncDl,
                               Notice,
                               UnreadUl,
                               UnreadDl,
                               Provision,
                               Logout,
                               MessageBody,
                               MucBody,
                               RosterBody,
                               StatisticsBody,
                               ConferenceBody>;

}  // namespace fenshen::msync::testing
