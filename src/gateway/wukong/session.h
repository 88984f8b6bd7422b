// SPDX-License-Identifier: Apache-2.0
// A WuKong client on a connection: binary frames or JSON-RPC, told apart by the first byte. It
// turns frames into service calls and what services decide into frames (wukong-wire 5). Knows no
// socket; lives on its connection's loop.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "gateway/client_session.h"
#include "gateway/connection.h"
#include "protocol/wukong/codec.h"
#include "protocol/wukong/crypto.h"
#include "protocol/wukong/in_flight.h"
#include "protocol/wukong/jsonrpc.h"
#include "service/shard.h"

namespace fenshen::gateway {

struct WukongOptions {
    bool encryption = true;
    std::size_t frame_bytes_max = wukong::frame_bytes_max_default;
    std::uint64_t node_id = 1001;
    wukong::InFlightLimits in_flight;
};

/// What the sessions of one loop share: the options, and the last RECV that was encoded in the
/// clear, since the next reader of a group gets the same bytes.
struct WukongLoop {
    const WukongOptions& options;
    SharedMessage encoded_message = {};
    std::uint8_t encoded_version = 0;
    Bytes encoded = {};
    // The last message of the other family, and how it looks to this one (protocol/msync/forms.h).
    SharedMessage foreign_message = {};
    SharedMessage translated_message = {};
};

class WukongSession final : public ClientSession {
public:
    /// Both outlive the session.
    WukongSession(Connection& connection, WukongLoop& loop);
    ~WukongSession() override;

    std::size_t on_bytes(BytesView in, bool is_whole_text) override;
    bool is_held() const override;
    bool is_logged_in() const override {
        return state_ == State::ready || state_ == State::leaving;
    }
    void on_closed(CloseReason reason) override;
    void on_tick(MonoTime now) override;
    void on_connect_decided(const service::ConnectOutcome& outcome) override;
    void on_send_decided(const service::SendOutcome& outcome) override;
    void on_message(const SharedMessage& message) override;
    void on_end(const service::SessionEnd& end) override;
    void on_muted(bool muted) override { muted_ = muted; }

private:
    /// leaving: broke the protocol; what it said before is still answered.
    enum class State : std::uint8_t { fresh, deciding, ready, leaving, over };
    enum class Format : std::uint8_t { unknown, binary, json };
    /// What a JSON session keeps beside; binary ones do not pay for it.
    struct Json;
    /// What of CONNECT is needed until the login is decided.
    struct Login;
    /// Commands that wait for this main device's RECVACK (wukong-semantics 6.4).
    struct Commands;

    std::size_t take_binary(BytesView in);
    std::size_t take_json(BytesView in, bool is_whole_text);
    void handle(const wukong::RawFrame& raw);
    void handle(const wukong::JsonRequest& request);
    void connect(const wukong::Connect& connect);
    std::optional<service::ConnectOutcome> refuse_names(const wukong::Connect& connect) const;
    void accept_login(const service::ConnectOutcome& outcome);
    void refuse_login(wukong::Reason reason, std::string_view text);
    void log_refusal(const service::ConnectOutcome& outcome);
    void tell_closed(std::string_view why);

    void submit(const wukong::Send& send, std::uint32_t client_seq);
    void hand_over(std::shared_ptr<Message> message);
    bool open_payload(const wukong::Send& send, Bytes& payload) const;
    void refuse_send(const Message& message, Errc error);
    void answer_send(const service::SendOutcome& outcome);

    void acknowledge(const wukong::Recvack& ack);
    void hold_and_push(const SharedMessage& message);
    void push(const SharedMessage& message);
    void push_binary(const SharedMessage& message, wukong::Recv& frame);

    void fail(CloseReason reason);
    bool may_go_on() const { return state_ != State::over && state_ != State::leaving; }
    bool is_json() const { return format_ == Format::json; }
    service::World& world();
    LoopGateway& gateway() { return connection_.gateway(); }

    Connection& connection_;
    WukongLoop& loop_;
    Uid uid_;
    DeviceId device_id_;
    wukong::InFlight in_flight_;
    std::unique_ptr<Login> login_;
    std::unique_ptr<Json> json_;
    std::unique_ptr<Commands> commands_;
    wukong::SessionKeys keys_;
    std::uint32_t sends_under_way_ = 0;
    DeviceClass device_class_;
    DeviceLevel level_ = DeviceLevel::secondary;
    std::uint8_t version_ = 1;
    State state_ = State::fresh;
    Format format_ = Format::unknown;
    bool encrypted_ = false;
    bool muted_ = false;
};
static_assert(sizeof(WukongSession) <= 256);  // idle sessions are many

}  // namespace fenshen::gateway
