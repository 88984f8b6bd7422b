// SPDX-License-Identifier: Apache-2.0
// The metas of each kind of event, as the SDK reads them (msync-wire 10).
#include "gateway/msync/events.h"

#include <gtest/gtest.h>

#include "model/names.h"
#include "protocol/msync/codec.h"
#include "protocol/msync/jid.h"
#include "protocol/msync/notify.h"
#include "service/social/groups.h"

namespace fenshen::gateway {
namespace {

using service::AccountEvent;
using Kind = service::AccountEventKind;
using Muc = msync::MucBody::Operation;
using Roster = msync::RosterBody::Operation;

constexpr std::string_view app = "org#app";
const Uid ann("ann");
const Uid bob("bob");
const ChannelKey with_bob{ChannelType::person, person_channel_id("ann", "bob")};

AccountEvent event_of(Kind kind, const Uid& by = ann) {
    return {.number = 7,
            .at = {1'776'844'800'000},
            .kind = kind,
            .origin = {by, DeviceId(by == ann ? "ann_1" : "bob_1")}};
}

/// The metas that ann's other device gets; `bytes` holds what they look into.
struct Metas {
    explicit Metas(const AccountEvent& event, const Uid& uid = ann)
        : bytes(metas_of(event, uid, app)) {
        for (const auto& each : bytes) {
            const auto meta = msync::decode<msync::Meta>(each);
            EXPECT_TRUE(meta);
            if (meta) metas.push_back(*meta);
        }
    }
    template <class Body>
    Body body(std::size_t i = 0) const {
        const auto read = msync::decode<Body>(metas.at(i).payload.value());
        EXPECT_TRUE(read);
        return read.value_or(Body{});
    }
    std::string json() const { return std::string(metas.at(0).payload.value()); }

    std::vector<Bytes> bytes;
    std::vector<msync::Meta> metas;
};

TEST(Events, ContactsComeAsRosterBodies) {
    struct Case {
        Kind kind;
        Uid by;
        Roster operation;
    };
    const Case cases[] = {
        {Kind::contact_invited, bob, Roster::add},
        {Kind::contact_added, ann, Roster::accept},
        {Kind::contact_agreed, bob, Roster::remote_accept},
        {Kind::contact_refused, ann, Roster::decline},
        {Kind::contact_refused, bob, Roster::remote_decline},
        {Kind::contact_deleted, ann, Roster::remove},
        {Kind::contact_blocked, ann, Roster::ban},
        {Kind::contact_unblocked, ann, Roster::allow},
    };
    for (const auto& each : cases) {
        auto event = event_of(each.kind, each.by);
        event.uids = {each.by == ann ? bob : ann};
        event.text = "why";
        const Metas told(event);
        ASSERT_EQ(told.metas.size(), 1U);
        EXPECT_EQ(told.metas[0].ns, msync::Namespace::roster);
        EXPECT_EQ(told.metas[0].timestamp_ms, 1'776'844'800'000U);
        const auto body = told.body<msync::RosterBody>();
        EXPECT_EQ(body.operation, each.operation);
        EXPECT_EQ(body.from->name, each.by.value());
        EXPECT_EQ(body.from->app_key, app);
        EXPECT_EQ(body.to.at(0).name, event.uids[0].value());
        EXPECT_EQ(body.reason, "why");
    }
    auto remark = event_of(Kind::contact_remark);
    remark.uids = {bob};
    EXPECT_TRUE(Metas(remark).metas.empty());
}

TEST(Events, EveryGroupEventHasItsOperation) {
    const std::pair<Kind, Muc> cases[] = {
        {Kind::group_created, Muc::create},
        {Kind::group_destroyed, Muc::destroy},
        {Kind::group_joined, Muc::join},
        {Kind::group_left, Muc::leave},
        {Kind::group_apply, Muc::apply},
        {Kind::group_apply_accepted, Muc::apply_accept},
        {Kind::group_apply_declined, Muc::apply_decline},
        {Kind::group_invited, Muc::invite},
        {Kind::group_invite_accepted, Muc::invite_accept},
        {Kind::group_invite_declined, Muc::invite_decline},
        {Kind::group_member_removed, Muc::kick},
        {Kind::group_member_blocked, Muc::ban},
        {Kind::group_member_unblocked, Muc::allow},
        {Kind::group_direct_joined, Muc::direct_joined},
        {Kind::group_owner_changed, Muc::assign_owner},
        {Kind::group_admin_added, Muc::add_admin},
        {Kind::group_admin_removed, Muc::remove_admin},
        {Kind::group_member_unmuted, Muc::remove_mute},
        {Kind::group_all_muted, Muc::ban_group},
        {Kind::group_all_unmuted, Muc::remove_ban_group},
        {Kind::group_allow_added, Muc::add_user_white_list},
        {Kind::group_allow_removed, Muc::remove_user_white_list},
        {Kind::group_shielded, Muc::block},
        {Kind::group_unshielded, Muc::unblock},
    };
    for (const auto& [kind, operation] : cases) {
        auto event = event_of(kind);
        event.channel = service::group_channel("123");
        event.name = "tea";
        event.uids = {bob};
        const Metas told(event);
        ASSERT_EQ(told.metas.size(), 1U);
        EXPECT_EQ(told.metas[0].ns, msync::Namespace::muc);
        const auto body = told.body<msync::MucBody>();
        EXPECT_EQ(body.operation, operation);
        EXPECT_EQ(body.muc_id->name, "123");
        EXPECT_EQ(body.muc_id->domain, msync::domain_groups);
        EXPECT_EQ(body.from->name, "ann");
        EXPECT_EQ(body.from->client_resource, "ann_1");
        EXPECT_EQ(body.to.at(0).name, "bob");
        EXPECT_EQ(body.muc_name, "tea");
        EXPECT_EQ(body.is_chatroom, false);
        EXPECT_FALSE(body.is_thread);
    }
}

TEST(Events, ComingAndGoingNamesTheMemberAndCounts) {
    auto event = event_of(Kind::group_member_came, bob);
    event.channel = service::group_channel("123");
    event.uids = {Uid("cid")};
    event.value = 3;
    auto body = Metas(event).body<msync::MucBody>();
    EXPECT_EQ(body.operation, Muc::presence);
    EXPECT_EQ(body.member_count, 3);
    EXPECT_TRUE(body.members.empty());
    event.kind = Kind::group_member_gone;
    event.uids.emplace_back("dan");
    const Metas gone(event);
    body = gone.body<msync::MucBody>();
    EXPECT_EQ(body.operation, Muc::absence);
    EXPECT_EQ(body.members, (std::vector<std::string_view>{"cid", "dan"}));
}

TEST(Events, WhatIsAboutSeveralComesOneByOneWhereReadersLookAtOne) {
    auto event = event_of(Kind::group_member_muted);
    event.channel = service::group_channel("123");
    event.uids = {bob, Uid("cid")};
    event.value = -1;
    const Metas told(event);
    ASSERT_EQ(told.metas.size(), 2U);
    EXPECT_NE(told.metas[0].id, told.metas[1].id);
    const auto body = told.body<msync::MucBody>(1);
    EXPECT_EQ(body.operation, Muc::add_mute);
    EXPECT_EQ(body.to.at(0).name, "cid");
    EXPECT_EQ(body.ext, R"({"user_mute_time":-1})");
    EXPECT_EQ(metas_of(event, ann, app), told.bytes);  // told again, the same
}

TEST(Events, DetailsStandWhereTheSdkReadsThem) {
    auto event = event_of(Kind::group_updated);
    event.channel = service::group_channel("123");
    event.detail = R"({"name":"coffee"})";
    const Metas updated(event);
    EXPECT_EQ(updated.body<msync::MucBody>().event_info->ext, R"({"name":"coffee"})");
    event.kind = Kind::member_attributes;
    event.uids = {ann};
    const Metas attributes(event);
    EXPECT_EQ(attributes.body<msync::MucBody>().event_info->ext,
              R"({"username":"ann","properties":{"name":"coffee"}})");
    event.kind = Kind::group_announcement;
    event.text = "at five";
    EXPECT_EQ(Metas(event).body<msync::MucBody>().operation, Muc::update_announcement);
    event.text.clear();
    EXPECT_EQ(Metas(event).body<msync::MucBody>().operation, Muc::delete_announcement);
    event.origin = {};
    const Metas by_app(event);
    EXPECT_EQ(by_app.body<msync::MucBody>().from->name, "admin");
}

TEST(Events, ThreadsHaveTwoSides) {
    auto event = event_of(Kind::thread_created);
    event.channel = service::group_channel("9");
    event.parent = service::group_channel("123");
    event.name = "sugar";
    event.value = 77;
    const Metas own(event);
    const auto body = own.body<msync::MucBody>();
    EXPECT_EQ(body.operation, Muc::thread_create);
    EXPECT_EQ(body.is_thread, true);
    EXPECT_EQ(body.muc_id->name, "9");
    EXPECT_EQ(body.muc_parent_id->name, "123");
    EXPECT_EQ(body.muc_name, "sugar");
    event.kind = Kind::thread_seen_renamed;
    event.text = "4";
    const Metas seen(event);
    EXPECT_EQ(seen.metas[0].ns, msync::Namespace::notify);
    const auto json = seen.json();
    EXPECT_TRUE(msync::fits_notify(json));
    for (const char* part : {R"("type":"thread")",
                             R"("id":"9")",
                             R"("muc_parent_id":"123")",
                             R"("msg_parent_id":"77")",
                             R"("operation":"update")",
                             R"("message_count":4)",
                             R"("from":"ann")"}) {
        EXPECT_NE(json.find(part), std::string::npos) << part << " in " << json;
    }
}

TEST(Events, ConversationsComeAsNotices) {
    struct Case {
        Kind kind;
        std::int64_t value;
        const char* op;
        const char* ext;
    };
    const Case cases[] = {
        {Kind::conversation_deleted, 1, R"("op":"del")", nullptr},
        {Kind::conversation_pinned, 0, R"("op":"top")", nullptr},
        {Kind::conversation_unpinned, 0, R"("op":"not_top")", nullptr},
        {Kind::conversation_marked, 0, R"("op":"mark")", R"("ext":"mark_0")"},
        {Kind::conversation_unmarked, 19, R"("op":"mark_delete")", R"("ext":"mark_19")"},
        {Kind::message_pinned, 77, R"("op":"pin")", R"("ext":"77")"},
        {Kind::message_unpinned, 77, R"("op":"pin_delete")", R"("ext":"77")"},
    };
    for (const auto& each : cases) {
        auto event = event_of(each.kind);
        event.channel = with_bob;
        event.value = each.value;
        const Metas told(event);
        EXPECT_EQ(told.metas[0].ns, msync::Namespace::notify);
        const auto json = told.json();
        EXPECT_NE(json.find(each.op), std::string::npos) << json;
        EXPECT_NE(json.find(R"("id":"bob")"), std::string::npos) << json;
        EXPECT_NE(json.find(R"("type":"chat")"), std::string::npos) << json;
        EXPECT_NE(json.find(R"("res":"ann_1")"), std::string::npos) << json;
        EXPECT_NE(json.find(R"("from":"ann")"), std::string::npos) << json;
        if (each.ext) {
            EXPECT_NE(json.find(each.ext), std::string::npos) << json;
        }
    }
    // The other side sees the conversation under the other's name.
    auto pinned = event_of(Kind::message_pinned);
    pinned.channel = with_bob;
    EXPECT_NE(Metas(pinned, bob).json().find(R"("id":"ann")"), std::string::npos);
    auto roaming = event_of(Kind::roaming_deleted);
    roaming.channel = service::group_channel("123");
    EXPECT_EQ(
        Metas(roaming).json(),
        R"({"type":"roaming_delete","data":{"to":"123","chatType":"groupChat","resource":"ann_1"}})");
    EXPECT_TRUE(Metas(event_of(Kind::history_cleared)).metas.empty());
}

TEST(Events, SilentModeSaysWhatWasSet) {
    auto event = event_of(Kind::silent_mode_set);
    event.detail = R"({"ignoreInterval":"21:30-8:30"})";
    auto json = Metas(event).json();
    EXPECT_NE(json.find(R"("operator_resource":"ann_1")"), std::string::npos) << json;
    EXPECT_NE(json.find(R"("data":{"ignoreInterval":"21:30-8:30"})"), std::string::npos) << json;
    EXPECT_NE(json.find(R"("user":"ann")"), std::string::npos) << json;
    EXPECT_EQ(json.find(R"("group")"), std::string::npos) << json;
    event.kind = Kind::silent_mode_cleared;
    event.channel = service::group_channel("123");
    json = Metas(event).json();
    EXPECT_NE(json.find(R"("data":{})"), std::string::npos) << json;
    EXPECT_NE(json.find(R"("group":"123")"), std::string::npos) << json;
}

TEST(Events, AConversationReadElsewhereComesAsItsAcknowledgement) {
    auto event = event_of(Kind::conversation_read);
    event.channel = with_bob;
    const Metas told(event);
    EXPECT_EQ(told.metas[0].ns, msync::Namespace::chat);
    EXPECT_EQ(told.metas[0].from->client_resource, "ann_1");
    const auto body = told.body<msync::MessageBody>();
    EXPECT_EQ(body.type, msync::MessageType::channel_ack);
    EXPECT_EQ(body.from->name, "ann");
    EXPECT_EQ(body.to->name, "bob");
    event.channel = service::group_channel("123");
    EXPECT_TRUE(Metas(event).metas.empty());
}

}  // namespace
}  // namespace fenshen::gateway
