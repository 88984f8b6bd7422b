// SPDX-License-Identifier: Apache-2.0
// Rows about accounts and groups: what is put is read, each under its own key, and bytes that make
// no sense are refused.
#include "storage/rows_social.h"

#include <gtest/gtest.h>

#include "storage/memory/memory_engine.h"
#include "storage/rows_message_marks.h"
#include "storage/testing/test_home.h"

namespace fenshen::storage {
namespace {

const SlotId slot{3};
const Uid ann("ann");
const ChannelKey tea{ChannelType::group, "123"};
const ChannelKey milk{ChannelType::group, "12"};  // its id begins that of the other

class SocialRows : public ::testing::Test {
protected:
    void apply(const Batch& batch) {
        store.commit(slot, batch, home_, [](Result<void> result) { ASSERT_TRUE(result); });
        home_.do_all();
    }
    MemoryEngine store;

private:
    testing::ManualHome home_;
};

TEST_F(SocialRows, EventsAreNumberedAndReadInPages) {
    Batch batch;
    for (const std::uint64_t number : {1U, 2U, 255U, 256U, 1000U}) {
        put_account_event(batch, ann, {number, {5}, "record"});
    }
    put_account_event(batch, Uid("anna"), {7, {5}, "hers"});
    put_account_events_erased(batch, ann, 4);
    apply(batch);
    EXPECT_EQ(read_last_account_event(store, slot, ann), 1000U);
    EXPECT_EQ(read_last_account_event(store, slot, Uid("an")), 0U);
    EXPECT_EQ(read_account_events_erased(store, slot, ann), 4U);
    EXPECT_EQ(read_account_events_erased(store, slot, Uid("anna")), 0U);
    const auto page = read_account_events(store, slot, ann, 1, 2);
    ASSERT_TRUE(page);
    ASSERT_EQ(page->size(), 2U);
    EXPECT_EQ((*page)[0], (AccountEventRow{2, {5}, "record"}));
    EXPECT_EQ((*page)[1].number, 255U);
    const auto all = read_account_events(store, slot, ann, 0, 100);
    EXPECT_EQ(all->size(), 5U);
    Batch erasing;
    erase_account_event(erasing, ann, 1000);
    apply(erasing);
    EXPECT_EQ(read_last_account_event(store, slot, ann), 256U);
}

TEST_F(SocialRows, CursorsAreOfADevice) {
    Batch batch;
    put_event_cursor(batch, ann, DeviceClass(1), DeviceId("a"), 7);
    apply(batch);
    EXPECT_EQ(read_event_cursor(store, slot, ann, DeviceClass(1), DeviceId("a")), 7U);
    EXPECT_EQ(read_event_cursor(store, slot, ann, DeviceClass(2), DeviceId("a")), std::nullopt);
    Batch erasing;
    erase_event_cursor(erasing, ann, DeviceClass(1), DeviceId("a"));
    apply(erasing);
    EXPECT_EQ(read_event_cursor(store, slot, ann, DeviceClass(1), DeviceId("a")), std::nullopt);
}

TEST_F(SocialRows, WhatAnAccountKeeps) {
    const ContactRow contact{Uid("bob"), ContactState::friends, "the baker", "tea?", {9}};
    const JoinedRow joined{milk, tea, {9}};
    const ConversationMarkRow mark{tea, {9}, 0xFFFFF, MessageSeq(3)};
    const SilentModeRow silent{tea, "NONE", {9}, "21:30-8:30"};
    Batch batch;
    put_contact(batch, ann, contact);
    put_joined(batch, ann, joined);
    put_conversation_mark(batch, ann, mark);
    put_silent_mode(batch, ann, silent);
    put_hidden_message(batch, ann, tea, MessageSeq(300));
    put_hidden_message(batch, ann, tea, MessageSeq(3));
    put_hidden_message(batch, ann, milk, MessageSeq(1));
    apply(batch);
    EXPECT_EQ(read_contact(store, slot, ann, Uid("bob")), contact);
    EXPECT_EQ(read_contacts(store, slot, ann), std::vector{contact});
    EXPECT_EQ(read_joined(store, slot, ann), std::vector{joined});
    EXPECT_EQ(read_conversation_mark(store, slot, ann, tea), mark);
    EXPECT_EQ(read_conversation_marks(store, slot, ann), std::vector{mark});
    EXPECT_EQ(read_silent_mode(store, slot, ann, tea), silent);
    EXPECT_EQ(read_silent_modes(store, slot, ann), std::vector{silent});
    EXPECT_EQ(read_hidden_messages(store, slot, ann, tea),
              (std::vector{MessageSeq(3), MessageSeq(300)}));
    Batch erasing;
    erase_contact(erasing, ann, Uid("bob"));
    erase_joined(erasing, ann, milk);
    put_conversation_mark(erasing, ann, {.channel = tea});  // nothing is left of it
    erase_silent_mode(erasing, ann, tea);
    erase_hidden_message(erasing, ann, tea, MessageSeq(3));
    apply(erasing);
    EXPECT_EQ(read_contact(store, slot, ann, Uid("bob")), std::nullopt);
    EXPECT_TRUE(read_joined(store, slot, ann)->empty());
    EXPECT_EQ(read_conversation_mark(store, slot, ann, tea), std::nullopt);
    EXPECT_EQ(read_silent_mode(store, slot, ann, tea), std::nullopt);
    EXPECT_EQ(read_hidden_messages(store, slot, ann, tea), std::vector{MessageSeq(300)});
}

TEST_F(SocialRows, WhatAUserTellsOfItself) {
    Batch batch;
    put_user_attributes(batch, ann, {{"nickname", "Ann"}, {"sign", ""}});
    put_user_attributes(batch, Uid("bob"), {{"sign", "tea"}});
    apply(batch);
    EXPECT_EQ(read_user_attributes(store, slot, ann),
              (UserAttributes{{"nickname", "Ann"}, {"sign", ""}}));
    EXPECT_EQ(read_user_attribute_bytes(store, slot), 8U + 3U + 4U + 4U + 3U);
    Batch erasing;
    put_user_attributes(erasing, ann, {});  // nothing is left of it
    apply(erasing);
    EXPECT_EQ(read_user_attributes(store, slot, ann), UserAttributes{});
    EXPECT_EQ(read_user_attribute_bytes(store, slot), 7U);
}

TEST_F(SocialRows, WhatAGroupKeeps) {
    GroupRow group;
    group.name = "tea";
    group.description = "at five";
    group.owner = ann;
    group.is_public = group.invite_confirm = true;
    group.users_max = 5;
    group.created_at = {9};
    group.parent = milk;
    group.message_id = MessageId(77);
    const GroupMemberRow member{
        ann, GroupRole::owner, {9}, -1, true, false, {{"mood", "good"}, {"seat", ""}}};
    const GroupRequestRow request{Uid("bob"), GroupRequestKind::invitation, ann, "please", {9}};
    const PinnedMessageRow pin{MessageId(77), ann, {9}};
    const ThreadRow thread{"9", MessageId(77)};
    Batch batch;
    put_group(batch, tea, group);
    put_group_member(batch, tea, member);
    put_group_request(batch, tea, request);
    put_pinned_message(batch, tea, pin);
    put_thread(batch, tea, thread);
    apply(batch);
    EXPECT_EQ(read_group(store, slot, tea), group);
    EXPECT_EQ(read_group_member(store, slot, tea, ann), member);
    EXPECT_EQ(read_group_members(store, slot, tea), std::vector{member});
    EXPECT_TRUE(read_group_members(store, slot, milk)->empty());
    EXPECT_EQ(read_group_requests(store, slot, tea), std::vector{request});
    EXPECT_EQ(read_pinned_messages(store, slot, tea), std::vector{pin});
    EXPECT_EQ(read_threads(store, slot, tea), std::vector{thread});
    int seen = 0;
    EXPECT_TRUE(visit_groups(store, slot, {ChannelType::group, ""}, [&](auto&& key, auto&& row) {
        EXPECT_EQ(key, tea);
        EXPECT_EQ(row, group);
        return ++seen > 0;
    }));
    EXPECT_EQ(seen, 1);
    Batch erasing;
    erase_group(erasing, tea);
    erase_group_member(erasing, tea, ann);
    erase_group_request(erasing, tea, Uid("bob"));
    erase_pinned_message(erasing, tea, MessageId(77));
    erase_thread(erasing, tea, "9");
    apply(erasing);
    EXPECT_EQ(read_group(store, slot, tea), std::nullopt);
    EXPECT_TRUE(read_group_members(store, slot, tea)->empty());
    EXPECT_TRUE(read_threads(store, slot, tea)->empty());
}

TEST_F(SocialRows, WhatReadersPutOnAMessage) {
    const MessageId id(77);
    const ReactionRow smile{"\xF0\x9F\x99\x82", ann, {5}};
    const ReactionRow heart{"heart", ann, {6}};
    const ReactionRow heart_too{"heart", Uid("bob"), {7}};
    const MessageReaderRow reader{Uid("bob"), {8}};
    Batch batch;
    for (const auto& row : {smile, heart_too, heart}) put_reaction(batch, tea, id, row);
    put_reaction(batch, tea, MessageId(78), smile);
    put_message_reader(batch, tea, id, reader);
    apply(batch);
    // By the length of the reaction, then by its bytes.
    EXPECT_EQ(read_reactions(store, slot, tea, id), (std::vector{smile, heart, heart_too}));
    EXPECT_EQ(read_message_readers(store, slot, tea, id), std::vector{reader});
    EXPECT_TRUE(read_message_readers(store, slot, tea, MessageId(78))->empty());
    EXPECT_TRUE(read_reactions(store, slot, milk, id)->empty());
    Batch erasing;
    erase_reaction(erasing, tea, id, "heart", ann);
    apply(erasing);
    EXPECT_EQ(read_reactions(store, slot, tea, id), (std::vector{smile, heart_too}));
}

TEST_F(SocialRows, BytesThatMakeNoSenseAreCorrupt) {
    Batch batch;
    put_contact(batch, ann, {Uid("bob"), ContactState::friends, "", "", {9}});
    Bytes key;
    batch.for_each([&](const Batch::Op& op) { key = op.key; });
    for (const Bytes& bad : {Bytes(), Bytes("\x02"), Bytes("\x01\x09", 2), Bytes("\x01\x03", 2)}) {
        Batch broken;
        broken.put(Table::contact, key, bad);
        apply(broken);
        EXPECT_EQ(read_contacts(store, slot, ann), std::unexpected(Errc::store_corrupt));
    }
}

}  // namespace
}  // namespace fenshen::storage
