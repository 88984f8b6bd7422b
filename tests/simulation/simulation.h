// SPDX-License-Identifier: Apache-2.0
// A whole server without threads, sockets, clock or disk of its own, and devices that talk to it
// over links that lose and delay. Everything that happens is drawn from a seed: the same seed, the
// same run.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "domain/snowflake.h"
#include "service/devices/device_sessions.h"
#include "service/shard.h"
#include "storage/memory/memory_engine.h"

namespace fenshen::simulation {

class SimClock final : public Clock {
public:
    WallTime wall() const override { return {now_ms}; }
    MonoTime mono() const override { return {now_ms}; }
    std::int64_t now_ms = 1'776'844'800'000;
};

/// A loop whose work is done when the simulation says so.
class SimLoop final : public Executor {
public:
    explicit SimLoop(const SimLoop* const& running) : running_(running) {}
    void post(Work work) override { work_.push_back(std::move(work)); }
    bool is_here() const override { return running_ == this; }
    bool idle() const { return work_.empty(); }
    /// The power is cut: nothing of it happens.
    void drop_work() { work_.clear(); }
    void do_one() {
        Work work = std::move(work_.front());
        work_.pop_front();
        work();
    }

private:
    const SimLoop* const& running_;
    std::deque<Work> work_;
};

/// What a device keeps on its own side, as an app would.
struct Device {
    Uid uid;
    DeviceClass device_class;
    DeviceId device_id;
    bool online = false;
    bool connecting = false;
    std::uint64_t serial = 0;
    std::map<std::uint64_t, std::string> seen;  ///< what it shows: sequence -> client number
    std::map<std::string, std::string>
        outbox;  ///< client number -> payload: sent, not acknowledged
    std::map<std::string, MessageSeq> confirmed;  ///< client number -> sequence
    std::uint64_t next_number = 1;
};

struct Faults {
    double link_loss = 0.02;     ///< a link breaks instead of carrying a message
    double crash = 0.002;        ///< a step is a power cut
    double disk_failure = 0.01;  ///< a write fails
};

class Simulation {
public:
    Simulation(std::uint64_t seed, const Faults& faults);
    ~Simulation();

    /// `count` messages from random devices to the other account, with faults; then everything
    /// settles without faults and every device has synced.
    void run(int count);

    const std::vector<std::unique_ptr<Device>>& devices() const { return devices_; }
    /// What the log holds, by sequence.
    std::vector<Message> log() const;
    int crashes() const { return crashes_; }
    int disk_failures() const { return disk_failures_; }
    int broken_links() const { return broken_links_; }

private:
    class Port;
    struct Server;

    void boot();
    void crash();
    void drop_server();
    void step(bool with_faults);
    void run_loop(SimLoop& loop, service::Shard* shard);
    void connect(Device& device);
    void break_link(Device& device);
    void send(Device& device, const std::string& number, const std::string& payload);
    void sync(Device& device);
    void settle();
    bool is_quiet() const;
    Device* device_of(LoopId loop, std::uint64_t serial);
    bool loses(Device& device);
    bool chance(double probability);
    std::size_t pick(std::size_t count);

    std::mt19937_64 dice_;
    const Faults faults_;
    bool faults_on_ = true;
    SimClock clock_;
    storage::MemoryEngine engine_;
    const SimLoop* running_ = nullptr;
    std::unique_ptr<Server> server_;
    std::vector<std::unique_ptr<Device>> devices_;
    std::uint64_t next_serial_ = 1;
    int crashes_ = 0;
    int disk_failures_ = 0;
    int broken_links_ = 0;
    int left_to_send_ = 0;
};

}  // namespace fenshen::simulation
