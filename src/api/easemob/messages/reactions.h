// SPDX-License-Identifier: Apache-2.0
// Reactions to messages (easemob-rest R1-R4), and who has read a group's message (G39).
#pragma once

#include <vector>

#include "api/easemob/call.h"
#include "model/message.h"
#include "service/messages/reactions.h"

namespace fenshen::api::easemob {

/// POST /reaction/user/{user} {msgId, message}
Task<http::Response> add_reaction(Call& call);
/// DELETE /reaction/user/{user}?msgId&message
Task<http::Response> remove_reaction(Call& call);
/// GET /reaction/user/{user}?msgIdList
Task<http::Response> list_reactions(Call& call);
/// GET /reaction/user/{user}/detail?msgId&message&currentPage&pageSize
Task<http::Response> reaction_detail(Call& call);

/// GET /chatgroups/{group}/acks/{message}?limit&key: for its members.
Task<http::Response> list_group_readers(Call& call);

/// Into the body that the message's readers are given: as `me` sees them.
void put_reactions(Message& message,
                   const std::vector<service::Reaction>& reactions,
                   const Uid& me);

}  // namespace fenshen::api::easemob
