// SPDX-License-Identifier: Apache-2.0
// One client connection: a socket, the layers on it (TLS, PROXY header, WebSocket), and the session
// that its bytes are for. Driven by its loop's turn; it has no buffer while it is idle. Everything
// on its loop.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/clock.h"
#include "gateway/client_session.h"
#include "model/ids.h"
#include "protocol/websocket/codec.h"
#include "runtime/loop.h"
#include "runtime/tls/tls.h"

namespace fenshen::gateway {

class LoopGateway;

enum class Transport : std::uint8_t { tcp, websocket };

/// What a listener says of the connections that it accepts.
struct ConnectionKind {
    Transport transport = Transport::tcp;
    tls::TlsContext* tls = nullptr;  ///< null: in the clear
    bool proxy_header = false;       ///< a PROXY protocol header comes first (wukong-wire 6.5)
};

class Connection final : public runtime::Watcher {
public:
    Connection(LoopGateway& gateway, int fd, std::uint64_t serial, const ConnectionKind& kind);
    ~Connection() override;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    void set_session(std::unique_ptr<ClientSession> session) { session_ = std::move(session); }
    ClientSession& session() { return *session_; }
    std::uint64_t serial() const { return serial_; }
    SessionRef ref() const;
    LoopGateway& gateway() { return gateway_; }
    /// Of the peer, or what a trusted proxy said; without the port.
    std::string address() const;

    /// Sends one protocol frame; on a WebSocket as one message, of text if `is_text`. It leaves
    /// when the turn ends.
    void send(BytesView frame, bool is_text = false);
    /// Sends what is waiting, then closes; on a WebSocket with a close frame. What the peer still
    /// sends is dropped. After `grace` the socket is closed whatever the peer does.
    void close_after_flush(CloseReason reason, Millis grace);
    /// Closes when the turn ends; nothing more is sent or taken in.
    void close_now(CloseReason reason);
    /// The session can take bytes again: those that waited are handed to it.
    void resume();

    // runtime::Watcher
    void on_ready(std::uint32_t events) override;

    // For LoopGateway.
    void flush();
    void tick(MonoTime now);
    bool is_closing() const { return state_ != State::open; }
    int fd() const { return fd_; }
    CloseReason close_reason() const { return close_reason_; }
    std::size_t bytes_waiting() const { return out_ ? out_->size() - out_sent_ : 0; }

private:
    enum class State : std::uint8_t { open, draining, dead };
    /// Incomplete input, on the heap only while there is some.
    class Leftover {
    public:
        bool empty() const { return !bytes_; }
        std::size_t size() const { return bytes_ ? bytes_->size() : 0; }
        void append(BytesView more);
        /// The bytes themselves; `keep_from` afterwards says how many of them were taken.
        Bytes& bytes() { return *bytes_; }
        void drop_front(std::size_t count);

    private:
        std::unique_ptr<Bytes> bytes_;
    };

    void read();
    void take_raw(std::span<char> in);
    void take_plain(std::span<char> in);
    void take_transport(std::span<char> in);
    std::size_t take_websocket(std::span<char> in);
    std::size_t take_handshake(std::span<char> in);
    std::size_t take_proxy_header(std::span<char> in);
    void take_stream(BytesView in, bool is_whole_text);
    std::size_t take_frames(std::span<char> in);
    void append_out(BytesView bytes);
    Bytes& out();
    void mark_dirty();
    void update_interest();
    void die(CloseReason reason);

    LoopGateway& gateway_;
    std::unique_ptr<ClientSession> session_;
    std::unique_ptr<tls::TlsStream> tls_;
    std::unique_ptr<std::string> proxied_address_;
    std::unique_ptr<Bytes> out_;
    Leftover transport_left_;  // bytes of an incomplete frame of the transport
    Leftover stream_left_;     // bytes of an incomplete frame of the protocol
    ws::Decoder ws_;
    MonoTime deadline_;  // while draining: when the socket goes
    const std::uint64_t serial_;
    std::uint32_t out_sent_ = 0;
    const int fd_;
    Transport transport_;
    State state_ = State::open;
    CloseReason close_reason_ = CloseReason::peer_closed;
    bool upgraded_ = false;  // the WebSocket handshake is done
    bool expects_proxy_ = false;
    bool dirty_ = false;
    bool write_blocked_ = false;
    bool reading_ = true;
    bool in_take_ = false;
};

}  // namespace fenshen::gateway
