// SPDX-License-Identifier: Apache-2.0
#include "api/wukong/routes.h"

#include "api/wukong/channel_description.h"
#include "api/wukong/client_addresses.h"
#include "api/wukong/commands.h"
#include "api/wukong/connections.h"
#include "api/wukong/conversation_list.h"
#include "api/wukong/conversation_marks.h"
#include "api/wukong/health.h"
#include "api/wukong/history.h"
#include "api/wukong/message_lookup.h"
#include "api/wukong/online_status.h"
#include "api/wukong/permission_lists.h"
#include "api/wukong/sending.h"
#include "api/wukong/server_figures.h"
#include "api/wukong/subscribers.h"
#include "api/wukong/system_uids.h"
#include "api/wukong/user_token.h"

namespace fenshen::api::wukong {

void add_routes(http::Router& router, Context& context) {
    using detail::add;
    // The server
    add<Health, Healthz, Readyz, Metrics>(router, context);
    add<RouteOfOne, RouteOfMany>(router, context);
    add<ServerFigures, ListConnections, KickConnection, RemoveConnection>(router, context);
    // Accounts
    add<SetUserToken, QuitDevice, OnlineStatus>(router, context);
    add<AddSystemUids, RemoveSystemUids, ListSystemUids>(router, context);
    add<AddSystemUidsInMemory, RemoveSystemUidsInMemory>(router, context);
    // Channels
    add<PutChannel, PutChannelInfo, DeleteChannel>(router, context);
    add<AddSubscribers, RemoveSubscribers, RemoveAllSubscribers>(router, context);
    add<SetTemporarySubscribers>(router, context);
    add<AddToDenyList, SetDenyList, RemoveFromDenyList, ClearDenyList>(router, context);
    add<AddToAllowList, SetAllowList, RemoveFromAllowList, ClearAllowList>(router, context);
    add<GetAllowList>(router, context);
    // Messages
    add<SendMessage, SendBatch>(router, context);
    add<SyncMessages, MaxMessageSeq, LastMessage>(router, context);
    add<FindMessages, FindMessage, FindByClientMsgNo>(router, context);
    add<SyncCommands, AcknowledgeCommands>(router, context);
    // Conversations
    add<SyncConversations, SyncByChannels, ListConversationChannels>(router, context);
    add<ClearUnread, SetUnread, DeleteConversation>(router, context);
}

}  // namespace fenshen::api::wukong
