// SPDX-License-Identifier: Apache-2.0
// Every operation that the other devices of an account are told of (easemob-multidevice 5): each
// of them once, at once or at its return, and never the one that did it.
#include "service/social/account_events.h"

#include <gtest/gtest.h>

#include <functional>

#include "model/names.h"
#include "service/messages/conversation_marks.h"
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

const ChannelKey with_bob{ChannelType::person, person_channel_id("ann", "bob")};

/// One operation of ann's first device, and what her other devices are told.
struct Operation {
    const char* name;
    /// What must be so before; done by the server or by bob.
    std::function<void(ServiceWorld&)> before;
    std::function<void(ServiceWorld&, const EventOrigin&)> act;
    std::vector<Kind> told;
};

template <class T>
void ok(ServiceWorld& at, Task<Result<T>> task) {
    const auto done = at.run(std::move(task));
    EXPECT_TRUE(done) << row_of(done.error()).name;
}

const EventOrigin bob{Uid("bob"), DeviceId("bob_1")};
const EventOrigin ann_elsewhere{Uid("ann"), DeviceId()};

void bob_asks(ServiceWorld& at) {
    ok(at, ask_contact(at.world(), bob, Uid("ann"), "hello"));
}
void are_contacts(ServiceWorld& at) {
    ok(at, make_contact(at.world(), bob, Uid("ann")));
}
void nothing(ServiceWorld& /*at*/) {}

/// The group that `before` made: tests have one each.
ChannelKey the_group(ServiceWorld& at, const char* uid = "bob") {
    const auto joined = at.run(joined_by(at.world(), Uid(uid), false));
    EXPECT_TRUE(joined);
    EXPECT_FALSE(joined->empty());
    return joined->empty() ? ChannelKey{} : joined->front().channel;
}
ChannelKey the_thread(ServiceWorld& at) {
    const auto threads = at.run(threads_of(at.world(), the_group(at)));
    EXPECT_TRUE(threads && !threads->empty());
    return threads->front().channel;
}

CreateGroup group_of_bob(std::vector<Uid> members) {
    CreateGroup command;
    command.owner = Uid("bob");
    command.settings.name = "tea";
    command.settings.is_public = true;
    command.members = std::move(members);
    return command;
}
void bob_has_a_group(ServiceWorld& at) {
    ok(at, create_group(at.world(), bob, group_of_bob({})));
}
void ann_is_in_a_group(ServiceWorld& at) {
    ok(at, create_group(at.world(), bob, group_of_bob({Uid("ann"), Uid("cid")})));
}
void ann_has_a_group(ServiceWorld& at) {
    ann_is_in_a_group(at);
    ok(at, change_group_owner(at.world(), bob, the_group(at), Uid("ann")));
}
void ann_was_invited(ServiceWorld& at) {
    auto command = group_of_bob({});
    command.settings.invite_confirm = true;
    ok(at, create_group(at.world(), bob, command));
    ok(at, invite_to_group(at.world(), bob, the_group(at), {Uid("ann")}));
}
void cid_has_applied(ServiceWorld& at) {
    auto command = group_of_bob({Uid("ann")});
    command.settings.approval = true;
    ok(at, create_group(at.world(), bob, command));
    ok(at, change_group_owner(at.world(), bob, the_group(at), Uid("ann")));
    ok(at, join_group(at.world(), {Uid("cid"), DeviceId("c")}, the_group(at), "please"));
}
void ann_has_a_thread(ServiceWorld& at) {
    ann_is_in_a_group(at);
    ok(at, create_thread(at.world(), ann_elsewhere, {the_group(at), MessageId(77), "sugar"}));
}
void bob_has_a_thread(ServiceWorld& at) {
    ann_is_in_a_group(at);
    ok(at, create_thread(at.world(), bob, {the_group(at), MessageId(77), "sugar"}));
}
void bob_wrote(ServiceWorld& at) {
    auto device = at.log_in("bob", "bob_9");
    EXPECT_FALSE(at.send(device, with_bob, "ann", "one"));
    EXPECT_FALSE(at.send(device, with_bob, "ann", "two"));
}

std::vector<Operation> operations() {
    return {
        // --- contacts
        {"ask",
         nothing,
         [](auto& at, auto& by) { ok(at, ask_contact(at.world(), by, Uid("bob"), "tea?")); },
         {Kind::contact_invited}},
        {"accept",
         bob_asks,
         [](auto& at, auto& by) { ok(at, accept_contact(at.world(), by, Uid("bob"))); },
         {Kind::contact_added}},
        {"decline",
         bob_asks,
         [](auto& at, auto& by) { ok(at, decline_contact(at.world(), by, Uid("bob"))); },
         {Kind::contact_refused}},
        {"delete",
         are_contacts,
         [](auto& at, auto& by) { ok(at, delete_contact(at.world(), by, Uid("bob"))); },
         {Kind::contact_deleted}},
        {"remark",
         are_contacts,
         [](auto& at, auto& by) {
             ok(at, set_contact_remark(at.world(), by, Uid("bob"), "the baker"));
         },
         {Kind::contact_remark}},
        {"block",
         nothing,
         [](auto& at, auto& by) { ok(at, block(at.world(), by, {Uid("bob")})); },
         {Kind::contact_blocked}},
        {"unblock",
         [](auto& at) { ok(at, block(at.world(), ann_elsewhere, {Uid("bob")})); },
         [](auto& at, auto& by) { ok(at, unblock(at.world(), by, {Uid("bob")})); },
         {Kind::contact_unblocked}},
        // --- conversations
        {"pin",
         nothing,
         [](auto& at, auto& by) { ok(at, pin_conversation(at.world(), by, with_bob, true)); },
         {Kind::conversation_pinned}},
        {"unpin",
         [](auto& at) { ok(at, pin_conversation(at.world(), ann_elsewhere, with_bob, true)); },
         [](auto& at, auto& by) { ok(at, pin_conversation(at.world(), by, with_bob, false)); },
         {Kind::conversation_unpinned}},
        {"mark",
         nothing,
         [](auto& at, auto& by) {
             ok(at, mark_conversations(at.world(), by, {19, {with_bob}, true}));
         },
         {Kind::conversation_marked}},
        {"unmark",
         [](auto& at) {
             ok(at, mark_conversations(at.world(), ann_elsewhere, {19, {with_bob}, true}));
         },
         [](auto& at, auto& by) {
             ok(at, mark_conversations(at.world(), by, {19, {with_bob}, false}));
         },
         {Kind::conversation_unmarked}},
        {"remove conversation",
         bob_wrote,
         [](auto& at, auto& by) { ok(at, remove_conversation(at.world(), by, with_bob, true)); },
         {Kind::conversation_deleted}},
        {"hide messages",
         bob_wrote,
         [](auto& at, auto& by) {
             ok(at, hide_messages(at.world(), by, with_bob, {at.last_sent()}));
         },
         {Kind::roaming_deleted}},
        {"hide until",
         bob_wrote,
         [](auto& at, auto& by) {
             ok(at, hide_messages_until(at.world(), by, with_bob, at.clock.wall()));
         },
         {Kind::roaming_deleted}},
        {"clear",
         bob_wrote,
         [](auto& at, auto& by) { ok(at, clear_history(at.world(), by)); },
         {Kind::history_cleared}},
        {"pin message",
         bob_wrote,
         [](auto& at, auto& by) {
             ok(at, pin_message(at.world(), by, {with_bob, at.last_sent(), true, {Uid("bob")}}));
         },
         {Kind::message_pinned}},
        {"unpin message",
         [](auto& at) {
             bob_wrote(at);
             ok(at, pin_message(at.world(), bob, {with_bob, at.last_sent(), true, {Uid("ann")}}));
         },
         [](auto& at, auto& by) {
             ok(at, pin_message(at.world(), by, {with_bob, at.last_sent(), false, {Uid("bob")}}));
         },
         {Kind::message_unpinned}},
        {"read",
         bob_wrote,
         [](auto& at, auto& by) {
             ok(at, read_conversation_to(at.world(), by, with_bob, MessageSeq(2)));
         },
         {Kind::conversation_read}},
        // --- silent mode
        {"silence all",
         nothing,
         [](auto& at, auto& by) {
             ok(at,
                set_silent_mode(
                    at.world(),
                    by,
                    {.channel = {}, .type = {}, .duration = {}, .interval = "21:30-8:30"}));
         },
         {Kind::silent_mode_set}},
        {"silence one",
         nothing,
         [](auto& at, auto& by) {
             ok(at,
                set_silent_mode(
                    at.world(),
                    by,
                    {.channel = with_bob, .type = "NONE", .duration = {}, .interval = {}}));
         },
         {Kind::silent_mode_set}},
        {"no longer",
         nothing,
         [](auto& at, auto& by) {
             ok(at,
                set_silent_mode(
                    at.world(),
                    by,
                    {.channel = with_bob, .type = "DEFAULT", .duration = {}, .interval = {}}));
         },
         {Kind::silent_mode_cleared}},
        // --- groups
        {"create",
         nothing,
         [](auto& at, auto& by) {
             CreateGroup command;
             command.owner = by.uid;
             command.settings.name = "ours";
             ok(at, create_group(at.world(), by, command));
         },
         {Kind::group_created}},
        {"destroy",
         ann_has_a_group,
         [](auto& at, auto& by) { ok(at, destroy_group(at.world(), by, the_group(at))); },
         {Kind::group_destroyed}},
        {"join",
         bob_has_a_group,
         [](auto& at, auto& by) { ok(at, join_group(at.world(), by, the_group(at), "")); },
         {Kind::group_joined}},
        {"leave",
         ann_is_in_a_group,
         [](auto& at, auto& by) { ok(at, leave_group(at.world(), by, the_group(at))); },
         {Kind::group_left}},
        {"apply",
         [](auto& at) {
             auto command = group_of_bob({});
             command.settings.approval = true;
             ok(at, create_group(at.world(), bob, command));
         },
         [](auto& at, auto& by) { ok(at, join_group(at.world(), by, the_group(at), "please")); },
         {Kind::group_apply}},
        {"accept application",
         cid_has_applied,
         [](auto& at, auto& by) {
             ok(at, decide_application(at.world(), by, {the_group(at), Uid("cid"), true, ""}));
         },
         {Kind::group_apply_accepted, Kind::group_member_came}},
        {"decline application",
         cid_has_applied,
         [](auto& at, auto& by) {
             ok(at, decide_application(at.world(), by, {the_group(at), Uid("cid"), false, "no"}));
         },
         {Kind::group_apply_declined}},
        {"invite",
         ann_has_a_group,
         [](auto& at, auto& by) {
             ok(at, invite_to_group(at.world(), by, the_group(at), {Uid("dan")}));
         },
         {Kind::group_invited}},
        {"accept invitation",
         ann_was_invited,
         [](auto& at, auto& by) { ok(at, answer_invitation(at.world(), by, the_group(at), true)); },
         {Kind::group_invite_accepted}},
        {"decline invitation",
         ann_was_invited,
         [](auto& at, auto& by) {
             ok(at, answer_invitation(at.world(), by, the_group(at), false));
         },
         {Kind::group_invite_declined}},
        {"remove member",
         ann_has_a_group,
         [](auto& at, auto& by) {
             ok(at, remove_group_members(at.world(), by, the_group(at), {Uid("cid")}));
         },
         {Kind::group_member_removed}},
        {"block member",
         ann_has_a_group,
         [](auto& at, auto& by) {
             ok(at, block_group_members(at.world(), by, the_group(at), {Uid("cid")}, true));
         },
         {Kind::group_member_blocked}},
        {"unblock member",
         [](auto& at) {
             ann_has_a_group(at);
             ok(at,
                block_group_members(at.world(), ann_elsewhere, the_group(at), {Uid("cid")}, true));
         },
         [](auto& at, auto& by) {
             ok(at, block_group_members(at.world(), by, the_group(at), {Uid("cid")}, false));
         },
         {Kind::group_member_unblocked}},
        {"update",
         ann_has_a_group,
         [](auto& at, auto& by) {
             ok(at, update_group(at.world(), by, the_group(at), {.name = "coffee"}));
         },
         {Kind::group_updated}},
        {"owner",
         ann_has_a_group,
         [](auto& at, auto& by) {
             ok(at, change_group_owner(at.world(), by, the_group(at), Uid("bob")));
         },
         {Kind::group_owner_changed}},
        {"admin",
         ann_has_a_group,
         [](auto& at, auto& by) {
             ok(at, set_group_admin(at.world(), by, the_group(at), Uid("cid"), true));
         },
         {Kind::group_admin_added}},
        {"no admin",
         [](auto& at) {
             ann_has_a_group(at);
             ok(at, set_group_admin(at.world(), ann_elsewhere, the_group(at), Uid("cid"), true));
         },
         [](auto& at, auto& by) {
             ok(at, set_group_admin(at.world(), by, the_group(at), Uid("cid"), false));
         },
         {Kind::group_admin_removed}},
        {"mute",
         ann_has_a_group,
         [](auto& at, auto& by) {
             ok(at, mute_group_members(at.world(), by, {the_group(at), {Uid("cid")}, -1}));
         },
         {Kind::group_member_muted}},
        {"unmute",
         ann_has_a_group,
         [](auto& at, auto& by) {
             ok(at, mute_group_members(at.world(), by, {the_group(at), {Uid("cid")}, 0}));
         },
         {Kind::group_member_unmuted}},
        {"mute all",
         ann_has_a_group,
         [](auto& at, auto& by) { ok(at, mute_group(at.world(), by, the_group(at), true)); },
         {Kind::group_all_muted}},
        {"allow",
         ann_has_a_group,
         [](auto& at, auto& by) {
             ok(at, allow_group_members(at.world(), by, the_group(at), {Uid("cid")}, true));
         },
         {Kind::group_allow_added}},
        {"announce",
         ann_has_a_group,
         [](auto& at, auto& by) {
             ok(at, set_announcement(at.world(), by, the_group(at), "at five"));
         },
         {Kind::group_announcement}},
        {"shield",
         ann_is_in_a_group,
         [](auto& at, auto& by) { ok(at, shield_group(at.world(), by, the_group(at), true)); },
         {Kind::group_shielded}},
        {"attributes",
         ann_is_in_a_group,
         [](auto& at, auto& by) {
             ok(at,
                set_member_attributes(at.world(), by, the_group(at), by.uid, {{"mood", "good"}}));
         },
         {Kind::member_attributes}},
        // --- threads
        {"create thread",
         ann_is_in_a_group,
         [](auto& at, auto& by) {
             ok(at, create_thread(at.world(), by, {the_group(at), MessageId(77), "sugar"}));
         },
         {Kind::thread_created, Kind::thread_seen_created}},
        {"destroy thread",
         ann_has_a_thread,
         [](auto& at, auto& by) { ok(at, destroy_thread(at.world(), by, the_thread(at))); },
         {Kind::thread_destroyed, Kind::thread_seen_destroyed}},
        {"join thread",
         bob_has_a_thread,
         [](auto& at, auto& by) { ok(at, join_thread(at.world(), by, the_thread(at))); },
         {Kind::thread_joined}},
        {"leave thread",
         ann_has_a_thread,
         [](auto& at, auto& by) { ok(at, leave_thread(at.world(), by, the_thread(at))); },
         {Kind::thread_left}},
        {"rename thread",
         ann_has_a_thread,
         [](auto& at, auto& by) { ok(at, rename_thread(at.world(), by, the_thread(at), "milk")); },
         {Kind::thread_renamed, Kind::thread_seen_renamed}},
    };
}

TEST(AccountEvents, EveryOtherDeviceIsToldOnceAndNeverTheOneThatDidIt) {
    for (const auto& operation : operations()) {
        SCOPED_TRACE(operation.name);
        ServiceWorld at;
        auto acting = at.log_in("ann", "ann_1");
        auto beside = at.log_in("ann", "ann_2");
        auto away = at.log_in("ann", "ann_3");
        operation.before(at);
        at.missed_by(acting);
        at.missed_by(away);
        at.missed_by(beside);
        at.go(away);
        at.sessions().told.clear();

        operation.act(at, acting.as_origin());

        EXPECT_EQ(kinds_of(at.told(beside)), operation.told);
        EXPECT_TRUE(at.told(acting).empty());
        EXPECT_TRUE(at.missed_by(acting).empty());
        // What is told at once is what stands in the log, and nothing is told when it comes back.
        at.come_back(away);
        EXPECT_TRUE(at.told(away).empty());
        const auto missed = at.missed_by(away);
        EXPECT_EQ(kinds_of(missed), operation.told);
        EXPECT_EQ(missed, at.told(beside));
        EXPECT_TRUE(at.missed_by(away).empty());
        // A new device has nothing to catch up with.
        const auto newcomer = at.log_in("ann", "ann_4");
        EXPECT_TRUE(at.missed_by(newcomer).empty());
        for (const auto& event : missed) EXPECT_EQ(event.origin, acting.as_origin());
    }
}

// Cut off after every step of what it takes to ask for a contact: either both know of it, each
// once, or neither.
TEST(AccountEvents, APowerCutLosesNothingAndTellsNothingTwice) {
    bool ended = false;
    int both = 0;
    for (std::size_t steps = 0; !ended; ++steps) {
        SCOPED_TRACE(steps);
        ServiceWorld at;
        const EventOrigin by{Uid("ann"), DeviceId("ann_1")};
        ended = at.begin(ask_contact(at.world(), by, Uid("bob"), "tea?"), steps);
        at.cut_power();
        const auto own = at.run(read_events(at.world(), Uid("ann"), DeviceId("x"), 0, 50));
        const auto peers = at.run(read_events(at.world(), Uid("bob"), DeviceId("x"), 0, 50));
        ASSERT_TRUE(own && peers);
        EXPECT_EQ(own->events.size(), peers->events.size());
        EXPECT_LE(own->events.size(), 1U);
        both += static_cast<int>(peers->events.size());
        const bool asked = at.run(accept_contact(at.world(), bob, Uid("ann"))).has_value();
        EXPECT_EQ(asked, !peers->events.empty());
        ASSERT_LT(steps, 100U);
    }
    EXPECT_GT(both, 1);
}

TEST(AccountEvents, AFailedWriteTellsNobody) {
    ServiceWorld at;
    auto acting = at.log_in("ann", "ann_1");
    auto beside = at.log_in("ann", "ann_2");
    at.engine.fail_next(1);
    EXPECT_FALSE(at.run(pin_conversation(at.world(), acting.as_origin(), with_bob, true)));
    EXPECT_TRUE(at.told(beside).empty());
    EXPECT_TRUE(at.missed_by(beside).empty());
    ok(at, pin_conversation(at.world(), acting.as_origin(), with_bob, true));
    EXPECT_EQ(kinds_of(at.told(beside)), std::vector{Kind::conversation_pinned});
}

TEST(AccountEvents, TheLogIsBoundedByCountAndSaysSo) {
    ServiceWorld at;
    auto beside = at.log_in("ann", "ann_2");
    constexpr std::uint64_t more = 200;
    for (std::uint64_t i = 0; i < account_events_max + more; ++i) {
        ok(at, pin_conversation(at.world(), ann_elsewhere, with_bob, i % 2 == 0));
    }
    const auto page = at.run(read_events(at.world(), Uid("ann"), beside.id, 0, 10));
    ASSERT_TRUE(page);
    EXPECT_TRUE(page->fell_behind);
    ASSERT_FALSE(page->events.empty());
    EXPECT_GE(page->events.front().number, more - 64);
    const auto later =
        at.run(read_events(at.world(), Uid("ann"), beside.id, page->events.front().number, 10));
    ASSERT_TRUE(later);
    EXPECT_FALSE(later->fell_behind);
    EXPECT_EQ(at.told(beside).size(), account_events_max + more);
}

TEST(AccountEvents, TheLogIsBoundedByAge) {
    ServiceWorld at;
    for (int i = 0; i < 20; ++i) {
        ok(at, pin_conversation(at.world(), ann_elsewhere, with_bob, i % 2 == 0));
    }
    at.clock.now_ms += account_event_age_max.count() + 1;
    for (int i = 0; i < 40; ++i) {
        ok(at, pin_conversation(at.world(), ann_elsewhere, with_bob, i % 2 == 0));
    }
    const auto page = at.run(read_events(at.world(), Uid("ann"), DeviceId("x"), 0, 10));
    ASSERT_TRUE(page);
    EXPECT_TRUE(page->fell_behind);
    EXPECT_EQ(page->events.front().number, 21U);
}

TEST(AccountEvents, RecordsReadBackAndRefuseWhatIsCutOff) {
    const AccountEvent event{.number = 0,
                             .at = {1'776'844'800'000},
                             .kind = Kind::group_member_came,
                             .origin = {Uid("ann"), DeviceId("ann_1")},
                             .channel = group_channel("123"),
                             .parent = group_channel("7"),
                             .uids = {Uid("bob"), Uid("cid")},
                             .name = "tea",
                             .text = "why",
                             .detail = "{}",
                             .value = -1};
    const Bytes record = encode(event);
    EXPECT_EQ(decode_event(record), event);
    for (std::size_t cut = 0; cut < record.size(); ++cut) {
        EXPECT_EQ(decode_event(BytesView(record).substr(0, cut)),
                  std::unexpected(Errc::store_corrupt));
    }
    EXPECT_EQ(decode_event(record + "x"), std::unexpected(Errc::store_corrupt));
}

TEST(EventFeed, PutsPagesAndWhatItIsToldInOrder) {
    EventFeed feed(10);
    EXPECT_FALSE(feed.told(12));  // the page brings it
    EXPECT_FALSE(feed.page_read(12, false));
    EXPECT_FALSE(feed.told(12));
    EXPECT_TRUE(feed.told(13));
    EXPECT_EQ(feed.place(), 13U);

    EventFeed late(10);
    EXPECT_TRUE(late.page_read(11, true));
    EXPECT_FALSE(late.told(13));
    EXPECT_TRUE(late.page_read(12, false));  // told of more than the page had: read on
    EXPECT_FALSE(late.page_read(13, false));
    EXPECT_TRUE(late.told(14));
}

}  // namespace
}  // namespace fenshen::service
