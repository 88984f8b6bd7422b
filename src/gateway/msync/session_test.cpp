// SPDX-License-Identifier: Apache-2.0
// An MSync session on a real connection and a real shard: what a device says and is told, frame by
// frame (msync-wire 4 to 9).
#include "gateway/msync/session.h"

#include <gtest/gtest.h>

#include "gateway/testing/msync_device.h"

namespace fenshen::gateway {
namespace {

using testing::Device;
using testing::MsyncSessionTest;
using testing::queue_name;
using testing::text_of;

TEST_F(MsyncSessionTest, ALoginIsAnsweredWithTheResourceAndTheTokensEnd) {
    Device pad = device("alice", "pad");
    pad.say_provision(token("alice", std::chrono::seconds(3'600)));
    const auto frame = pad.only_frame();
    EXPECT_EQ(frame.envelope.command, msync::Command::provision);
    const auto answer = frame.as<msync::Provision>();
    EXPECT_EQ(answer.status->error_code, msync::StatusCode::ok);
    EXPECT_EQ(answer.resource, "pad");
    EXPECT_TRUE(answer.protocol_compress_type.empty());  // an echo would accept compression
    const auto ends = world_.clock.wall().ms + 3'600'000;
    EXPECT_EQ(answer.auth_token, R"({"expires_in":)" + std::to_string(ends) + "}");

    pad.say_unread();
    const auto unread = pad.only_frame();
    EXPECT_EQ(unread.envelope.command, msync::Command::unread);
    EXPECT_EQ(unread.as<msync::UnreadDl>().status->error_code, msync::StatusCode::ok);
    EXPECT_TRUE(unread.as<msync::UnreadDl>().unread.empty());
}

TEST_F(MsyncSessionTest, RefusalsSayWhyAndClose) {
    Device forged = device("alice", "pad");
    forged.say_provision("nonsense");
    EXPECT_EQ(refused(forged), msync::StatusCode::fail);
    EXPECT_EQ(reason_, "Sorry, token or password does not match login info");
    EXPECT_TRUE(forged.frames().empty());
    EXPECT_TRUE(forged.is_closed());

    Device other = device("bob", "pad");
    other.say_provision(token("alice"));
    EXPECT_EQ(refused(other), msync::StatusCode::fail);

    const Bytes short_lived = token("alice", std::chrono::seconds(1));
    world_.clock.now_ms += 2'000;
    Device late = device("alice", "pad");
    late.say_provision(short_lived);
    EXPECT_EQ(refused(late), msync::StatusCode::fail);
    EXPECT_EQ(reason_, "Sorry, token expired");

    Device nameless = device("a b", "pad");
    nameless.say_provision(token("alice"));
    EXPECT_EQ(refused(nameless), msync::StatusCode::wrong_parameter);

    world_.world.shards[0]->set_policy([] {
        auto policy = std::make_shared<service::PolicyVersion>();
        policy->policy.msync_default = {1, domain::Over::refuse_newest};
        return policy;
    }());
    const auto first = online("alice", "one");
    Device second = device("alice", "two");
    second.say_provision(token("alice"));
    EXPECT_EQ(refused(second), msync::StatusCode::too_many_devices);
}

TEST_F(MsyncSessionTest, SomethingElseThanAProvisionFirstEndsTheConnection) {
    Device pad = device("alice", "pad");
    pad.say_unread();
    EXPECT_TRUE(pad.frames().empty());
    EXPECT_TRUE(pad.is_closed());
}

TEST_F(MsyncSessionTest, ASendIsAnsweredAndReachesTheOthersByKey) {
    const auto pad = online("alice", "pad");
    const auto tab = online("alice", "tab");
    const auto bob = online("bob", "one");
    pad->say_text("bob", "hi", 530'313'744'090);
    const auto answer = pad->only_frame().as<msync::SyncDl>();
    EXPECT_EQ(answer.status->error_code, msync::StatusCode::ok);
    EXPECT_EQ(answer.meta_id, 530'313'744'090U);
    ASSERT_TRUE(answer.server_id);

    for (Device* reader : {tab.get(), bob.get()}) {
        const auto frame = reader->only_frame();
        const auto pushed = frame.as<msync::SyncDl>();
        EXPECT_EQ(pushed.status->error_code, msync::StatusCode::ok);
        EXPECT_FALSE(pushed.meta_id);
        EXPECT_EQ(pushed.queue->name, queue_name);
        EXPECT_EQ(pushed.is_last, false);
        ASSERT_EQ(pushed.metas.size(), 1U);
        const auto meta = msync::decode<msync::Meta>(pushed.metas[0]);
        EXPECT_EQ(meta->id, answer.server_id);
        EXPECT_EQ(meta->ns, msync::Namespace::chat);
        EXPECT_EQ(meta->from->client_resource, "pad");
        EXPECT_EQ(text_of(pushed.metas[0]), "hi");
        reader->ask_queue(pushed.next_key);
        const auto end = reader->only_frame().as<msync::SyncDl>();
        EXPECT_EQ(end.is_last, true);
        EXPECT_TRUE(end.metas.empty());
        EXPECT_EQ(end.status->error_code, msync::StatusCode::ok);
    }
}

TEST_F(MsyncSessionTest, OneBatchIsUnderWayAndComesAgainWhenAskedWithoutAKey) {
    const auto alice = online("alice", "pad");
    const auto bob = online("bob", "one");
    for (std::uint64_t i = 1; i <= 30; ++i) alice->say_text("bob", std::to_string(i), i);
    const auto first = bob->only_frame().as<msync::SyncDl>();
    ASSERT_EQ(first.metas.size(), 1U);
    EXPECT_EQ(text_of(first.metas[0]), "1");
    const auto key = first.next_key;
    bob->ask_queue();
    const auto again = bob->only_frame().as<msync::SyncDl>();
    EXPECT_EQ(again.next_key, key);
    bob->ask_queue(key);
    const auto second_frame = bob->only_frame();
    const auto second = second_frame.as<msync::SyncDl>();
    EXPECT_EQ(second.metas.size(), 20U);
    EXPECT_EQ(text_of(second.metas[0]), "2");
    EXPECT_NE(second.next_key, key);
    bob->ask_queue(second.next_key);
    const auto third_frame = bob->only_frame();
    const auto third = third_frame.as<msync::SyncDl>();
    EXPECT_EQ(third.metas.size(), 9U);
    EXPECT_EQ(text_of(third.metas[8]), "30");
}

TEST_F(MsyncSessionTest, AReaderThatDoesNotAcknowledgeIsClosed) {
    options_.queue.waiting_max = 10;
    const auto alice = online("alice", "pad");
    const auto bob = online("bob", "one");
    for (std::uint64_t i = 1; i <= 12; ++i) alice->say_text("bob", "x", i);
    bob->frames();
    world_.pass(Millis(1'000));
    EXPECT_TRUE(bob->is_closed());
    std::size_t answers = alice->frames().size();
    world_.turns();  // its socket is small
    answers += alice->frames().size();
    EXPECT_EQ(answers, 12U);  // whoever writes does not notice
}

TEST_F(MsyncSessionTest, WhatWasMissedComesInOrderAndOnce) {
    const auto alice = online("alice", "pad");
    {
        const auto bob = online("bob", "one");
        alice->say_text("bob", "seen", 1);
        const auto pushed = bob->only_frame().as<msync::SyncDl>();
        bob->ask_queue(pushed.next_key);
        bob->say_text("alice", "said", 2);
        bob->frames();
        bob->drop();
        world_.turns();
    }
    for (std::uint64_t i = 10; i < 35; ++i) alice->say_text("bob", std::to_string(i), i);
    Device bob = device("bob", "one");
    bob.say_provision(token("bob"));
    bob.frames();
    alice->say_text("bob", "live", 99);
    EXPECT_TRUE(bob.frames().empty());  // not before it asks
    bob.say_unread();
    const auto unread_frame = bob.only_frame();
    const auto unread = unread_frame.as<msync::UnreadDl>();
    ASSERT_EQ(unread.unread.size(), 1U);
    EXPECT_EQ(unread.unread[0].metas_waiting, 26U);
    std::vector<Bytes> texts;
    std::optional<std::uint64_t> key;
    for (int round = 0; round < 10; ++round) {
        bob.ask_queue(key);
        const auto frame = bob.only_frame();
        const auto batch = frame.as<msync::SyncDl>();
        for (const auto meta : batch.metas) texts.push_back(text_of(meta));
        if (batch.is_last == true) break;
        EXPECT_NE(batch.next_key, key);
        key = batch.next_key;
    }
    std::vector<Bytes> expected;
    for (int i = 10; i < 35; ++i) expected.push_back(std::to_string(i));
    expected.emplace_back("live");
    EXPECT_EQ(texts, expected);
    bob.say_unread();
    EXPECT_TRUE(bob.only_frame().as<msync::UnreadDl>().unread.empty());
}

TEST_F(MsyncSessionTest, WhatWasHandedOutAndNotAcknowledgedComesAgain) {
    const auto alice = online("alice", "pad");
    {
        const auto bob = online("bob", "one");
        alice->say_text("bob", "lost", 1);
        EXPECT_EQ(bob->frames().size(), 1U);
        bob->drop();
        world_.turns();
    }
    Device bob = device("bob", "one");
    bob.say_provision(token("bob"));
    bob.say_unread();
    bob.frames();
    bob.ask_queue();
    const auto frame = bob.only_frame();
    ASSERT_EQ(frame.as<msync::SyncDl>().metas.size(), 1U);
    EXPECT_EQ(text_of(frame.as<msync::SyncDl>().metas[0]), "lost");
}

TEST_F(MsyncSessionTest, TheSameResourceAgainTellsTheOlderOneWhy) {
    const auto first = online("alice", "tab");
    Device second = device("alice", "tab");
    second.say_provision(token("alice"), "the kitchen tablet");
    const auto frame = first->only_frame();
    const auto kick = frame.as<msync::SyncDl>();
    EXPECT_EQ(kick.is_last, true);
    EXPECT_EQ(kick.status->error_code, msync::StatusCode::ok);
    ASSERT_EQ(kick.metas.size(), 1U);
    const auto meta = msync::decode<msync::Meta>(kick.metas[0]);
    EXPECT_EQ(meta->ns, msync::Namespace::statistic);
    const auto body = msync::decode<msync::StatisticsBody>(*meta->payload);
    EXPECT_EQ(body->operation, msync::StatisticsBody::Operation::user_login_another_device);
    EXPECT_EQ(body->reason, "the kitchen tablet");
    first->frames();
    world_.pass(Millis(1'000));
    EXPECT_TRUE(first->is_closed());
    EXPECT_EQ(second.only_frame().as<msync::Provision>().status->error_code, msync::StatusCode::ok);
}

TEST_F(MsyncSessionTest, OneDeviceIsAddressed) {
    const auto pad = online("alice", "pad");
    const auto tab = online("alice", "tab");
    const auto tv = online("alice", "tv");
    pad->say_text(
        "alice", "only you", 1, [](auto& meta, auto&) { meta.to->client_resource = "tab"; });
    EXPECT_EQ(pad->only_frame().as<msync::SyncDl>().status->error_code, msync::StatusCode::ok);
    const auto frame = tab->only_frame();
    const auto meta = msync::decode<msync::Meta>(frame.as<msync::SyncDl>().metas.at(0));
    EXPECT_EQ(meta->from->client_resource, "pad");
    EXPECT_EQ(meta->to->client_resource, "tab");
    EXPECT_TRUE(tv->frames().empty());
}

TEST_F(MsyncSessionTest, NobodySpeaksInAnotherNameOrConversation) {
    const auto alice = online("alice", "pad");
    const auto bob = online("bob", "one");
    alice->say_text("bob", "x", 1, [](auto&, auto& body) { body.from->name = "carol"; });
    const auto frame = bob->only_frame();
    const auto meta = msync::decode<msync::Meta>(frame.as<msync::SyncDl>().metas.at(0));
    EXPECT_EQ(msync::decode<msync::MessageBody>(*meta->payload)->from->name, "alice");
    bob->ask_queue(frame.as<msync::SyncDl>().next_key);
    bob->frames();
    alice->frames();

    const auto is_refused = [&](std::uint64_t id, auto change) {
        alice->say_text("bob", "x", id, change);
        EXPECT_EQ(alice->only_frame().as<msync::SyncDl>().status->reason,
                  "Sorry, format is incorrect");
        EXPECT_TRUE(bob->frames().empty());
    };
    is_refused(2, [](auto&, auto& body) { body.to->name = "carol"; });
    is_refused(3, [](auto&, auto& body) { body.type = msync::MessageType::group_chat; });
    alice->say_text("77", "x", 4, [](auto& to, auto& body) {
        to.to->domain = "conference.easemob.com";
        body.type = msync::MessageType::group_chat;
    });
    EXPECT_EQ(alice->only_frame().as<msync::SyncDl>().status->reason, "not in group or chatroom");
}

TEST_F(MsyncSessionTest, ARecallReplacesTheMessageAndIsTold) {
    const auto alice = online("alice", "pad");
    const auto bob = online("bob", "one");
    alice->say_text("bob", "oops", 1);
    const auto id = alice->only_frame().as<msync::SyncDl>().server_id;
    bob->ask_queue(bob->only_frame().as<msync::SyncDl>().next_key);
    bob->frames();
    const auto recall = [&](auto& meta, auto& body) {
        meta.id = 2;
        body.type = msync::MessageType::recall;
        body.ack_message_id = id;
        body.contents.clear();
    };
    bob->say_text("alice", "", 2, recall);
    EXPECT_EQ(bob->only_frame().as<msync::SyncDl>().status->reason,
              "Sorry, You do not have permission");
    alice->say_text("bob", "", 2, recall);
    EXPECT_EQ(alice->only_frame().as<msync::SyncDl>().status->error_code, msync::StatusCode::ok);
    const auto frame = bob->only_frame();
    const auto meta = msync::decode<msync::Meta>(frame.as<msync::SyncDl>().metas.at(0));
    EXPECT_NE(meta->id, id);
    const auto body = msync::decode<msync::MessageHead>(*meta->payload);
    EXPECT_EQ(body->type, msync::MessageType::recall);
    EXPECT_EQ(body->ack_message_id, id);

    alice->say_text("bob", "late", 3);
    const auto late = alice->only_frame().as<msync::SyncDl>().server_id;
    world_.clock.now_ms += 121'000;
    alice->say_text("bob", "", 4, [&](auto& to, auto& said) {
        recall(to, said);
        to.id = 4;
        said.ack_message_id = late;
    });
    EXPECT_EQ(alice->only_frame().as<msync::SyncDl>().status->reason, "exceed recall time limit");
}

TEST_F(MsyncSessionTest, StatisticsAreIgnoredAndUnknownThingsRefused) {
    const auto alice = online("alice", "pad");
    msync::SyncUl statistics;
    statistics.meta = msync::Meta{.id = 5, .ns = msync::Namespace::statistic};
    alice->say(msync::Command::sync, statistics);
    EXPECT_TRUE(alice->frames().empty());
    msync::SyncUl query;
    query.meta = msync::Meta{.id = 6, .ns = msync::Namespace::query};
    alice->say(msync::Command::sync, query);
    EXPECT_NE(alice->only_frame().as<msync::SyncDl>().status->error_code, msync::StatusCode::ok);
    alice->say_bytes(msync::Command::sync, "\xFF\xFF");
    alice->frames();
    world_.turns();
    EXPECT_TRUE(alice->is_closed());
}

TEST_F(MsyncSessionTest, WhatBeginsAConversationReachesTheSendersDeviceThatWasAway) {
    online("alice", "tab")->drop();
    world_.turns();
    const auto pad = online("alice", "pad");
    pad->say_text("bob", "first", 1);
    Device tab = device("alice", "tab");
    tab.say_provision(token("alice"));
    tab.say_unread();
    tab.frames();
    tab.ask_queue();
    const auto batch = tab.only_frame().as<msync::SyncDl>();
    ASSERT_EQ(batch.metas.size(), 1U);
    EXPECT_EQ(text_of(batch.metas[0]), "first");
    online("alice", "new");  // is told that there is nothing
}

TEST_F(MsyncSessionTest, WhatADeviceSaidIsNotMissedByItThoughNobodyAnswered) {
    online("alice", "pad")->drop();
    world_.turns();
    const auto tab = online("alice", "tab");
    {
        const auto pad = online("alice", "pad");
        const Bytes said = pad->recorded([&] { pad->say_text("bob", "sent", 1); });
        pad->write_and_drop(said);
    }
    EXPECT_EQ(text_of(tab->only_frame().as<msync::SyncDl>().metas.at(0)), "sent");
    online("alice", "pad");  // is told that there is nothing
}

TEST_F(MsyncSessionTest, AnEventIsToldToTheOthersUntilItIsAcknowledged) {
    const auto pad = online("alice", "pad");
    auto tab = online("alice", "tab");
    pin_by_pad();
    EXPECT_TRUE(pad->frames().empty());
    const auto is_pin = [](const msync::SyncDl& batch) {
        ASSERT_EQ(batch.metas.size(), 1U);
        const auto meta = msync::decode<msync::Meta>(batch.metas[0]);
        EXPECT_EQ(meta->ns, msync::Namespace::notify);
        EXPECT_NE(meta->payload->find(R"("op":"top")"), BytesView::npos) << *meta->payload;
    };
    is_pin(tab->only_frame().as<msync::SyncDl>());
    tab->drop();
    world_.turns();

    Device again = device("alice", "tab");
    again.say_provision(token("alice"));
    again.frames();
    again.say_unread();
    EXPECT_EQ(again.only_frame().as<msync::UnreadDl>().unread.size(), 1U);
    again.ask_queue();
    const auto batch = again.only_frame().as<msync::SyncDl>();
    is_pin(batch);
    again.ask_queue(batch.next_key);
    EXPECT_EQ(again.only_frame().as<msync::SyncDl>().is_last, true);
    again.drop();
    world_.turns();
    tab = online("alice", "tab");  // is told that there is nothing
}

TEST_F(MsyncSessionTest, AnEventsAcknowledgementIsAnsweredOnceItIsDurable) {
    const auto tab = online("alice", "tab");
    const auto bob = online("bob", "one");
    pin_by_pad();
    const auto first = tab->only_frame().as<msync::SyncDl>();
    world_.engine.hold();
    tab->ask_queue(first.next_key);
    EXPECT_EQ(world_.engine.held(), 1U);
    EXPECT_TRUE(tab->frames().empty());
    // Nor is anything else pushed, which would look like the answer.
    bob->say_text("alice", "of no account", 1, [](auto& meta, auto&) {
        meta.route_type = msync::RouteType::online;
    });
    world_.pass(Millis(6'000));
    EXPECT_TRUE(tab->frames().empty());
    world_.engine.let_go();
    world_.turns();
    EXPECT_EQ(text_of(tab->only_frame().as<msync::SyncDl>().metas.at(0)), "of no account");
}

TEST_F(MsyncSessionTest, AnEventsAcknowledgementThatIsNotDurableEndsTheSession) {
    const auto tab = online("alice", "tab");
    pin_by_pad();
    const auto batch = tab->only_frame().as<msync::SyncDl>();
    world_.engine.fail_next(1);
    tab->ask_queue(batch.next_key);
    EXPECT_TRUE(tab->frames().empty());
    EXPECT_TRUE(tab->is_closed());
    // It comes back, and is told again.
    Device again = device("alice", "tab");
    again.say_provision(token("alice"));
    again.frames();
    again.say_unread();
    EXPECT_EQ(again.only_frame().as<msync::UnreadDl>().unread.size(), 1U);
}

TEST_F(MsyncSessionTest, AnExpiredTokenEndsTheSessionWithoutAKick) {
    Device pad = device("alice", "pad");
    pad.say_provision(token("alice", std::chrono::seconds(2)));
    pad.frames();
    world_.pass(Millis(3'000));
    EXPECT_TRUE(pad.frames().empty());
    EXPECT_TRUE(pad.is_closed());
}

}  // namespace
}  // namespace fenshen::gateway
