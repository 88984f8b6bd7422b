// SPDX-License-Identifier: Apache-2.0
#include "simulation/simulation.h"

#include <algorithm>

#include "model/names.h"
#include "storage/rows.h"

namespace fenshen::simulation {

namespace {

constexpr std::size_t loop_count = 2;
const ChannelKey conversation{ChannelType::person, "bob@alice"};

}  // namespace

/// The sessions of one loop, as the simulation's links see them.
class Simulation::Port final : public service::SessionPort {
public:
    Port(Simulation& world, LoopId loop) : world_(world), loop_(loop) {}

    void connect_decided(const service::ConnectOutcome& outcome) override {
        if (auto* device = world_.device_of(loop_, outcome.serial)) {
            device->connecting = false;
            device->online = !outcome.error && outcome.decision.accepted();
            if (!device->online) device->serial = 0;
            if (device->online) world_.sync(*device);
        }
    }
    void sends_decided(std::span<const service::SendOutcome> outcomes) override {
        for (const auto& outcome : outcomes) {
            auto* device = world_.device_of(loop_, outcome.session.serial);
            if (device == nullptr || world_.loses(*device)) continue;
            const std::string number =
                device->device_id.value() + "-" + std::to_string(outcome.client_seq);
            if (outcome.error) continue;  // it stays in the outbox and is sent again
            device->confirmed[number] = outcome.seq;
            device->seen[outcome.seq.value()] = number;
            device->outbox.erase(number);
        }
    }
    void deliver(std::span<const service::SessionDelivery> deliveries) override {
        for (const auto& delivery : deliveries) {
            auto* device = world_.device_of(loop_, delivery.serial);
            if (device == nullptr || world_.loses(*device)) continue;
            device->seen[delivery.message->seq.value()] = delivery.message->client_msg_no;
        }
    }
    void end(const service::SessionEnd& end) override {
        if (auto* device = world_.device_of(loop_, end.serial)) {
            device->online = device->connecting = false;
            device->serial = 0;
        }
    }
    void set_muted(std::uint64_t /*serial*/, bool /*muted*/) override {}

private:
    Simulation& world_;
    const LoopId loop_;
};

struct Simulation::Server {
    std::vector<std::unique_ptr<SimLoop>> loops;
    std::unique_ptr<SimLoop> pool;
    std::unique_ptr<domain::Snowflake> ids;
    std::unique_ptr<service::World> world;
    std::vector<std::unique_ptr<Port>> ports;
};

Simulation::Simulation(std::uint64_t seed, const Faults& faults) : dice_(seed), faults_(faults) {
    for (const char* uid : {"alice", "bob"}) {
        for (const std::uint8_t device_class : {std::uint8_t{4}, std::uint8_t{5}}) {
            auto device = std::make_unique<Device>();
            device->uid = Uid(uid);
            device->device_class = DeviceClass(device_class);
            device->device_id = DeviceId(uid + std::to_string(device_class));
            devices_.push_back(std::move(device));
        }
    }
    boot();
}

Simulation::~Simulation() {
    drop_server();
}

void Simulation::boot() {
    server_ = std::make_unique<Server>();
    for (std::size_t i = 0; i < loop_count; ++i) {
        server_->loops.push_back(std::make_unique<SimLoop>(running_));
    }
    server_->pool = std::make_unique<SimLoop>(running_);
    server_->ids = std::make_unique<domain::Snowflake>(NodeId(1), clock_.wall());
    service::Rules rules;
    rules.token_checks = false;
    server_->world.reset(new service::World{.clock = clock_,
                                            .slots = SlotMap(8),
                                            .node = NodeId(1),
                                            .store = engine_,
                                            .log = engine_,
                                            .pool = *server_->pool,
                                            .ids = *server_->ids,
                                            .rules = rules,
                                            .shards = {}});
    for (std::size_t i = 0; i < loop_count; ++i) {
        const LoopId id(static_cast<std::uint16_t>(i));
        server_->world->shards.push_back(
            std::make_unique<service::Shard>(*server_->world, id, *server_->loops[i]));
        server_->ports.push_back(std::make_unique<Port>(*this, id));
        server_->world->shards.back()->set_sessions(*server_->ports.back());
    }
    for (const auto& shard : server_->world->shards) {
        if (!shard->effects().recover()) std::abort();
    }
    engine_.hold();
    for (const auto& shard : server_->world->shards) shard->effects().resume([] {});
}

void Simulation::crash() {
    ++crashes_;
    for (auto& device : devices_) {
        device->online = device->connecting = false;
        device->serial = 0;
    }
    drop_server();
    boot();
}

// Work that is dropped still refers to the world that it was meant for.
void Simulation::drop_server() {
    engine_.crash();
    for (const auto& loop : server_->loops) loop->drop_work();
    server_->pool->drop_work();
    server_.reset();
}

bool Simulation::chance(double probability) {
    return faults_on_ && std::uniform_real_distribution<>(0, 1)(dice_) < probability;
}

std::size_t Simulation::pick(std::size_t count) {
    return std::uniform_int_distribution<std::size_t>(0, count - 1)(dice_);
}

bool Simulation::loses(Device& device) {
    if (!chance(faults_.link_loss)) return false;
    break_link(device);
    return true;
}

Device* Simulation::device_of(LoopId /*loop*/, std::uint64_t serial) {
    const auto found = std::ranges::find_if(
        devices_, [&](const auto& device) { return serial != 0 && device->serial == serial; });
    return found == devices_.end() ? nullptr : found->get();
}

void Simulation::connect(Device& device) {
    device.connecting = true;
    device.serial = next_serial_++;
    service::ConnectCommand command;
    const LoopId loop(static_cast<std::uint16_t>(device.serial % loop_count));
    command.session = {NodeId(1), loop, device.serial};
    command.uid = device.uid;
    command.device_id = device.device_id;
    command.device_class = device.device_class;
    service::connect_device(*server_->world, std::move(command));
}

void Simulation::break_link(Device& device) {
    ++broken_links_;
    const LoopId loop(static_cast<std::uint16_t>(device.serial % loop_count));
    service::session_closed(*server_->world,
                            {{NodeId(1), loop, device.serial}, device.uid, "lost"});
    device.online = device.connecting = false;
    device.serial = 0;
}

void Simulation::send(Device& device, const std::string& number, const std::string& payload) {
    auto message = std::make_shared<Message>();
    message->from = device.uid;
    message->addressed_to = device.uid.value() == "alice" ? "bob" : "alice";
    message->channel = conversation;
    message->client_msg_no = number;
    message->client_seq =
        static_cast<std::uint32_t>(std::stoul(number.substr(number.find('-') + 1)));
    message->payload = payload;
    const LoopId loop(static_cast<std::uint16_t>(device.serial % loop_count));
    service::SendCommand command;
    command.origin = {NodeId(1), loop, device.serial};
    service::Shard& own = *server_->world->shards[loop.value()];
    const auto& peer = server_->world->shard_of_account(Uid(message->addressed_to));
    command.message = std::move(message);
    own.parcel_for(peer).to_peers.push_back(std::move(command));
    own.end_turn();
}

// What an app does after each login: it fetches what it has missed, and says again what was not
// acknowledged.
void Simulation::sync(Device& device) {
    for (const auto& message : log()) device.seen[message.seq.value()] = message.client_msg_no;
    const auto waiting = device.outbox;
    for (const auto& [number, payload] : waiting) send(device, number, payload);
}

std::vector<Message> Simulation::log() const {
    const SlotMap slots(8);
    auto messages = storage::read_messages(engine_,
                                           slots.of_channel(conversation),
                                           conversation,
                                           MessageSeq(1),
                                           MessageSeq(UINT64_MAX),
                                           SIZE_MAX,
                                           SIZE_MAX);
    if (!messages) std::abort();
    return std::move(messages->messages);
}

void Simulation::run_loop(SimLoop& loop, service::Shard* shard) {
    running_ = &loop;
    loop.do_one();
    if (shard != nullptr) shard->end_turn();
    running_ = nullptr;
}

void Simulation::step(bool with_faults) {
    faults_on_ = with_faults;
    clock_.now_ms += static_cast<std::int64_t>(pick(3));
    if (chance(faults_.crash)) return crash();
    switch (pick(4)) {
        case 0: {
            const std::size_t i = pick(loop_count);
            if (!server_->loops[i]->idle()) {
                run_loop(*server_->loops[i], server_->world->shards[i].get());
            }
            return;
        }
        case 1:
            if (!server_->pool->idle()) run_loop(*server_->pool, nullptr);
            return;
        case 2: {
            const bool fails = engine_.held() > 0 && chance(faults_.disk_failure);
            disk_failures_ += fails ? 1 : 0;
            engine_.release(1 + pick(3), fails);
            engine_.hold();
            return;
        }
        default:
            break;
    }
    Device& device = *devices_[pick(devices_.size())];
    if (!device.online && !device.connecting) return connect(device);
    if (!device.online || left_to_send_ == 0) return;
    if (loses(device)) return;
    --left_to_send_;
    const std::string number =
        device.device_id.value() + "-" + std::to_string(device.next_number++);
    device.outbox[number] = "says " + number;
    send(device, number, device.outbox[number]);
}

bool Simulation::is_quiet() const {
    const bool loops_idle =
        std::ranges::all_of(server_->loops, [](const auto& loop) { return loop->idle(); });
    return loops_idle && server_->pool->idle() && engine_.held() == 0 &&
           std::ranges::all_of(devices_, [](const auto& device) { return device->online; });
}

void Simulation::run(int count) {
    left_to_send_ = count;
    while (left_to_send_ > 0) step(true);
    settle();
}

// No more faults. Refused sends are said again until every outbox is empty.
void Simulation::settle() {
    constexpr int rounds_max = 100;
    for (int round = 0; round < rounds_max; ++round) {
        for (int i = 0; i < 100'000 && !is_quiet(); ++i) step(false);
        bool waiting = false;
        for (auto& device : devices_) {
            waiting = waiting || !device->outbox.empty();
            sync(*device);
        }
        if (!waiting && is_quiet()) return;
    }
}

}  // namespace fenshen::simulation
