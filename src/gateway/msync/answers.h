// SPDX-License-Identifier: Apache-2.0
// How MSync says no: the codes and the exact texts that the web SDK tells apart (msync-wire 7). One
// place for each of the three: a login, a send, the end of a session.
#pragma once

#include <optional>
#include <string_view>

#include "domain/login.h"
#include "model/channel.h"
#include "model/error.h"
#include "protocol/msync/bodies.h"

namespace fenshen::gateway {

struct MsyncRefusal {
    msync::StatusCode code = msync::StatusCode::fail;
    std::string_view reason = {};  ///< empty: the sentence of the decision, where there is one
};

/// msync-wire 7.1. Precondition: not LoginWhy::ok.
MsyncRefusal refusal_of(domain::LoginWhy why);
/// msync-wire 7.3, for a message to a channel of this type.
MsyncRefusal refusal_of(Errc error, ChannelType type);
/// The same for a recall or an edit.
MsyncRefusal refusal_of_change(Errc error, bool is_edit);
/// msync-wire 7.2, by SessionEnd::why. None: the session is not told, so that its SDK comes back
/// and is refused with the reason.
std::optional<msync::StatisticsBody::Operation> kick_of(std::string_view why);

}  // namespace fenshen::gateway
