// SPDX-License-Identifier: Apache-2.0
// For tests of MSync sessions: a device with a socket that says what the test says, and two users.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/msync/connection_link.h"
#include "gateway/msync/session.h"
#include "gateway/testing/test_gateway.h"
#include "model/names.h"
#include "protocol/msync/bodies.h"
#include "protocol/msync/codec.h"
#include "service/credentials/credentials.h"
#include "service/social/account_events.h"

namespace fenshen::gateway::testing {

inline constexpr std::string_view queue_name = "____queue";

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

/// What a Meta says, of a text.
inline Bytes text_of(BytesView meta_bytes) {
    const auto meta = msync::decode<msync::Meta>(meta_bytes);
    const auto body = msync::decode<msync::MessageBody>(meta->payload.value_or(""));
    return Bytes(body->contents.at(0).text.value_or(""));
}

}  // namespace fenshen::gateway::testing
