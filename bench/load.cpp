// SPDX-License-Identifier: Apache-2.0
#include "load.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <stdexcept>
#include <utility>

namespace fenshen::bench {

namespace {

constexpr double settle_max_seconds = 30;
constexpr std::size_t logins_under_way_max = 200;
constexpr const char* group_id = "bench";
constexpr std::uint8_t type_person = 1;
constexpr std::uint8_t type_group = 2;

std::uint64_t now_ns() {
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                          std::chrono::steady_clock::now().time_since_epoch())
                                          .count());
}

}  // namespace

std::string Load::uid_of(std::uint32_t account) const {
    return options_.uid_prefix + std::to_string(account);
}

Load::Load(const Options& options, ServerProcess& server)
    : options_(options), server_(server), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    events_.on_sendack = [this](Client& client, const wukong::Sendack& frame) {
        on_sendack(client, frame);
    };
    events_.on_recv = [this](Client& client, const wukong::Recv& /*frame*/, const Stamp& stamp) {
        on_recv(client, stamp);
    };
    for (std::uint32_t account = 0; account < options.clients; ++account) {
        for (std::uint32_t device = 0; device < options.devices; ++device) {
            Client::Settings settings;
            settings.uid = uid_of(account);
            settings.device_id = settings.uid + "-" + std::to_string(device);
            settings.device_flag = static_cast<std::uint8_t>(device);
            settings.encrypted = options.encrypted;
            settings.websocket = options.websocket;
            settings.msync = options.msync;
            if (options.msync) settings.token = server.user_token(settings.uid);
            const auto index = static_cast<std::uint32_t>(clients_.size());
            clients_.push_back(std::make_unique<Client>(index, std::move(settings)));
            // The first device of an account talks.
            const bool talks =
                device == 0 && (options.scenario != Scenario::group || account < options.senders);
            if (talks) senders_.push_back(clients_.back().get());
        }
    }
    seen_.assign(clients_.size(), {});
    sent_at_.assign(clients_.size(), {});
    if (options.scenario == Scenario::group) {
        std::string body = std::string("{\"channel_id\":\"") + group_id +
                           "\",\"channel_type\":2,\"subscribers\":[";
        for (std::uint32_t account = 0; account < options.clients; ++account) {
            body += (account > 0 ? ",\"" : "\"") + uid_of(account) + "\"";
        }
        server_.post("/channel/subscriber_add", body + "]}");
    }
}

Load::~Load() {
    ::close(epoll_);
}

std::uint16_t Load::port() const {
    if (options_.msync) return server_.port("easemob");
    return server_.port(options_.websocket ? "ws" : "tcp");
}

double Load::log_in() {
    const double before = server_.cpu_seconds();
    std::size_t opened = 0;
    std::size_t ready = 0;
    const auto begin = now_ns();
    while (ready < clients_.size()) {
        while (opened < clients_.size() && opened - ready < logins_under_way_max) {
            Client& client = *clients_[opened++];
            client.open(port());
            if (!client.failure().empty()) throw std::runtime_error(client.failure());
            epoll_event event{.events = EPOLLIN, .data = {.ptr = &client}};
            epoll_ctl(epoll_, EPOLL_CTL_ADD, client.fd(), &event);
        }
        poll(100);
        while (ready < opened && clients_[ready]->is_ready()) ++ready;
        if (auto why = failure(); !why.empty()) throw std::runtime_error("login: " + why);
        if (static_cast<double>(now_ns() - begin) / 1e9 > settle_max_seconds * 4) {
            throw std::runtime_error("logins are not answered");
        }
    }
    return server_.cpu_seconds() - before;
}

void Load::log_out() {
    for (auto& client : clients_) client->close();
}

std::string Load::failure() const {
    for (const auto& client : clients_) {
        if (!client->failure().empty()) return client->uid() + ": " + client->failure();
    }
    return {};
}

void Load::watch(Client& client, bool wants_write) {
    epoll_event event{.events = EPOLLIN | (wants_write ? EPOLLOUT : 0U), .data = {.ptr = &client}};
    epoll_ctl(epoll_, EPOLL_CTL_MOD, client.fd(), &event);
}

void Load::poll(int timeout_ms) {
    std::array<epoll_event, 512> events{};
    const int count =
        epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), timeout_ms);
    for (int i = 0; i < count; ++i) {
        auto& client = *static_cast<Client*>(events[static_cast<std::size_t>(i)].data.ptr);
        if ((events[static_cast<std::size_t>(i)].events & ~std::uint32_t{EPOLLOUT}) != 0) {
            client.on_readable(events_);
        }
        dirty_.push_back(&client);
    }
    for (Client* client : std::exchange(dirty_, {})) watch(*client, !client->flush());
}

std::uint32_t Load::receivers_of_a_message() const {
    // The other side's devices, or every member's, and the sender's own others.
    if (options_.scenario != Scenario::group) return options_.devices * 2 - 1;
    return options_.clients * options_.devices - 1;
}

void Load::send_one(Client& sender, std::uint64_t intended_ns) {
    const Stamp stamp{intended_ns, sender.index(), ++sender.next_number};
    auto& times = sent_at_[sender.index()];
    times.push_back(intended_ns);
    if (options_.scenario != Scenario::group) {
        const std::uint32_t account = sender.index() / options_.devices;
        sender.send_message(uid_of(account ^ 1U), type_person, stamp, options_.payload_bytes);
    } else {
        sender.send_message(group_id, type_group, stamp, options_.payload_bytes);
    }
    ++sender.in_flight;
    ++result_.sent;
    dirty_.push_back(&sender);
}

// What is due by now: by the clock in the open loop, by acknowledgements in the closed one.
void Load::fill(std::uint64_t now) {
    if (!sending_) return;
    if (options_.rate > 0) {
        const double interval = 1e9 / options_.rate;
        while (static_cast<double>(due_) * interval <= static_cast<double>(now - began_ns_)) {
            const auto intended =
                began_ns_ + static_cast<std::uint64_t>(static_cast<double>(due_) * interval);
            send_one(*senders_[next_sender_++ % senders_.size()], intended);
            ++due_;
        }
        return;
    }
    for (Client* sender : senders_) {
        while (sender->in_flight < options_.in_flight) send_one(*sender, now);
    }
}

void Load::on_sendack(Client& client, const wukong::Sendack& frame) {
    --client.in_flight;
    if (frame.reason != wukong::Reason::success) {
        ++result_.refused;
        return;
    }
    ++result_.acknowledged;
    const std::uint64_t now = now_ns();
    if (measuring_) {
        ++result_.measured;
        result_.to_ack.add(now - sent_at_[client.index()][frame.client_seq - 1]);
    }
    if (options_.rate == 0 && sending_) send_one(client, now);
}

void Load::on_recv(Client& client, const Stamp& stamp) {
    auto& seen = seen_[client.index()];
    if (seen.size() <= stamp.sender) seen.resize(stamp.sender + 1);
    if (stamp.number <= seen[stamp.sender]) {
        ++result_.repeated;
        return;
    }
    seen[stamp.sender] = stamp.number;
    ++result_.received;
    if (!measuring_) return;
    ++result_.measured_received;
    result_.to_receiver.add(now_ns() - stamp.intended_ns);
}

LoadResult Load::run() {
    began_ns_ = now_ns();
    sending_ = true;
    fill(began_ns_);
    double cpu_before = 0;
    double syncs_before = 0;
    std::uint64_t measured_from = 0;
    const auto seconds_since = [](std::uint64_t then) {
        return static_cast<double>(now_ns() - then) / 1e9;
    };
    while (seconds_since(began_ns_) < options_.warm_up_seconds + options_.seconds) {
        poll(options_.rate > 0 ? 1 : 100);
        if (options_.rate > 0) fill(now_ns());
        if (!measuring_ && seconds_since(began_ns_) >= options_.warm_up_seconds) {
            measuring_ = true;
            syncs_before = server_.metric("fenshen_commit_groups_total");
            cpu_before = server_.cpu_seconds();
            measured_from = now_ns();
        }
        result_.failure = failure();
        if (!result_.failure.empty()) return result_;
    }
    result_.server_cpu_s = server_.cpu_seconds() - cpu_before;
    result_.seconds = seconds_since(measured_from);
    result_.syncs = server_.metric("fenshen_commit_groups_total") - syncs_before;
    measuring_ = false;
    sending_ = false;
    const std::uint64_t end = now_ns();
    const auto is_settled = [&] {
        result_.expected = result_.acknowledged * receivers_of_a_message();
        return result_.acknowledged + result_.refused == result_.sent &&
               result_.received >= result_.expected;
    };
    while (!is_settled() && seconds_since(end) < settle_max_seconds) poll(50);
    result_.failure = failure();
    return result_;
}

}  // namespace fenshen::bench
