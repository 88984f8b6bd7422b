// SPDX-License-Identifier: Apache-2.0
// One client connection: a socket, the layers on it (PROXY header, TLS, WebSocket), and the session
// that its bytes are for. Driven by its loop's turn; it has no buffer while it is idle. Everything
// on its loop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
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
    /// Whether a PROXY header comes first from this address, and X-Forwarded-For is believed;
    /// empty: never (wukong-wire 6.2, 6.5).
    std::function<bool(const std::string& address)> is_trusted_proxy = {};
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
    /// Of the peer, "127.0.0.1:40122"; or what a trusted proxy said, without a port.
    std::string address() const;

    /// Sends one protocol frame; on a WebSocket as one message, of text if `is_text`. It leaves
    /// when the turn ends.
    void send(BytesView frame, bool is_text = false);
    /// Sends what is waiting, with a close frame on a WebSocket, then half-closes; what the peer
    /// still sends is dropped. After `grace` the socket is closed whatever the peer does.
    void close_after_flush(CloseReason reason, Millis grace);
    /// Closes when the turn ends; nothing more is sent or taken in.
    void close_now(CloseReason reason);
    /// The session can take bytes again: those that waited are handed to it.
    void resume();

    // runtime::Watcher
    void on_ready(std::uint32_t events) override;

    // For LoopGateway.
    /// What somebody else has read of the stream.
    void take_first(BytesView bytes);
    void flush();
    void tick(MonoTime now);
    bool is_closing() const { return state_ != State::open; }
    int fd() const { return fd_; }
    CloseReason close_reason() const { return close_reason_; }
    std::size_t bytes_waiting() const { return out_ ? out_->size() - out_sent_ : 0; }
    /// Of frames that are not whole yet, or wait until the session may go on.
    std::size_t input_bytes() const { return input_bytes_; }
    /// It takes nothing from its socket until its session, or the server, may go on.
    bool is_read_no_further() const { return !reads_; }

private:
    enum class State : std::uint8_t { open, draining, dead };
    /// Incomplete input, on the heap only while there is some. What was taken from its front is let
    /// go of in large pieces, so that many small frames cost no more than a few large ones.
    class Leftover {
    public:
        bool empty() const { return !state_; }
        std::size_t size() const { return state_ ? state_->bytes.size() - state_->begin : 0; }
        std::span<char> bytes() { return std::span(state_->bytes).subspan(state_->begin); }
        void append(BytesView more);
        void drop_front(std::size_t count);
        void clear() { state_.reset(); }

    private:
        struct State {
            Bytes bytes;
            std::size_t begin = 0;
        };
        std::unique_ptr<State> state_;
    };

    void read();
    void take_raw(std::span<char> in);
    void take_plain(std::span<char> in);
    std::size_t take_front(std::span<char> in);
    std::size_t take_proxy_header(std::span<char> in);
    std::size_t take_handshake(std::span<char> in);
    std::size_t take_websocket(std::span<char> in);
    void take_message(const ws::Event& event);
    void after_taking();
    void note_input();
    bool may_read() const;
    bool is_held() const;
    bool is_too_slow() const;
    std::size_t input_bytes_max() const;
    bool transport_left_held() const;
    void append_out(BytesView plain);
    Bytes& out();
    void mark_dirty();
    void update_interest();
    void shut();

    LoopGateway& gateway_;
    std::unique_ptr<ClientSession> session_;
    std::unique_ptr<tls::TlsStream> tls_;
    std::unique_ptr<std::string> proxied_address_;
    std::unique_ptr<Bytes> out_;  // bytes for the socket that have not left
    Leftover transport_left_;     // of an incomplete frame of the transport, or not taken since the
                                  // session is held
    Leftover stream_left_;        // of an incomplete frame of the protocol, on a WebSocket
    ws::Decoder ws_;
    MonoTime opened_;
    MonoTime last_input_;
    MonoTime gone_at_;  // while draining: when the socket is closed
    const std::uint64_t serial_;
    std::uint32_t out_sent_ = 0;
    std::uint32_t input_bytes_ = 0;  // as the gateway knows it
    const int fd_;
    const Transport transport_;
    State state_ = State::open;
    CloseReason close_reason_ = CloseReason::peer_closed;
    bool trusts_proxy_ = false;
    bool expects_proxy_header_ = false;
    bool upgraded_ = false;  // the WebSocket handshake is done
    bool dirty_ = false;
    bool wants_write_ = false;
    bool reads_ = true;
    bool half_closed_ = false;
    bool taking_ = false;
};
static_assert(sizeof(Connection) <= 192);  // idle connections are many

}  // namespace fenshen::gateway
