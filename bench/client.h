// SPDX-License-Identifier: Apache-2.0
// One connection of the load generator: the project's codecs on the client's side: wkproto on TCP
// or WebSocket, clear or encrypted; or MSync on a WebSocket.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/bytes.h"
#include "protocol/msync/messages.h"
#include "protocol/websocket/codec.h"
#include "protocol/wukong/codec.h"
#include "protocol/wukong/crypto.h"

namespace fenshen::bench {

/// What stands at the front of every payload, so that a receiver knows when and by whom it was
/// meant to be sent.
struct Stamp {
    std::uint64_t intended_ns = 0;
    std::uint32_t sender = 0;
    std::uint32_t number = 0;
};
inline constexpr std::size_t stamp_bytes = 16;

class Client {
public:
    struct Settings {
        std::string uid;
        std::string device_id;
        std::uint8_t device_flag = 1;
        bool encrypted = false;
        bool websocket = false;
        bool msync = false;  ///< as an Easemob client, on a WebSocket
        std::string token = "token";
    };
    struct Events {
        std::function<void(Client&, const wukong::Sendack&)> on_sendack;
        std::function<void(Client&, const wukong::Recv&, const Stamp&)> on_recv;
        /// A DISCONNECT; unset: that is a failure.
        std::function<void(Client&)> on_disconnect = {};
    };

    Client(std::uint32_t index, Settings settings);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    std::uint32_t index() const { return index_; }
    int fd() const { return fd_; }
    bool is_ready() const { return ready_; }
    /// Why it is of no more use; empty while it is.
    const std::string& failure() const { return failure_; }
    const std::string& uid() const { return settings_.uid; }

    /// Connects (waits for the kernel) and says CONNECT.
    void open(std::uint16_t port);
    void close();
    void send_message(std::string_view channel_id,
                      std::uint8_t channel_type,
                      const Stamp& stamp,
                      std::size_t payload_bytes);
    void ping();
    /// Reads what is there and tells `events`.
    void on_readable(const Events& events);
    /// Sends what is waiting; false when something is left.
    bool flush();

    std::uint32_t in_flight = 0;
    std::uint32_t next_number = 0;

private:
    void take_stream(BytesView in, const Events& events, std::size_t& taken);
    void take(const wukong::RawFrame& raw, const Events& events);
    void write_frame(BytesView frame);
    void fail(std::string why);
    // client_msync.cpp
    void say_provision();
    void say_unread();
    void say_text(std::string_view to, bool to_group, const Stamp& stamp, BytesView noise);
    void take_msync(BytesView in, const Events& events);
    void take_batch(const msync::SyncDl& batch, const Events& events);

    const std::uint32_t index_;
    const Settings settings_;
    int fd_ = -1;
    bool upgraded_ = false;
    bool ready_ = false;
    std::string failure_;
    std::string ws_key_;
    Bytes in_;      // bytes of the socket, incomplete
    Bytes stream_;  // bytes of the protocol on a WebSocket, incomplete
    Bytes out_;
    ws::Decoder decoder_{ws::Role::client};
    wukong::X25519Key private_key_{};
    wukong::SessionKeys keys_;
};

}  // namespace fenshen::bench
