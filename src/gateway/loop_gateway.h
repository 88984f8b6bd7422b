// SPDX-License-Identifier: Apache-2.0
// The connections of one loop: who they are, what waits to be sent, who has been silent for too
// long. Services speak to their sessions through it.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "gateway/connection.h"
#include "service/session_port.h"
#include "service/shard.h"
#include "telemetry/log.h"

namespace fenshen::gateway {

struct GatewayLimits {
    Millis first_packet_max{2'000};  ///< from the accept to the first bytes (wukong-wire 5.1)
    Millis login_max{10'000};        ///< from the accept to the end of the login
    Millis idle_max{180'000};        ///< silence of the client
    std::size_t input_bytes_max = 1024UL * 1024 + 64;      ///< an incomplete frame
    std::size_t login_bytes_max = 48UL * 1024;             ///< the same, before the login
    std::size_t input_bytes_all_max = 64UL * 1024 * 1024;  ///< incomplete, on one loop
    std::size_t input_bytes_spared =
        64UL * 1024;  ///< who is read no further and holds no more is not closed for them
    std::size_t unauthenticated_max = 10'000;       ///< connections of one loop before their login
    std::size_t tls_handshakes_a_turn_max = 16;     ///< reads before TLS is established
    std::size_t out_bytes_max = 2UL * 1024 * 1024;  ///< waiting for one slow reader
    std::size_t out_bytes_all_max = 48UL * 1024 * 1024;  ///< waiting on one loop, for all readers
    std::size_t out_bytes_spared =
        64UL * 1024;  ///< who has no more waiting is not closed for the others' sake
    std::size_t sends_under_way_max = 32;  ///< of one session; beyond it it is read no further
    std::size_t commit_bytes_max =
        16UL * 1024 * 1024;  ///< not yet durable; beyond it no sender is read
    std::size_t accepts_a_turn_max = 64;
};

/// Written by the loop, read by anybody.
struct GatewayStats {
    std::atomic<std::int64_t> connections{0};
    std::atomic<std::uint64_t> accepted{0};
    std::array<std::atomic<std::uint64_t>, static_cast<std::size_t>(CloseReason::count_)> closed{};
    std::atomic<std::uint64_t> bytes_in{0};
    std::atomic<std::uint64_t> bytes_out{0};
    std::atomic<std::uint64_t> messages_in{0};
    std::atomic<std::uint64_t> messages_out{0};
    std::atomic<std::uint64_t> resent{0};
    std::atomic<std::uint64_t> held{0};  ///< times a sender was read no further
    std::atomic<std::int64_t> bytes_waiting{0};
    std::atomic<std::int64_t> input_bytes{0};      ///< of incomplete frames
    std::atomic<std::int64_t> unauthenticated{0};  ///< connections before their login
    std::atomic<std::uint64_t> refused{0};         ///< connections: too many were not logged in
    std::atomic<std::uint64_t> handshakes_deferred{0};  ///< to the next turn
};

using SessionFactory = std::function<std::unique_ptr<ClientSession>(Connection&)>;

class LoopGateway final : public service::SessionPort {
public:
    LoopGateway(service::Shard& shard,
                runtime::Loop& loop,
                const GatewayLimits& limits,
                telemetry::Log& log);
    ~LoopGateway() override;

    service::Shard& shard() { return shard_; }
    runtime::Loop& loop() { return loop_; }
    const GatewayLimits& limits() const { return limits_; }
    GatewayStats& stats() { return stats_; }
    telemetry::Log& log() { return log_; }

    /// Takes over an accepted socket, and what was read from it already; on the loop.
    void adopt(int fd,
               const ConnectionKind& kind,
               const SessionFactory& make_session,
               BytesView first = {});
    /// Closes `count` of the connections without a word, so that their clients come back to
    /// somebody else; answers how many are left. Refuses new ones from then on.
    std::size_t drain(std::size_t count);

    // service::SessionPort
    void connect_decided(const service::ConnectOutcome& outcome) override;
    void sends_decided(std::span<const service::SendOutcome> outcomes) override;
    void deliver(std::span<const service::SessionDelivery> deliveries) override;
    void end(const service::SessionEnd& end) override;
    void set_muted(std::uint64_t serial, bool muted) override;
    void account_events(std::span<const service::SessionEvent> events) override;

    // --- for Connection
    /// Bytes that a read may fill; the same for all, only within one call.
    std::span<char> read_buffer() { return read_buffer_; }
    std::unique_ptr<Bytes> take_buffer();
    void give_back(std::unique_ptr<Bytes> buffer);
    void mark_dirty(Connection& connection) { dirty_.push_back(connection.serial()); }
    void mark_dead(std::uint64_t serial) { dead_.push_back(serial); }
    void mark_held(std::uint64_t serial) { held_.push_back(serial); }
    /// Bytes that wait to be sent, more or fewer.
    void note_waiting(std::int64_t bytes) {
        stats_.bytes_waiting.fetch_add(bytes, std::memory_order_relaxed);
    }
    /// Bytes of incomplete frames, more or fewer.
    void note_input(std::int64_t bytes) {
        stats_.input_bytes.fetch_add(bytes, std::memory_order_relaxed);
    }
    /// False: this turn has worked on as many handshakes as it may.
    bool take_handshake_turn();
    /// Its time is up before long: it is looked at in every tick.
    void watch_closely(std::uint64_t serial) { closely_.push_back(serial); }
    /// Too much is under way in the whole server: senders wait.
    bool is_congested() const;
    /// Memory for encoding one frame at a time.
    Bytes& scratch() { return scratch_; }
    Bytes& cipher_scratch() { return cipher_scratch_; }

private:
    static constexpr unsigned index_bits = 24;
    static constexpr std::uint64_t index_mask = (1UL << index_bits) - 1;

    struct Place {
        std::unique_ptr<Connection> connection;
        std::uint32_t generation = 0;
        bool is_newcomer = false;  ///< counts as one that has not logged in
    };
    Place& place_of(std::uint64_t serial) { return places_[(serial & index_mask) - 1]; }
    Connection* find(std::uint64_t serial);
    void no_newcomer(Place& place);
    void relieve_input();
    void end_turn();
    void tick(MonoTime now);
    void bury_dead();
    void release_held();

    service::Shard& shard_;
    runtime::Loop& loop_;
    const GatewayLimits limits_;
    telemetry::Log& log_;
    std::vector<Place> places_;  // serial: generation << 24 | index + 1
    std::vector<std::uint32_t> free_places_;
    std::vector<std::uint64_t> dirty_;
    std::vector<std::uint64_t> dead_;
    std::vector<std::uint64_t> closely_;  // not logged in, or closing
    /// Who waits until a connection is closed, by its serial; mostly empty.
    std::unordered_multimap<std::uint64_t, service::UntilClosed> ending_;
    std::vector<std::uint64_t> held_;  // to be read again when the server is less busy
    std::vector<std::unique_ptr<Bytes>> buffers_;
    std::vector<char> read_buffer_;
    Bytes scratch_;
    Bytes cipher_scratch_;
    std::size_t next_place_ = 0;  // that a tick looks at
    std::size_t handshakes_left_;
    MonoTime relieved_at_{};
    bool draining_ = false;
    GatewayStats stats_;
};

}  // namespace fenshen::gateway
