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
constexpr unsigned index_bits = 24;
constexpr std::uint64_t index_mask = (1UL << index_bits) - 1;
constexpr std::size_t buffers_kept_max = 256;
/// A buffer that has grown beyond this is not kept.
constexpr std::size_t buffer_bytes_kept_max = 64UL * 1024;

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
    };
    return names[static_cast<std::size_t>(reason)];
}

LoopGateway::LoopGateway(service::Shard& shard,
                         runtime::Loop& loop,
                         const GatewayLimits& limits,
                         telemetry::Log& log)
    : shard_(shard), loop_(loop), limits_(limits), log_(log), read_buffer_(read_bytes) {
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

void LoopGateway::adopt(int fd, const ConnectionKind& kind, const SessionFactory& make_session) {
    const bool full = free_places_.empty() && places_.size() >= index_mask;
    if (draining_ || full) {
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
    stats_.accepted.fetch_add(1, std::memory_order_relaxed);
    stats_.connections.fetch_add(1, std::memory_order_relaxed);
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
        connection->resume();
    }
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

void LoopGateway::end_turn() {
    release_held();
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

void LoopGateway::bury_dead() {
    for (const auto serial : std::exchange(dead_, {})) {
        auto* connection = find(serial);
        if (!connection) continue;
        const auto reason = connection->close_reason();
        connection->session().on_closed(reason);
        loop_.unwatch(connection->fd());
        places_[(serial & index_mask) - 1].connection.reset();
        ending_.erase(serial);
        free_places_.push_back(static_cast<std::uint32_t>((serial & index_mask) - 1));
        stats_.connections.fetch_sub(1, std::memory_order_relaxed);
        stats_.closed[static_cast<std::size_t>(reason)].fetch_add(1, std::memory_order_relaxed);
    }
}

void LoopGateway::tick(MonoTime now) {
    for (auto& place : places_) {
        if (place.connection) place.connection->tick(now);
    }
}

}  // namespace fenshen::gateway
