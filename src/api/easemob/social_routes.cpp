// SPDX-License-Identifier: Apache-2.0
#include "api/easemob/social_routes.h"

#include "api/easemob/call.h"
#include "api/easemob/messages/conversations.h"
#include "api/easemob/messages/deleting.h"
#include "api/easemob/messages/pinned_messages.h"
#include "api/easemob/messages/reactions.h"
#include "api/easemob/not_there.h"
#include "api/easemob/social/contacts.h"
#include "api/easemob/social/group_members.h"
#include "api/easemob/social/groups.h"
#include "api/easemob/social/member_attributes.h"
#include "api/easemob/social/silent_mode.h"
#include "api/easemob/social/threads.h"
#include "api/easemob/users/user_attributes.h"

namespace fenshen::api::easemob {

namespace {

using enum http::Method;

/// Puts endpoints under their routes.
struct On {
    http::Router& router;
    Context& context;
    void operator()(http::Method method,
                    std::string_view pattern,
                    Needs needs,
                    Endpoint endpoint) const {
        add(router, context, method, pattern, needs, endpoint);
    }
};

void add_contacts(const On& on) {
    on(post, "/users/{user}/contacts/apply", Needs::user, apply_contact);
    on(post, "/users/{user}/contacts/accept/users/{peer}", Needs::user, accept_contact);
    on(post, "/users/{user}/contacts/decline/users/{peer}", Needs::user, decline_contact);
    on(post, "/users/{user}/contacts/users/{peer}", Needs::app, add_contact);
    on(del, "/users/{user}/contacts/users/{peer}", Needs::user, delete_contact);
    on(put, "/users/{user}/contacts/users/{peer}", Needs::user, set_remark);
    on(put, "/user/{user}/contacts/users/{peer}", Needs::app, set_remark);
    on(get, "/users/{user}/contacts/users", Needs::user, list_contacts);
    on(get, "/users/{user}/contacts", Needs::user, page_contacts);
    on(get, "/user/{user}/contacts", Needs::user, page_contacts);
    on(post, "/sdk/user/{user}/blocks", Needs::user, block_users);
    on(del, "/sdk/user/{user}/blocks", Needs::user, unblock_users);
    on(post, "/users/{user}/blocks/users", Needs::user, block_users);
    on(del, "/users/{user}/blocks/users/{peer}", Needs::user, unblock_user);
    on(get, "/users/{user}/blocks/users", Needs::user, list_blocked);
}

void add_conversations(const On& on) {
    on(get, "/sdk/user/{user}/user_channels/list", Needs::user, list_conversations);
    on(get, "/sdk/user/{user}/user_channels/mark/search", Needs::user, conversations_with_mark);
    on(get, "/users/{user}/user_channels", Needs::user, list_channels);
    on(get, "/users/{user}/user_channels/page", Needs::user, list_channels);
    on(post, "/sdk/user/{user}/user_channel/top", Needs::user, pin_conversation);
    on(del, "/sdk/user/{user}/user_channel/top", Needs::user, unpin_conversation);
    on(post, "/sdk/user/{user}/user_channels/mark", Needs::user, mark_conversations);
    on(del, "/sdk/user/{user}/user_channels/mark", Needs::user, unmark_conversations);
    on(post, "/sdk/user/{user}/user_channel/pin", Needs::user, pin_message);
    on(del, "/sdk/user/{user}/user_channel/pin", Needs::user, unpin_message);
    on(get, "/sdk/user/{user}/user_channel/pin", Needs::user, list_pinned_messages);
    on(post, "/reaction/user/{user}", Needs::user, add_reaction);
    on(del, "/reaction/user/{user}", Needs::user, remove_reaction);
    on(get, "/reaction/user/{user}", Needs::user, list_reactions);
    on(get, "/reaction/user/{user}/detail", Needs::user, reaction_detail);
    on(get, "/chatgroups/{group}/acks/{message}", Needs::anyone, list_group_readers);
}

void add_deleting(const On& on) {
    on(del, "/user/{user}/user_channel", Needs::user, delete_conversation);
    on(del, "/users/{user}/user_channel", Needs::user, delete_conversation);
    for (const auto& [head, needs] :
         {std::pair("/sdk", Needs::user), std::pair("/rest", Needs::app)}) {
        const std::string roaming = std::string(head) + "/message/roaming";
        on(del, roaming + "/{kind}/user/{user}", needs, delete_messages);
        on(del, roaming + "/{kind}/user/{user}/time", needs, delete_messages_until);
        on(post, roaming + "/user/{user}/delete/all", needs, delete_everything);
    }
    on(post, "/rest/message/roaming/{kind}/user/{user}/time", Needs::app, delete_messages_until);
}

void add_silent_mode(const On& on) {
    on(put, "/users/{user}/notification/{kind}/{key}", Needs::user, set_silent_mode);
    on(get, "/users/{user}/notification/{kind}/{key}", Needs::user, get_silent_mode);
    on(get, "/users/{user}/notification", Needs::user, get_silent_modes);
    on(get, "/users/{user}/notification/mute/type", Needs::user, list_silent_types);
}

void add_groups(const On& on) {
    on(post, "/chatgroups", Needs::anyone, create_group);
    on(get, "/chatgroups/{group}", Needs::anyone, group_details);
    on(put, "/chatgroups/{group}", Needs::anyone, change_group);
    on(del, "/chatgroups/{group}", Needs::anyone, destroy_group);
    on(del, "/chatgroups/{group}/quit", Needs::anyone, quit_group);
    on(post, "/chatgroups/{group}/invite", Needs::anyone, invite_to_group);
    on(post, "/chatgroups/{group}/apply", Needs::anyone, apply_to_group);
    on(post, "/chatgroups/{group}/apply_verify", Needs::anyone, verify_application);
    on(post, "/chatgroups/{group}/invite_verify", Needs::anyone, verify_invitation);
    on(get, "/users/{user}/joined_chatgroups", Needs::user, joined_groups);
    on(get, "/chatgroups/user/{user}", Needs::user, groups_of_user);
    on(get, "/publicchatgroups", Needs::anyone, public_groups);
    on(post, "/chatgroups/{group}/shield", Needs::anyone, shield_group);
    on(del, "/chatgroups/{group}/shield", Needs::anyone, unshield_group);
    on(get, "/chatgroups/{group}/announcement", Needs::anyone, get_announcement);
    on(post, "/chatgroups/{group}/announcement", Needs::anyone, set_announcement);
}

void add_group_members(const On& on) {
    on(get, "/chatgroups/{group}/users", Needs::anyone, list_members);
    on(post, "/chatgroups/{group}/users", Needs::app, add_members);
    on(post, "/chatgroups/{group}/users/{member}", Needs::app, add_members);
    on(del, "/chatgroups/{group}/users/{member}", Needs::anyone, remove_members);
    on(get, "/chatgroups/{group}/admin", Needs::anyone, list_admins);
    on(post, "/chatgroups/{group}/admin", Needs::anyone, add_admin);
    on(del, "/chatgroups/{group}/admin/{member}", Needs::anyone, remove_admin);
    on(get, "/chatgroups/{group}/mute", Needs::anyone, list_muted);
    on(post, "/chatgroups/{group}/mute", Needs::anyone, mute_members);
    on(del, "/chatgroups/{group}/mute/{member}", Needs::anyone, unmute_members);
    on(get, "/sdk/chatgroups/{group}/mute/{member}", Needs::anyone, is_muted);
    on(post, "/chatgroups/{group}/ban", Needs::anyone, mute_group);
    on(del, "/chatgroups/{group}/ban", Needs::anyone, unmute_group);
    on(get, "/chatgroups/{group}/blocks/users", Needs::anyone, list_group_blocked);
    on(post, "/chatgroups/{group}/blocks/users", Needs::anyone, block_members);
    on(post, "/chatgroups/{group}/blocks/users/{member}", Needs::anyone, block_members);
    on(del, "/chatgroups/{group}/blocks/users/{member}", Needs::anyone, unblock_members);
    on(get, "/chatgroups/{group}/white/users", Needs::anyone, list_allowed);
    on(post, "/chatgroups/{group}/white/users", Needs::anyone, allow_members);
    on(post, "/chatgroups/{group}/white/users/{member}", Needs::anyone, allow_members);
    on(del, "/chatgroups/{group}/white/users/{member}", Needs::anyone, disallow_members);
    on(get, "/chatgroups/{group}/white/users/{member}", Needs::anyone, is_allowed);
    for (const std::string head : {"/sdk", ""}) {
        const std::string group = head + "/metadata/chatgroup/{group}";
        on(put, group + "/user/{member}", Needs::anyone, set_attributes);
        on(get, group + "/user/{member}", Needs::anyone, attributes_of);
        on(post, group + "/get", Needs::anyone, get_attributes);
    }
}

void add_threads(const On& on) {
    on(post, "/thread", Needs::anyone, create_thread);
    on(post, "/thread/message", Needs::anyone, last_of_threads);
    on(get, "/thread/{thread}", Needs::anyone, thread_details);
    on(put, "/thread/{thread}", Needs::anyone, rename_thread);
    on(del, "/thread/{thread}", Needs::anyone, destroy_thread);
    on(post, "/thread/{thread}/user/{user}/join", Needs::user, join_thread);
    on(del, "/thread/{thread}/user/{user}/quit", Needs::user, quit_thread);
    on(get, "/thread/{thread}/users", Needs::anyone, thread_members);
    on(del, "/thread/{thread}/users/{member}", Needs::anyone, remove_from_thread);
    on(get, "/threads/chatgroups/{group}", Needs::anyone, threads_of_group);
    on(get, "/threads/chatgroups/{group}/user/{user}", Needs::user, joined_threads);
    on(get, "/threads/user/{user}", Needs::user, joined_threads);
}

void add_user_attributes(const On& on) {
    on(put, "/metadata/user/{user}", Needs::user, set_user_attributes);
    on(get, "/metadata/user/{user}", Needs::user, get_user_attributes);
    on(del, "/metadata/user/{user}", Needs::app, delete_user_attributes);
    on(post, "/metadata/user/get", Needs::anyone, attributes_of_users);
    on(get, "/metadata/user/capacity", Needs::app, attribute_bytes);
}

void add_what_is_not_there(const On& on) {
    on(post, "/users/{user}/presence/{resource}/{status}", Needs::user, no_presence);
    on(post, "/users/{user}/presence/{seconds}", Needs::user, no_presence);
    on(post, "/users/{user}/presence", Needs::user, no_presence);
    on(del, "/users/{user}/presence", Needs::user, no_presence);
    on(get, "/users/{user}/presence/sublist", Needs::user, no_presence);
    on(post, "/user/{user}/moderation/report/message/{message}", Needs::user, no_reports);
    on(get, "/chatrooms", Needs::anyone, no_rooms);
    on(get, "/chatrooms/{room}", Needs::anyone, no_room);
}

}  // namespace

void add_social_routes(http::Router& router, Context& context) {
    const On on{router, context};
    add_contacts(on);
    add_conversations(on);
    add_deleting(on);
    add_silent_mode(on);
    add_groups(on);
    add_group_members(on);
    add_threads(on);
    add_user_attributes(on);
    add_what_is_not_there(on);
}

}  // namespace fenshen::api::easemob
