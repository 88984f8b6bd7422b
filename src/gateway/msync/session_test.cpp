// SPDX-License-Identifier: Apache-2.0
// An MSync session on a real connection and a real shard: what a device says and is told, frame by
// frame (msync-wire 4 to 9).
#include "gateway/msync/session.h"

#include <gtest/gtest.h>

#include <optional>

#include "gateway/msync/connection_link.h"
#include "gateway/testing/test_gateway.h"
#include "model/names.h"
#include "protocol/msync/bodies.h"
#include "protocol/msync/codec.h"
#include "service/credentials/credentials.h"
#include "service/social/account_events.h"

namespace fenshen::gateway {
namespace {

using testing::Peer;
using testing::TestGateway;

constexpr std::string_view queue_name = "____queue";

/// A frame from the server; its views look into `bytes`.
struct Frame {
    std::shared_ptr<Bytes> bytes;
    msync::Envelope envelope;

    template <class T>
    T as() const {
        const auto payload = msync::decode<T>(envelope.payload.value_or(""));
        EXPECT_TRUE(payload);
        return *payload;
    }
};

/// A device with a socket, without an SDK: it says what the test says.
class Device {
public:
    Device(TestGateway& world, const MsyncOptions& options, std::string uid, std::string resource)
        : world_(world), uid_(std::move(uid)), resource_(std::move(resource)) {
        ConnectionKind kind;
        kind.transport = Transport::websocket;
        peer_.emplace(world.connect(kind, [&options](Connection& connection) {
            return make_msync_session(connection, options);
        }));
        peer_->write(
            "GET /websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
        world_.turns();
        EXPECT_TRUE(peer_->read().starts_with("HTTP/1.1 101"));
    }

    template <class T>
    void say(msync::Command command, const T& payload, std::string_view token = {}) {
        Bytes body;
        msync::encode(body, payload);
        say_bytes(command, body, token);
    }
    void say_bytes(msync::Command command, BytesView body, std::string_view token = {}) {
        msync::Envelope envelope;
        envelope.version = msync::Version::v1;
        const std::string auth = "$t$" + std::string(token);
        if (!token.empty()) {
            envelope.guid = msync::Jid{.app_key = "fenshen#demo",
                                       .name = uid_,
                                       .domain = "easemob.com",
                                       .client_resource = resource_};
            envelope.auth = auth;
        }
        envelope.command = command;
        if (!body.empty()) envelope.payload = body;
        Bytes frame;
        msync::encode(frame, envelope);
        write(frame);
        world_.turns();
    }
    void say_provision(std::string_view token, std::string_view info = {}) {
        msync::Provision provision;
        provision.os_type = msync::OsType::other;
        provision.version = "4.21.1";
        provision.resource = resource_;
        provision.session_id = "7:";
        if (!info.empty()) provision.reason = info;
        provision.protocol_compress_type = {msync::CompressType::lz4};
        say(msync::Command::provision, provision, token);
    }
    void say_unread() { say_bytes(msync::Command::unread, {}); }
    void ask_queue(std::optional<std::uint64_t> key = {}) {
        msync::SyncUl request;
        request.queue = msync::Jid{.name = queue_name, .domain = "easemob.com"};
        request.key = key;
        say(msync::Command::sync, request);
    }
    /// A text to a user, or what `change` makes of it.
    template <class Change>
    void say_text(std::string_view to, std::string_view text, std::uint64_t id, Change change) {
        msync::MessageBody body;
        body.type = msync::MessageType::chat;
        body.from = msync::Jid{.name = uid_};
        body.to = msync::Jid{.name = to};
        body.contents.push_back({.type = msync::Content::Type::text, .text = text});
        msync::Meta meta;
        meta.id = id;
        meta.to = msync::Jid{.app_key = "fenshen#demo", .name = to, .domain = "easemob.com"};
        meta.ns = msync::Namespace::chat;
        change(meta, body);
        Bytes payload;
        msync::encode(payload, body);
        meta.payload = payload;
        msync::SyncUl request;
        request.meta = meta;
        say(msync::Command::sync, request);
    }
    void say_text(std::string_view to, std::string_view text, std::uint64_t id) {
        say_text(to, text, id, [](auto&, auto&) {});
    }

    /// Everything that has come since.
    std::vector<Frame> frames() {
        left_ += peer_->read();
        std::vector<Frame> found;
        while (auto payload = take_frame()) {
            Frame frame;
            frame.bytes = std::make_shared<Bytes>(std::move(*payload));
            const auto envelope = msync::decode<msync::Envelope>(*frame.bytes);
            EXPECT_TRUE(envelope);
            frame.envelope = *envelope;
            kept_.push_back(frame.bytes);
            found.push_back(std::move(frame));
        }
        return found;
    }
    Frame only_frame() {
        auto found = frames();
        EXPECT_EQ(found.size(), 1U);
        return found.empty() ? Frame{} : found.front();
    }
    /// Logs in, asks once, and is told that there is nothing.
    void log_in(std::string_view token) {
        say_provision(token);
        const auto answer = only_frame();
        EXPECT_EQ(answer.as<msync::Provision>().status->error_code, msync::StatusCode::ok);
        say_unread();
        EXPECT_TRUE(only_frame().as<msync::UnreadDl>().unread.empty());
    }
    /// What is said within `say` as bytes, which nobody is sent.
    template <class Say>
    Bytes recorded(Say say) {
        Bytes bytes;
        recording_ = &bytes;
        say();
        recording_ = nullptr;
        return bytes;
    }
    void write_raw(BytesView bytes) {
        peer_->write(bytes);
        world_.turns();
    }
    bool is_closed() {
        left_ += peer_->read();
        return peer_->at_end() || was_told_to_close_;
    }
    void drop() { peer_->close(); }
    /// The line breaks behind the last byte.
    void write_and_drop(BytesView bytes) {
        peer_->write(bytes);
        drop();
        world_.turns();
    }

private:
    void write(BytesView payload) {
        Bytes frame("\x82", 1);
        if (payload.size() < 126) {
            frame.push_back(static_cast<char>(0x80U | payload.size()));
        } else {
            frame.push_back(static_cast<char>(0xFE));
            append_be(frame, static_cast<std::uint16_t>(payload.size()));
        }
        frame.append(4, '\0');  // a mask that changes nothing
        frame += payload;
        if (recording_ != nullptr) {
            *recording_ += frame;
        } else {
            peer_->write(frame);
        }
    }
    std::optional<Bytes> take_frame() {
        if (left_.size() < 2) return std::nullopt;
        std::size_t head = 2;
        std::uint64_t size = byte_at(left_, 1);
        if (size == 126) {
            size = load_be<std::uint16_t>(BytesView(left_).substr(2));
            head = 4;
        } else if (size == 127) {
            size = load_be<std::uint64_t>(BytesView(left_).substr(2));
            head = 10;
        }
        if (left_.size() < head + size) return std::nullopt;
        const bool is_close = byte_at(left_, 0) == 0x88;
        Bytes payload = left_.substr(head, size);
        left_.erase(0, head + size);
        if (!is_close) return payload;
        was_told_to_close_ = true;
        return std::nullopt;
    }

    TestGateway& world_;
    const std::string uid_;
    const std::string resource_;
    std::optional<Peer> peer_;
    std::vector<std::shared_ptr<Bytes>> kept_;  // tests look into them when they like
    Bytes left_;
    Bytes* recording_ = nullptr;
    bool was_told_to_close_ = false;
};

class MsyncSessionTest : public ::testing::Test {
protected:
    MsyncSessionTest() {
        world_.world.rules.token_key = Bytes(32, 'k');
        EXPECT_TRUE(world_.world.shards.front()->effects().recover());
        for (const char* uid : {"alice", "bob"}) {
            service::RegisterUser command;
            command.uid = Uid(uid);
            start(service::register_user(world_.world, std::move(command)),
                  [](const auto& made) { EXPECT_TRUE(made); });
            world_.turns();
        }
    }
    Bytes token(const char* uid, std::optional<std::chrono::seconds> ttl = {}) {
        Bytes made;
        start(service::issue_user_token(world_.world, Uid(uid), ttl), [&](const auto& issued) {
            ASSERT_TRUE(issued);
            made = issued->issued.token;
        });
        world_.turns();
        return made;
    }
    Device device(std::string uid, std::string resource) {
        return Device(world_, options_, std::move(uid), std::move(resource));
    }
    std::unique_ptr<Device> online(const char* uid, std::string resource) {
        auto made = std::make_unique<Device>(world_, options_, uid, std::move(resource));
        made->log_in(token(uid));
        return made;
    }
    /// Alice's device "pad" has pinned a conversation.
    void pin_by_pad() {
        world_.loop.post([this] {
            service::AccountEvent event;
            event.kind = service::AccountEventKind::conversation_pinned;
            event.at = world_.clock.wall();
            event.origin = {Uid("alice"), DeviceId("pad")};
            event.channel = {ChannelType::person, person_channel_id("alice", "bob")};
            EXPECT_TRUE(service::log_event(*world_.world.shards.front(), Uid("alice"), event));
        });
        world_.turns();
    }
    msync::StatusCode refused(Device& device) {
        const auto frame = device.only_frame();
        const auto answer = frame.as<msync::Provision>();
        reason_ = answer.status->reason.value_or("");
        EXPECT_TRUE(answer.resource);
        world_.pass(Millis(1'000));
        return *answer.status->error_code;
    }

    TestGateway world_;
    MsyncOptions options_;
    std::string reason_;
};

Bytes text_of(BytesView meta_bytes) {
    const auto meta = msync::decode<msync::Meta>(meta_bytes);
    const auto body = msync::decode<msync::MessageBody>(meta->payload.value_or(""));
    return Bytes(body->contents.at(0).text.value_or(""));
}

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

// --- cut at every byte

class MsyncCutTest : public MsyncSessionTest {
protected:
    /// A login, and a text to bob.
    Bytes stream_of(Device& device, const Bytes& alices_token, std::uint64_t id) {
        return device.recorded([&] {
            device.say_provision(alices_token);
            device.say_unread();
            device.say_text("bob", "text " + std::to_string(id), id);
        });
    }
    /// The server's id of the text.
    static std::uint64_t expect_answers(Device& device) {
        const auto answers = device.frames();
        EXPECT_EQ(answers.size(), 3U);
        if (answers.size() != 3) return 0;
        EXPECT_EQ(answers[0].as<msync::Provision>().status->error_code, msync::StatusCode::ok);
        EXPECT_TRUE(answers[1].as<msync::UnreadDl>().unread.empty());
        const auto answer = answers[2].as<msync::SyncDl>();
        EXPECT_EQ(answer.status->error_code, msync::StatusCode::ok);
        return answer.server_id.value_or(0);
    }
    /// All that bob was told since, by the server's ids; he acknowledges it.
    std::vector<std::uint64_t> told_to_bob(Device& bob) {
        std::vector<std::uint64_t> ids;
        for (;;) {
            const auto frames = bob.frames();
            if (frames.empty()) return ids;
            for (const auto& frame : frames) {
                const auto batch = frame.as<msync::SyncDl>();
                for (const auto bytes : batch.metas) {
                    ids.push_back(msync::decode<msync::Meta>(bytes)->id.value_or(0));
                }
                if (!batch.metas.empty()) bob.ask_queue(batch.next_key);
            }
        }
    }
};

TEST_F(MsyncCutTest, AStreamIsReadTheSameHoweverItIsCut) {
    const auto bob = online("bob", "one");
    const Bytes alices = token("alice");
    std::size_t size = 1;
    for (std::size_t cut = 0; cut <= size; ++cut) {
        SCOPED_TRACE(cut);
        Device pad = device("alice", "pad");
        const Bytes stream = stream_of(pad, alices, cut + 1);
        size = stream.size();
        pad.write_raw(BytesView(stream).substr(0, cut));
        pad.write_raw(BytesView(stream).substr(cut));
        const auto id = expect_answers(pad);
        EXPECT_EQ(told_to_bob(*bob), std::vector{id});
        pad.drop();
        world_.turns();
        if (HasFailure()) return;
    }
}

TEST_F(MsyncCutTest, WhereverAConnectionBreaksAMessageThatIsSaidAgainIsThereOnce) {
    const auto bob = online("bob", "one");
    const Bytes alices = token("alice");
    std::size_t size = 1;
    for (std::size_t cut = 0; cut <= size; ++cut) {
        SCOPED_TRACE(cut);
        Device broken = device("alice", "pad");
        const Bytes stream = stream_of(broken, alices, cut + 1);
        size = stream.size();
        broken.write_raw(BytesView(stream).substr(0, cut));
        broken.drop();
        world_.turns();
        Device again = device("alice", "pad");
        again.write_raw(stream);
        const auto id = expect_answers(again);
        EXPECT_EQ(told_to_bob(*bob), std::vector{id});
        again.drop();
        world_.turns();
        if (HasFailure()) return;
    }
}

}  // namespace
}  // namespace fenshen::gateway
