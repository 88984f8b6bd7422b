// SPDX-License-Identifier: Apache-2.0
#include "gateway/loop_gateway.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>

namespace fenshen::gateway {

namespace {

// What a held session leaves lying is at most this: a read that is larger would cost a flood of
// senders dear.
constexpr std::size_t read_bytes = 16UL * 1024;
constexpr std::size_t buffers_kept_max = 256;
/// A buffer that has grown beyond this is not kept.
constexpr std::size_t buffer_bytes_kept_max = 64UL * 1024;
/// Ticks in which each connection is looked at once: about a second.
constexpr std::size_t tick_slices = 4;
/// A search for the longest input that had too little to close is not repeated sooner.
constexpr Millis relief_pause{250};

}  // namespace

std::string_view name_of(CloseReason reason) {
    constexpr std::array<std::string_view, static_cast<std::size_t>(CloseReason::count_)> names{
        "peer_closed",
        "idle",
        "login_timeout",
        "protocol_error",
        "too_slow",
        "refused",
        "ended",
        "stopping",
        "socket_error",
        "input_crowded",
    };
    return names[static_cast<std::size_t>(reason)];
}

LoopGateway::LoopGateway(service::Shard& shard,
                         runtime::Loop& loop,
                         const GatewayLimits& limits,
                         telemetry::Log& log)
    : shard_(shard),
      loop_(loop),
      limits_(limits),
      log_(log),
      read_buffer_(read_bytes),
      handshakes_left_(limits.tls_handshakes_a_turn_max) {
    shard_.set_sessions(*this);
    loop_.at_turn_end([this] {
        shard_.end_turn();
        end_turn();
    });
    loop_.on_tick([this](MonoTime now) {
        shard_.tick();
        tick(now);
    });
}

LoopGateway::~LoopGateway() {
    places_.clear();  // connections give back what they were lent
}

void LoopGateway::adopt(int fd,
                        const ConnectionKind& kind,
                        const SessionFactory& make_session,
                        BytesView first) {
    const bool full = free_places_.empty() && places_.size() >= index_mask;
    if (draining_ || full) {
        close(fd);
        return;
    }
    const auto newcomers = stats_.unauthenticated.load(std::memory_order_relaxed);
    if (newcomers >= static_cast<std::int64_t>(limits_.unauthenticated_max)) {
        // The newest goes: those before it are on their way in.
        stats_.refused.fetch_add(1, std::memory_order_relaxed);
        close(fd);
        return;
    }
    std::uint32_t index = 0;
    if (free_places_.empty()) {
        index = static_cast<std::uint32_t>(places_.size());
        places_.emplace_back();
    } else {
        index = free_places_.back();
        free_places_.pop_back();
    }
    Place& place = places_[index];
    ++place.generation;
    const std::uint64_t serial = (std::uint64_t{place.generation} << index_bits) | (index + 1);
    place.connection = std::make_unique<Connection>(*this, fd, serial, kind);
    place.connection->set_session(make_session(*place.connection));
    loop_.watch(fd, EPOLLIN | EPOLLRDHUP, *place.connection);
    place.is_newcomer = true;
    watch_closely(serial);
    stats_.unauthenticated.fetch_add(1, std::memory_order_relaxed);
    stats_.accepted.fetch_add(1, std::memory_order_relaxed);
    stats_.connections.fetch_add(1, std::memory_order_relaxed);
    if (!first.empty()) place.connection->take_first(first);
}

Connection* LoopGateway::find(std::uint64_t serial) {
    const std::uint64_t index = (serial & index_mask) - 1;
    if (serial == 0 || index >= places_.size()) return nullptr;
    Place& place = places_[index];
    const bool is_it = place.connection && place.connection->serial() == serial;
    return is_it ? place.connection.get() : nullptr;
}

std::size_t LoopGateway::drain(std::size_t count) {
    draining_ = true;
    std::size_t left = 0;
    for (auto& place : places_) {
        if (!place.connection || place.connection->is_closing()) continue;
        if (count > 0) {
            place.connection->close_after_flush(CloseReason::stopping, Millis(0));
            --count;
        } else {
            ++left;
        }
    }
    return left;
}

void LoopGateway::connect_decided(const service::ConnectOutcome& outcome) {
    if (auto* connection = find(outcome.serial)) {
        connection->session().on_connect_decided(outcome);
        if (connection->session().is_logged_in()) no_newcomer(place_of(outcome.serial));
        connection->resume();
    }
}

void LoopGateway::no_newcomer(Place& place) {
    if (!std::exchange(place.is_newcomer, false)) return;
    stats_.unauthenticated.fetch_sub(1, std::memory_order_relaxed);
}

void LoopGateway::sends_decided(std::span<const service::SendOutcome> outcomes) {
    for (const auto& outcome : outcomes) {
        if (auto* connection = find(outcome.session.serial)) {
            connection->session().on_send_decided(outcome);
        }
    }
    // Once for all: each that was held goes on with room for many.
    for (const auto& outcome : outcomes) {
        if (auto* connection = find(outcome.session.serial)) connection->resume();
    }
}

void LoopGateway::deliver(std::span<const service::SessionDelivery> deliveries) {
    for (const auto& delivery : deliveries) {
        if (auto* connection = find(delivery.serial)) {
            connection->session().on_message(delivery.message);
        }
    }
}

void LoopGateway::end(const service::SessionEnd& end) {
    auto* connection = find(end.serial);
    if (connection == nullptr) return;
    if (end.until_closed) ending_.emplace(end.serial, end.until_closed);
    connection->session().on_end(end);
}

void LoopGateway::set_muted(std::uint64_t serial, bool muted) {
    if (auto* connection = find(serial)) connection->session().on_muted(muted);
}

void LoopGateway::account_events(std::span<const service::SessionEvent> events) {
    for (const auto& each : events) {
        if (auto* connection = find(each.serial)) {
            connection->session().on_account_event(each.event);
        }
    }
}

std::unique_ptr<Bytes> LoopGateway::take_buffer() {
    if (buffers_.empty()) return std::make_unique<Bytes>();
    auto buffer = std::move(buffers_.back());
    buffers_.pop_back();
    return buffer;
}

void LoopGateway::give_back(std::unique_ptr<Bytes> buffer) {
    if (buffers_.size() >= buffers_kept_max || buffer->capacity() > buffer_bytes_kept_max) return;
    buffer->clear();
    buffers_.push_back(std::move(buffer));
}

bool LoopGateway::is_congested() const {
    return shard_.world().log.waiting_bytes() > limits_.commit_bytes_max;
}

bool LoopGateway::take_handshake_turn() {
    if (handshakes_left_ == 0) {
        stats_.handshakes_deferred.fetch_add(1, std::memory_order_relaxed);
        return false;
    }
    --handshakes_left_;
    return true;
}

void LoopGateway::end_turn() {
    handshakes_left_ = limits_.tls_handshakes_a_turn_max;
    release_held();
    relieve_input();
    // Flushing may kill, never make dirty: the list is complete.
    for (const auto serial : std::exchange(dirty_, {})) {
        if (auto* connection = find(serial)) connection->flush();
    }
    bury_dead();
}

void LoopGateway::release_held() {
    if (held_.empty() || is_congested()) return;
    for (const auto serial : std::exchange(held_, {})) {
        if (auto* connection = find(serial)) connection->resume();
    }
    shard_.end_turn();  // what they had to say belongs to this turn
}

// Too much input lies about that is good for nothing yet: the longest goes, until there is room for
// a while.
void LoopGateway::relieve_input() {
    const auto held = stats_.input_bytes.load(std::memory_order_relaxed);
    if (held <= static_cast<std::int64_t>(limits_.input_bytes_all_max)) return;
    if (loop_.now() - relieved_at_ < relief_pause) return;
    std::vector<Connection*> longest;
    for (auto& place : places_) {
        Connection* each = place.connection.get();
        if (each == nullptr || each->input_bytes() == 0) continue;
        const bool spared =
            each->is_read_no_further() && each->input_bytes() <= limits_.input_bytes_spared;
        if (!spared) longest.push_back(each);
    }
    std::ranges::sort(longest, std::ranges::greater{}, &Connection::input_bytes);
    const auto enough = static_cast<std::int64_t>(limits_.input_bytes_all_max / 4 * 3);
    std::int64_t left = held;
    std::size_t closed = 0;
    for (Connection* each : longest) {
        if (left <= enough) break;
        left -= static_cast<std::int64_t>(each->input_bytes());
        each->close_now(CloseReason::input_crowded);
        ++closed;
    }
    const bool is_relieved = left <= static_cast<std::int64_t>(limits_.input_bytes_all_max);
    if (!is_relieved) relieved_at_ = loop_.now();
    log_.warn("input_crowded", {{"bytes", held}, {"closed", closed}});
}

void LoopGateway::bury_dead() {
    for (const auto serial : std::exchange(dead_, {})) {
        auto* connection = find(serial);
        if (!connection) continue;
        const auto reason = connection->close_reason();
        connection->session().on_closed(reason);
        loop_.unwatch(connection->fd());
        no_newcomer(place_of(serial));
        place_of(serial).connection.reset();
        ending_.erase(serial);
        free_places_.push_back(static_cast<std::uint32_t>((serial & index_mask) - 1));
        stats_.connections.fetch_sub(1, std::memory_order_relaxed);
        stats_.closed[static_cast<std::size_t>(reason)].fetch_add(1, std::memory_order_relaxed);
    }
}

// Those whose time may be up soon are looked at in every tick; of all others a part, so that many
// idle connections are no burden to a single turn.
void LoopGateway::tick(MonoTime now) {
    for (const auto serial : std::exchange(closely_, {})) {
        Connection* connection = find(serial);
        if (connection == nullptr) continue;
        connection->tick(now);
        const bool is_settled = connection->session().is_logged_in() && !connection->is_closing();
        if (!is_settled) closely_.push_back(serial);
    }
    const std::size_t part = (places_.size() + tick_slices - 1) / tick_slices;
    for (std::size_t i = 0; i < part; ++i) {
        if (next_place_ >= places_.size()) next_place_ = 0;
        auto& place = places_[next_place_++];
        if (place.connection) place.connection->tick(now);
    }
}

}  // namespace fenshen::gateway
