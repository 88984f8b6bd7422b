// SPDX-License-Identifier: Apache-2.0
// For tests of verbs: all of a server's services on two loops and a pool that run in turns, with
// devices that write down what they are told. The power can be cut after any step; the server then
// starts again on what is durable.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "domain/snowflake.h"
#include "service/devices/device_sessions.h"
#include "service/messages/messages.h"
#include "service/shard.h"
#include "service/social/account_events.h"
#include "storage/memory/memory_engine.h"

namespace fenshen::service::testing {

class WorldClock final : public Clock {
public:
    WallTime wall() const override { return {now_ms}; }
    MonoTime mono() const override { return {now_ms}; }
    std::int64_t now_ms = 1'776'844'800'000;
};

class WorldLoop final : public Executor {
public:
    explicit WorldLoop(const WorldLoop* const& running) : running_(running) {}
    void post(Work work) override { work_.push_back(std::move(work)); }
    bool is_here() const override { return running_ == this; }
    bool idle() const { return work_.empty(); }
    void drop_work() { work_.clear(); }
    void do_one() {
        Work work = std::move(work_.front());
        work_.pop_front();
        work();
    }

private:
    const WorldLoop* const& running_;
    std::deque<Work> work_;
};

class WorldSessions final : public SessionPort {
public:
    void connect_decided(const ConnectOutcome& outcome) override {
        accepted[outcome.serial] = !outcome.error && outcome.decision.accepted();
    }
    void sends_decided(std::span<const SendOutcome> outcomes) override {
        sends.insert(sends.end(), outcomes.begin(), outcomes.end());
    }
    void deliver(std::span<const SessionDelivery> /*deliveries*/) override {}
    void end(const SessionEnd& end) override { accepted[end.serial] = false; }
    void set_muted(std::uint64_t /*serial*/, bool /*muted*/) override {}
    void account_events(std::span<const SessionEvent> events) override {
        for (const auto& each : events) told[each.serial].push_back(*each.event);
    }

    std::map<std::uint64_t, bool> accepted;
    std::vector<SendOutcome> sends;
    std::map<std::uint64_t, std::vector<AccountEvent>> told;
};

/// A device that is, or was, logged in.
struct TestDevice {
    Uid uid;
    DeviceClass device_class{1};
    DeviceId id;
    std::uint64_t serial = 0;
    EventOrigin as_origin() const { return {uid, id}; }
};

class ServiceWorld {
public:
    ServiceWorld() { boot(); }
    ~ServiceWorld() { drop(); }
    ServiceWorld(const ServiceWorld&) = delete;
    ServiceWorld& operator=(const ServiceWorld&) = delete;

    World& world() { return *server_->world; }
    WorldSessions& sessions() { return sessions_; }

    TestDevice log_in(const std::string& uid, const std::string& device) {
        TestDevice made{Uid(uid), DeviceClass(1), DeviceId(device), 0};
        come_back(made);
        return made;
    }
    void come_back(TestDevice& device) {
        device.serial = next_serial_++;
        ConnectCommand command;
        command.session = session_of(device.serial);
        command.uid = device.uid;
        command.device_id = device.id;
        command.device_class = device.device_class;
        connect_device(world(), std::move(command));
        settle();
        EXPECT_TRUE(sessions_.accepted[device.serial]) << device.id.value();
    }
    void go(TestDevice& device) {
        session_closed(world(), {session_of(device.serial), device.uid, "lost"});
        settle();
    }

    /// Runs a verb to its end.
    template <class T>
    T run(Task<T> task) {
        std::optional<T> outcome;
        start(std::move(task), [&](T done) { outcome.emplace(std::move(done)); });
        settle();
        if (!outcome) {
            ADD_FAILURE() << "the verb did not end";
            std::abort();
        }
        return std::move(*outcome);
    }
    /// Begins a verb and takes `steps` steps; whether it has ended by then.
    template <class T>
    bool begin(Task<T> task, std::size_t steps) {
        auto ended = std::make_shared<bool>(false);
        start(std::move(task), [ended](const T& /*outcome*/) { *ended = true; });
        for (; steps > 0; --steps) {
            if (!run_one()) return true;
        }
        return *ended && is_quiet();
    }

    /// What the account's log holds that `device` has not had; as it would read it on its return.
    std::vector<AccountEvent> missed_by(const TestDevice& device) {
        auto cursor = run(event_cursor(world(), device.uid, device.device_class, device.id));
        EXPECT_TRUE(cursor);
        std::vector<AccountEvent> missed;
        std::uint64_t after = cursor.value_or(0);
        for (bool more = true; more;) {
            auto page = run(read_events(world(), device.uid, device.id, after, 50));
            EXPECT_TRUE(page);
            if (!page) break;
            missed.insert(missed.end(), page->events.begin(), page->events.end());
            after = page->next;
            more = page->more;
        }
        auto moved =
            run(move_event_cursor(world(), device.uid, device.device_class, device.id, after));
        EXPECT_TRUE(moved);
        return missed;
    }
    const std::vector<AccountEvent>& told(const TestDevice& device) {
        return sessions_.told[device.serial];
    }

    std::optional<Errc> send(const TestDevice& device,
                             const ChannelKey& channel,
                             const std::string& addressed_to,
                             const std::string& text) {
        auto message = std::make_shared<Message>();
        message->channel = channel;
        message->addressed_to = addressed_to;
        message->from = device.uid;
        message->client_seq = next_number_++;
        message->client_msg_no = "n" + std::to_string(message->client_seq);
        message->payload = text;
        SendCommand command;
        command.origin = session_of(device.serial);
        Shard& own = *world().shards[command.origin.loop.value()];
        const bool to_person = channel.type == ChannelType::person;
        Shard& next = to_person ? world().shard_of_account(Uid(addressed_to))
                                : world().shard_of_channel(channel);
        command.message = std::move(message);
        auto& parcel = own.parcel_for(next);
        (to_person ? parcel.to_peers : parcel.to_channels).push_back(std::move(command));
        own.end_turn();
        settle();
        return sessions_.sends.back().error;
    }
    MessageId last_sent() const { return sessions_.sends.back().id; }

    bool is_quiet() const {
        return server_->pool.idle() && server_->loops[0].idle() && server_->loops[1].idle();
    }
    void settle() {
        while (run_one()) {
        }
    }
    /// One piece of work, and the turn's end of where it was done.
    bool run_one() {
        for (std::size_t i = 0; i < server_->loops.size(); ++i) {
            WorldLoop& loop = server_->loops[i];
            if (loop.idle()) continue;
            running_ = &loop;
            loop.do_one();
            world().shards[i]->end_turn();
            running_ = nullptr;
            return true;
        }
        if (server_->pool.idle()) return false;
        running_ = &server_->pool;
        server_->pool.do_one();
        running_ = nullptr;
        return true;
    }
    /// What every loop does now and then.
    void tick() {
        for (std::size_t i = 0; i < server_->loops.size(); ++i) {
            Shard& shard = *world().shards[i];
            server_->loops[i].post([&shard] { shard.tick(); });
        }
        settle();
    }
    /// The power is cut; the server starts again.
    void cut_power() {
        // Coroutines that nobody will resume cannot be destroyed from outside: they stay, with all
        // that they refer to.
        static auto& dead = *new std::vector<std::unique_ptr<Server>>;
        dead.push_back(std::move(server_));
        boot();
        settle();
    }

    /// Of those that have started last: how many have carried over what was left lying.
    std::size_t shards_resumed() const { return shards_resumed_; }

    WorldClock clock;
    storage::MemoryEngine engine;

private:
    struct Server {
        explicit Server(const WorldLoop* const& running)
            : loops{WorldLoop(running), WorldLoop(running)}, pool(running) {}
        std::array<WorldLoop, 2> loops;
        WorldLoop pool;
        std::unique_ptr<domain::Snowflake> ids;
        std::unique_ptr<World> world;
    };

    SessionRef session_of(std::uint64_t serial) const {
        return {NodeId(1), LoopId(static_cast<std::uint16_t>(serial % 2)), serial};
    }
    void boot() {
        server_ = std::make_unique<Server>(running_);
        server_->ids = std::make_unique<domain::Snowflake>(NodeId(1), clock.wall());
        Rules rules;
        rules.token_checks = false;
        server_->world.reset(new World{.clock = clock,
                                       .slots = SlotMap(8),
                                       .node = NodeId(1),
                                       .store = engine,
                                       .log = engine,
                                       .pool = server_->pool,
                                       .ids = *server_->ids,
                                       .rules = rules,
                                       .shards = {}});
        for (std::size_t i = 0; i < server_->loops.size(); ++i) {
            const LoopId id(static_cast<std::uint16_t>(i));
            world().shards.push_back(std::make_unique<Shard>(world(), id, server_->loops[i]));
            world().shards.back()->set_sessions(sessions_);
        }
        for (const auto& shard : world().shards) EXPECT_TRUE(shard->effects().recover());
        shards_resumed_ = 0;
        for (const auto& shard : world().shards) {
            shard->effects().resume([this] { ++shards_resumed_; });
        }
    }
    void drop() {
        for (auto& loop : server_->loops) loop.drop_work();
        server_->pool.drop_work();
        server_.reset();
    }

    const WorldLoop* running_ = nullptr;
    WorldSessions sessions_;
    std::unique_ptr<Server> server_;
    std::uint64_t next_serial_ = 1;
    std::uint32_t next_number_ = 1;
    std::size_t shards_resumed_ = 0;
};

}  // namespace fenshen::service::testing
