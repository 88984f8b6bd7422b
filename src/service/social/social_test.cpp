// SPDX-License-Identifier: Apache-2.0
// What contacts, groups, threads and marks do to those whom they concern, and who may do it.
#include <gtest/gtest.h>

#include "model/names.h"
#include "service/messages/conversation_marks.h"
#include "service/messages/conversations.h"
#include "service/social/contacts.h"
#include "service/social/groups.h"
#include "service/social/silent_mode.h"
#include "service/social/threads.h"
#include "service/testing/service_world.h"

namespace fenshen::service {
namespace {

using Kind = AccountEventKind;
using testing::ServiceWorld;
using testing::TestDevice;

std::vector<Kind> kinds_of(const std::vector<AccountEvent>& events) {
    std::vector<Kind> kinds;
    for (const auto& event : events) kinds.push_back(event.kind);
    return kinds;
}

class SocialTest : public ::testing::Test {
protected:
    template <class T>
    T must(Task<Result<T>> task) {
        auto done = at.run(std::move(task));
        EXPECT_TRUE(done) << row_of(done.error()).name;
        if constexpr (!std::is_void_v<T>) return done ? std::move(*done) : T{};
    }
    template <class T>
    std::optional<Errc> error_of(Task<Result<T>> task) {
        const auto done = at.run(std::move(task));
        return done ? std::nullopt : std::optional(done.error());
    }
    World& world() { return at.world(); }
    std::vector<AccountEvent> log_of(const std::string& uid) {
        auto page = at.run(read_events(world(), Uid(uid), DeviceId("nobody"), 0, 500));
        EXPECT_TRUE(page);
        return page ? page->events : std::vector<AccountEvent>{};
    }
    std::vector<Kind> told(const std::string& uid) { return kinds_of(log_of(uid)); }
    std::vector<Uid> friends_of(const std::string& uid) {
        std::vector<Uid> peers;
        for (const auto& row : must(contacts_of(world(), Uid(uid)))) peers.push_back(row.peer);
        return peers;
    }
    ChannelKey group_with(std::vector<Uid> members, bool is_public = false, bool approval = false) {
        CreateGroup command;
        command.owner = ann.uid;
        command.settings.name = "tea";
        command.settings.is_public = is_public;
        command.settings.approval = approval;
        command.settings.users_max = 5;
        command.members = std::move(members);
        return must(create_group(world(), ann, std::move(command)));
    }

    ServiceWorld at;
    const EventOrigin app{};
    const EventOrigin ann{Uid("ann"), DeviceId("a")};
    const EventOrigin bob{Uid("bob"), DeviceId("b")};
    const EventOrigin cid{Uid("cid"), DeviceId("c")};
    const EventOrigin dan{Uid("dan"), DeviceId("d")};
};

// --- contacts

TEST_F(SocialTest, AContactIsOneOnBothSides) {
    must(ask_contact(world(), ann, bob.uid, "tea?"));
    EXPECT_TRUE(friends_of("ann").empty());
    EXPECT_EQ(log_of("bob").back().text, "tea?");
    EXPECT_EQ(log_of("bob").back().origin.uid, ann.uid);
    must(accept_contact(world(), bob, ann.uid));
    EXPECT_EQ(friends_of("ann"), std::vector{bob.uid});
    EXPECT_EQ(friends_of("bob"), std::vector{ann.uid});
    EXPECT_EQ(told("ann"), (std::vector{Kind::contact_invited, Kind::contact_agreed}));
    EXPECT_EQ(told("bob"), (std::vector{Kind::contact_invited, Kind::contact_added}));
    must(delete_contact(world(), bob, ann.uid));
    EXPECT_TRUE(friends_of("ann").empty());
    EXPECT_TRUE(friends_of("bob").empty());
    EXPECT_EQ(told("ann").back(), Kind::contact_deleted);
}

TEST_F(SocialTest, WhatWasNotAskedCannotBeAnswered) {
    EXPECT_EQ(error_of(accept_contact(world(), bob, ann.uid)), Errc::not_found);
    EXPECT_EQ(error_of(decline_contact(world(), bob, ann.uid)), Errc::not_found);
    EXPECT_EQ(error_of(ask_contact(world(), ann, ann.uid, "")), Errc::bad_request);
    EXPECT_EQ(error_of(set_contact_remark(world(), ann, bob.uid, "x")), Errc::not_found);
    must(ask_contact(world(), ann, bob.uid, ""));
    must(decline_contact(world(), bob, ann.uid));
    EXPECT_EQ(told("ann").back(), Kind::contact_refused);
    EXPECT_EQ(error_of(accept_contact(world(), bob, ann.uid)), Errc::not_found);
}

TEST_F(SocialTest, WhoIsBlockedCannotAskNorWrite) {
    const ChannelKey both{ChannelType::person, person_channel_id("ann", "bob")};
    const auto device = at.log_in("ann", "a");
    must(block(world(), bob, {ann.uid}));
    must(ask_contact(world(), ann, bob.uid, "please"));
    EXPECT_EQ(told("bob"), std::vector{Kind::contact_blocked});
    EXPECT_EQ(at.send(device, both, "bob", "hello"), Errc::denied);
    must(unblock(world(), bob, {ann.uid}));
    EXPECT_EQ(at.send(device, both, "bob", "hello"), std::nullopt);
}

TEST_F(SocialTest, ARemarkIsForOneSideAndBounded) {
    must(make_contact(world(), ann, bob.uid));
    must(set_contact_remark(world(), ann, bob.uid, "the baker"));
    EXPECT_EQ(must(contacts_of(world(), ann.uid)).front().remark, "the baker");
    EXPECT_EQ(must(contacts_of(world(), bob.uid)).front().remark, "");
    EXPECT_EQ(error_of(set_contact_remark(world(), ann, bob.uid, std::string(101, 'x'))),
              Errc::too_big);
}

// --- conversations

TEST_F(SocialTest, PinsAndMarksAreKeptAndBounded) {
    const auto channel = [](std::size_t i) { return group_channel(std::to_string(i)); };
    for (std::size_t i = 0; i < pinned_conversations_max; ++i) {
        must(pin_conversation(world(), ann, channel(i), true));
    }
    EXPECT_EQ(error_of(pin_conversation(world(), ann, channel(99), true)), Errc::too_big);
    must(pin_conversation(world(), ann, channel(0), false));
    must(pin_conversation(world(), ann, channel(99), true));
    must(mark_conversations(world(), ann, {3, {channel(99)}, true}));
    must(mark_conversations(world(), ann, {19, {channel(99)}, true}));
    must(mark_conversations(world(), ann, {3, {channel(99)}, false}));
    for (const auto& row : must(conversation_marks(world(), ann.uid))) {
        if (row.channel == channel(99)) {
            EXPECT_EQ(row.marks, std::uint32_t{1} << 19U);
        }
        EXPECT_NE(row.pinned_at.ms, 0);
        EXPECT_NE(row.channel, channel(0));  // nothing is left of it
    }
    EXPECT_EQ(error_of(mark_conversations(world(), ann, {20, {channel(1)}, true})),
              Errc::bad_request);
}

// Two changes of one row before either is durable.
TEST_F(SocialTest, ChangesOfOneTurnSeeEachOther) {
    const ChannelKey both{ChannelType::person, person_channel_id("ann", "bob")};
    int done = 0;
    at.engine.hold();
    for (std::uint8_t mark = 0; mark <= mark_max; ++mark) {
        start(mark_conversations(world(), ann, {mark, {both}, true}),
              [&](const Result<void>& result) {
                  EXPECT_TRUE(result);
                  ++done;
              });
    }
    at.settle();
    EXPECT_EQ(done, 0);
    at.engine.let_go();
    at.settle();
    EXPECT_EQ(done, 20);
    EXPECT_EQ(must(conversation_marks(world(), ann.uid)).front().marks, 0xFFFFFU);
    EXPECT_EQ(log_of("ann").size(), 20U);
    EXPECT_EQ(world().shard_of_account(ann.uid).under_way().size(), 0U);
}

TEST_F(SocialTest, HiddenHistoryIsHiddenFromOneSideOnly) {
    const ChannelKey both{ChannelType::person, person_channel_id("ann", "bob")};
    const auto device = at.log_in("bob", "b");
    std::vector<MessageId> ids;
    for (int i = 0; i < 5; ++i) {
        EXPECT_FALSE(at.send(device, both, "ann", std::to_string(i)));
        ids.push_back(at.last_sent());
        at.clock.now_ms += 1000;
    }
    must(hide_messages(world(), ann, both, {ids[3], MessageId(12345)}));
    auto hidden = must(hidden_from(world(), ann.uid, both));
    EXPECT_TRUE(hidden.covers(MessageSeq(4)));
    EXPECT_FALSE(hidden.covers(MessageSeq(3)));
    // The second message was said four seconds ago.
    must(hide_messages_until(world(), ann, both, WallTime{at.clock.now_ms - 4000}));
    hidden = must(hidden_from(world(), ann.uid, both));
    EXPECT_EQ(hidden.up_to, MessageSeq(2));
    EXPECT_EQ(hidden.single, std::vector{MessageSeq(4)});
    EXPECT_FALSE(must(hidden_from(world(), bob.uid, both)).covers(MessageSeq(1)));
    must(remove_conversation(world(), ann, both, true));
    hidden = must(hidden_from(world(), ann.uid, both));
    EXPECT_EQ(hidden.up_to, MessageSeq(5));
    EXPECT_TRUE(hidden.single.empty());
    SyncConversations list;
    list.uid = ann.uid;
    list.recents_max = 1;
    EXPECT_TRUE(must(sync_conversations(world(), list)).empty());
    EXPECT_FALSE(at.send(device, both, "ann", "again"));
    EXPECT_EQ(must(sync_conversations(world(), list)).size(), 1U);
}

TEST_F(SocialTest, SilentModeKeepsWhatIsNotSetAnew) {
    must(set_silent_mode(
        world(), ann, {.channel = {}, .type = "AT", .duration = {}, .interval = "21:30-8:30"}));
    const auto row = must(set_silent_mode(
        world(), ann, {.channel = {}, .type = {}, .duration = Millis{60'000}, .interval = {}}));
    EXPECT_EQ(row.type, "AT");
    EXPECT_EQ(row.interval, "21:30-8:30");
    EXPECT_EQ(row.ignore_until.ms, at.clock.now_ms + 60'000);
    EXPECT_EQ(log_of("ann").back().detail,
              "{\"ignoreDuration\":" + std::to_string(row.ignore_until.ms) + "}");
    EXPECT_EQ(error_of(set_silent_mode(
                  world(), ann, {.channel = {}, .type = "LOUD", .duration = {}, .interval = {}})),
              Errc::bad_request);
    must(set_silent_mode(
        world(), ann, {.channel = {}, .type = "DEFAULT", .duration = {}, .interval = {}}));
    EXPECT_TRUE(must(silent_modes(world(), ann.uid)).empty());
}

// --- groups

TEST_F(SocialTest, MembersOfAGroupGetItsMessages) {
    const auto group = group_with({bob.uid});
    EXPECT_EQ(told("bob"), std::vector{Kind::group_direct_joined});
    const auto device = at.log_in("bob", "b");
    const auto stranger = at.log_in("dan", "d");
    EXPECT_EQ(at.send(device, group, group.id, "hello"), std::nullopt);
    EXPECT_EQ(at.send(stranger, group, group.id, "hello"), Errc::not_a_member);
    must(remove_group_members(world(), ann, group, {bob.uid}));
    EXPECT_EQ(at.send(device, group, group.id, "hello"), Errc::not_a_member);
    EXPECT_TRUE(must(joined_by(world(), bob.uid, false)).empty());
    EXPECT_EQ(told("bob").back(), Kind::group_member_removed);
}

TEST_F(SocialTest, OnlyWhoMayChangesAGroup) {
    const auto group = group_with({bob.uid, cid.uid});
    EXPECT_EQ(error_of(update_group(world(), bob, group, {.name = "x"})), Errc::denied);
    EXPECT_EQ(error_of(invite_to_group(world(), bob, group, {dan.uid})), Errc::denied);
    EXPECT_EQ(error_of(remove_group_members(world(), bob, group, {cid.uid})), Errc::denied);
    EXPECT_EQ(error_of(mute_group(world(), bob, group, true)), Errc::denied);
    EXPECT_EQ(error_of(set_group_admin(world(), bob, group, bob.uid, true)), Errc::denied);
    EXPECT_EQ(error_of(destroy_group(world(), bob, group)), Errc::denied);
    EXPECT_EQ(error_of(leave_group(world(), ann, group)), Errc::denied);
    EXPECT_EQ(error_of(set_member_attributes(world(), bob, group, cid.uid, {{"a", "b"}})),
              Errc::denied);
    EXPECT_EQ(error_of(join_group(world(), dan, group, "")), Errc::denied);
    EXPECT_EQ(error_of(leave_group(world(), dan, group)), Errc::not_a_member);
    must(set_group_admin(world(), ann, group, bob.uid, true));
    must(update_group(world(), bob, group, {.name = "coffee"}));
    // An admin acts on members, not on the owner.
    const auto outcomes = must(remove_group_members(world(), bob, group, {ann.uid, cid.uid}));
    EXPECT_EQ(outcomes[0].error, Errc::denied);
    EXPECT_EQ(outcomes[1].error, std::nullopt);
    EXPECT_EQ(must(group_of(world(), group)).row.name, "coffee");
    EXPECT_EQ(error_of(group_of(world(), group_channel("1"))), Errc::not_found);
}

TEST_F(SocialTest, MutedMembersCannotSpeakUntilTheTimeIsOver) {
    const auto group = group_with({bob.uid, cid.uid});
    const auto b = at.log_in("bob", "b");
    const auto c = at.log_in("cid", "c");
    const auto a = at.log_in("ann", "a");
    must(mute_group_members(world(), ann, {group, {bob.uid}, 60'000}));
    EXPECT_EQ(at.send(b, group, group.id, "1"), Errc::sender_muted);
    EXPECT_EQ(at.send(c, group, group.id, "1"), std::nullopt);
    at.clock.now_ms += 60'001;
    EXPECT_EQ(at.send(b, group, group.id, "2"), std::nullopt);
    must(mute_group(world(), ann, group, true));
    must(allow_group_members(world(), ann, group, {cid.uid}, true));
    EXPECT_EQ(at.send(b, group, group.id, "3"), Errc::sender_muted);
    EXPECT_EQ(at.send(c, group, group.id, "3"), std::nullopt);
    EXPECT_EQ(at.send(a, group, group.id, "3"), std::nullopt);
    // The same after a restart, from the rows.
    at.cut_power();
    auto again = at.log_in("bob", "b");
    EXPECT_EQ(at.send(again, group, group.id, "4"), Errc::sender_muted);
    must(mute_group(world(), ann, group, false));
    EXPECT_EQ(at.send(again, group, group.id, "5"), std::nullopt);
}

TEST_F(SocialTest, AnApplicationWaitsForAnAdmin) {
    const auto group = group_with({bob.uid}, true, true);
    EXPECT_EQ(must(join_group(world(), dan, group, "please")), Joining::waits);
    EXPECT_EQ(told("ann").back(), Kind::group_apply);
    EXPECT_EQ(log_of("ann").back().text, "please");
    EXPECT_EQ(error_of(decide_application(world(), bob, {group, dan.uid, true, ""})), Errc::denied);
    must(decide_application(world(), ann, {group, dan.uid, true, ""}));
    EXPECT_EQ(told("dan"), (std::vector{Kind::group_apply, Kind::group_apply_accepted}));
    EXPECT_EQ(told("bob").back(), Kind::group_member_came);
    EXPECT_EQ(log_of("bob").back().value, 3);
    EXPECT_EQ(must(joined_by(world(), dan.uid, false)).front().channel, group);
    EXPECT_EQ(error_of(decide_application(world(), ann, {group, dan.uid, true, ""})),
              Errc::not_found);
}

TEST_F(SocialTest, AGroupHasRoomForSoMany) {
    const auto group = group_with({bob.uid}, true);
    const auto outcomes = must(invite_to_group(
        world(), ann, group, {Uid("u1"), Uid("u2"), Uid("u3"), Uid("u4"), bob.uid}));
    EXPECT_EQ(outcomes[2].error, std::nullopt);
    EXPECT_EQ(outcomes[3].error, Errc::too_big);
    EXPECT_EQ(outcomes[4].error, Errc::conflict);
    EXPECT_EQ(error_of(join_group(world(), dan, group, "")), Errc::too_big);
}

TEST_F(SocialTest, WhoInvitedHearsOfTheAcceptanceBeforeTheMembersHearWhoCame) {
    CreateGroup command;
    command.owner = ann.uid;
    command.settings.invite_confirm = true;
    command.settings.users_max = 5;
    command.members = {bob.uid};
    const auto group = must(create_group(world(), ann, std::move(command)));
    must(answer_invitation(world(), bob, group, true));
    const auto heard = told("ann");
    ASSERT_GE(heard.size(), 2U);
    EXPECT_EQ(std::vector(heard.end() - 2, heard.end()),
              (std::vector{Kind::group_invite_accepted, Kind::group_member_came}));
}

TEST_F(SocialTest, AnAcceptedInvitationThatIsRefusedTellsNobody) {
    CreateGroup command;
    command.owner = ann.uid;
    command.settings.name = "tea";
    command.settings.invite_confirm = true;
    command.settings.users_max = 2;
    command.members = {bob.uid};
    const auto group = must(create_group(world(), ann, std::move(command)));
    must(add_group_members(world(), app, group, {cid.uid}));
    const auto before = told("ann");
    EXPECT_EQ(error_of(answer_invitation(world(), bob, group, true)), Errc::too_big);
    must(set_announcement(world(), ann, group, "full"));
    auto expected = before;
    expected.push_back(Kind::group_announcement);
    EXPECT_EQ(told("ann"), expected);
}

TEST_F(SocialTest, WhoInvitedHearsTheAnswerBeforeWhatComesOfIt) {
    CreateGroup command;
    command.owner = ann.uid;
    command.settings.name = "tea";
    command.settings.invite_confirm = true;
    command.settings.users_max = 5;
    command.members = {bob.uid};
    const auto group = must(create_group(world(), ann, std::move(command)));
    must(answer_invitation(world(), bob, group, true));
    const auto heard = told("ann");
    ASSERT_GE(heard.size(), 2U);
    EXPECT_EQ(heard[heard.size() - 2], Kind::group_invite_accepted);
    EXPECT_EQ(heard.back(), Kind::group_member_came);
}

TEST_F(SocialTest, WhoIsBlockedStaysOut) {
    const auto group = group_with({bob.uid}, true);
    must(block_group_members(world(), ann, group, {bob.uid}, true));
    EXPECT_EQ(told("bob").back(), Kind::group_member_removed);
    EXPECT_EQ(error_of(join_group(world(), bob, group, "")), Errc::denied);
    EXPECT_EQ(must(invite_to_group(world(), ann, group, {bob.uid})).front().error, Errc::denied);
    must(block_group_members(world(), ann, group, {bob.uid}, false));
    EXPECT_EQ(told("bob").back(), Kind::group_member_unblocked);
    EXPECT_EQ(must(join_group(world(), bob, group, "")), Joining::joined);
}

TEST_F(SocialTest, AGroupThatIsGoneIsGoneForAll) {
    const auto group = group_with({bob.uid, cid.uid});
    const auto thread = must(create_thread(world(), bob, {group, MessageId(5), "sugar"}));
    must(destroy_group(world(), ann, group));
    EXPECT_EQ(told("cid").back(), Kind::group_destroyed);
    EXPECT_EQ(error_of(group_of(world(), group)), Errc::not_found);
    EXPECT_EQ(error_of(group_of(world(), thread)), Errc::not_found);
    EXPECT_TRUE(must(joined_by(world(), bob.uid, false)).empty());
    EXPECT_TRUE(must(joined_by(world(), bob.uid, true)).empty());
    const auto device = at.log_in("bob", "b");
    EXPECT_EQ(at.send(device, group, group.id, "?"), Errc::channel_disbanded);
}

TEST_F(SocialTest, PublicGroupsArePaged) {
    std::vector<std::string> made;
    for (int i = 0; i < 7; ++i) made.push_back(group_with({}, i != 3).id);
    made.erase(made.begin() + 3);
    std::vector<std::string> seen;
    std::string cursor;
    do {
        auto page = must(public_groups(world(), cursor, 2));
        EXPECT_LE(page.groups.size(), 2U);
        for (const auto& group : page.groups) seen.push_back(group.id);
        cursor = page.cursor;
    } while (!cursor.empty());
    std::ranges::sort(seen);
    std::ranges::sort(made);
    EXPECT_EQ(seen, made);
}

// --- threads

TEST_F(SocialTest, AThreadIsForMembersOfItsGroup) {
    const auto group = group_with({bob.uid, cid.uid});
    EXPECT_EQ(error_of(create_thread(world(), dan, {group, MessageId(5), "x"})),
              Errc::not_a_member);
    const auto thread = must(create_thread(world(), bob, {group, MessageId(5), "sugar"}));
    EXPECT_EQ(error_of(create_thread(world(), cid, {group, MessageId(5), "y"})), Errc::conflict);
    EXPECT_EQ(told("cid").back(), Kind::thread_seen_created);
    EXPECT_EQ(error_of(join_thread(world(), dan, thread)), Errc::not_a_member);
    must(join_thread(world(), cid, thread));
    EXPECT_EQ(must(group_of(world(), thread)).members.size(), 2U);
    EXPECT_EQ(error_of(rename_thread(world(), cid, thread, "z")), Errc::denied);
    must(rename_thread(world(), ann, thread, "milk"));
    EXPECT_EQ(must(threads_of(world(), group)).front().row.name, "milk");
    must(remove_thread_member(world(), ann, thread, cid.uid));
    EXPECT_EQ(told("cid").back(), Kind::thread_member_removed);
    // Who leaves the group leaves its threads, and is told of the group alone.
    must(join_thread(world(), cid, thread));
    must(leave_group(world(), cid, group));
    EXPECT_EQ(told("cid").back(), Kind::group_left);
    EXPECT_TRUE(must(joined_by(world(), cid.uid, true)).empty());
    EXPECT_EQ(must(group_of(world(), thread)).members.size(), 1U);
    must(destroy_thread(world(), bob, thread));
    EXPECT_TRUE(must(threads_of(world(), group)).empty());
}

TEST_F(SocialTest, AttributesOfAMemberAreSetAndRemoved) {
    const auto group = group_with({bob.uid});
    must(set_member_attributes(world(), bob, group, bob.uid, {{"mood", "good"}, {"seat", "3"}}));
    must(set_member_attributes(world(), ann, group, bob.uid, {{"mood", ""}}));
    const auto view = must(group_of(world(), group));
    EXPECT_EQ(view.member(bob.uid)->attributes,
              (std::map<std::string, std::string>{{"seat", "3"}}));
    EXPECT_EQ(log_of("bob").back().detail, R"({"mood":""})");
}

}  // namespace
}  // namespace fenshen::service
