// SPDX-License-Identifier: Apache-2.0
#include "api/easemob/routes.h"

#include "api/easemob/files/files.h"
#include "api/easemob/messages/history.h"
#include "api/easemob/messages/message_changing.h"
#include "api/easemob/messages/sending.h"
#include "api/easemob/social_routes.h"
#include "api/easemob/users/devices.h"
#include "api/easemob/users/registration.h"
#include "api/easemob/users/tokens.h"
#include "api/easemob/users/users.h"

namespace fenshen::api::easemob {

void add_routes(http::Router& router, Context& context) {
    using enum http::Method;
    const auto on = [&](http::Method method, std::string_view pattern, Needs needs, Endpoint what) {
        add(router, context, method, pattern, needs, what);
    };
    // Tokens
    on(post, "/token", Needs::nobody, grant_token);
    on(get, "/sdk/users/{user}/token/expires", Needs::user, token_expires);
    // Users
    on(post, "/users", Needs::nobody, register_users);
    on(get, "/users", Needs::app, list_users);
    on(get, "/users/{user}", Needs::user, get_user);
    on(del, "/users/{user}", Needs::app, delete_user);
    on(put, "/users/{user}/password", Needs::app, change_password);
    on(post, "/users/{user}/password", Needs::app, change_password);
    on(post, "/users/{user}/deactivate", Needs::app, ban_user);
    on(post, "/users/{user}/activate", Needs::app, unban_user);
    on(get, "/users/{user}/status", Needs::app, user_status);
    on(post, "/users/batch/status", Needs::app, users_status);
    // Devices
    on(get, "/users/{user}/resources", Needs::user, list_resources);
    on(get, "/users/{user}/disconnect", Needs::app, disconnect_all);
    on(del, "/users/{user}/disconnect/{resource}", Needs::app, disconnect_one);
    // Messages
    on(post, "/messages/users", Needs::app, send_to_users);
    on(post, "/messages/chatgroups", Needs::app, send_to_groups);
    on(post, "/messages/msg_recall", Needs::app, recall_message);
    on(post, "/messages/recall", Needs::app, recall_message);
    on(put, "/messages/rewrite/{message}", Needs::app, rewrite_message);
    on(post, "/users/{user}/messageroaming", Needs::user, message_history);
    // Files
    on(post, "/chatfiles", Needs::anyone, upload_file);
    on(get, "/chatfiles/{file}", Needs::nobody, download_file);
    add_social_routes(router, context);
}

}  // namespace fenshen::api::easemob
