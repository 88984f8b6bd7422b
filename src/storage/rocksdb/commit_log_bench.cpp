// SPDX-License-Identifier: Apache-2.0
// What the commit log costs: CPU and time per message, by how many are waiting when the committer
// comes. Payloads are 200 bytes, half of them random. Compaction and flushes are counted in.
//
//     commit_log_bench DIRECTORY [MESSAGES]
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <latch>
#include <random>
#include <string>

#include "model/slot.h"
#include "storage/rocksdb/rocksdb_engine.h"
#include "storage/rows.h"
#include "storage/testing/test_home.h"

namespace {

using namespace fenshen;
using namespace fenshen::storage;
using Steady = std::chrono::steady_clock;

constexpr std::size_t payload_bytes = 200;
constexpr int channels = 2000;
constexpr int slots = default_slot_count;

double cpu_us() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto us = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec);
    };
    return us(usage.ru_utime) + us(usage.ru_stime);
}

/// Messages to many channels in turn, as many batches in each group as are asked for.
class Load {
public:
    explicit Load(RocksdbEngine& engine) : engine_(engine) {
        for (int i = 0; i < channels; ++i) {
            keys_.push_back({ChannelType::group, "channel-" + std::to_string(i)});
        }
    }

    void commit_group(int batches, testing::ThreadHome& home) {
        std::latch done(batches);
        for (int i = 0; i < batches; ++i) {
            Batch batch;
            const SlotId slot = add_message(batch);
            engine_.log().commit(slot, std::move(batch), home, [&done](Result<void> result) {
                if (!result) std::abort();
                done.count_down();
            });
        }
        done.wait();
    }

    /// What a message costs before it reaches the committer.
    SlotId add_message(Batch& batch) {
        const std::uint64_t n = next_++;
        const std::size_t channel = n * 7919 % channels;
        Message message;
        message.channel = keys_[channel];
        message.seq = MessageSeq(n / channels + 1);
        message.id = MessageId(static_cast<std::int64_t>(n));
        message.from = Uid("sender-" + std::to_string(channel));
        message.addressed_to = message.channel.id;
        message.client_msg_no = std::to_string(n) + "-0123456789abcdef";
        message.at = WallTime{1'776'844'800'000 + static_cast<std::int64_t>(n)};
        message.payload.assign(payload_bytes / 2, 'p');
        for (std::size_t i = 0; i < payload_bytes / 2; i += 8) append_be(message.payload, dice_());
        put_message(batch, message);
        return slots_.of_channel(message.channel);
    }

private:
    RocksdbEngine& engine_;
    const SlotMap slots_{slots};
    std::vector<ChannelKey> keys_;
    std::mt19937_64 dice_{1};
    std::uint64_t next_ = 0;
};

void report(const char* name, int messages, double cpu, double wall_us, std::uint64_t groups) {
    std::printf("%-34s %9.2f us CPU %9.2f us wall a message %9.1f messages a group\n",
                name,
                cpu / messages,
                wall_us / messages,
                groups == 0 ? 0.0 : static_cast<double>(messages) / static_cast<double>(groups));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) return 2;
    const int messages_max = argc > 2 ? std::atoi(argv[2]) : 500'000;
    const SystemClock clock;
    RocksdbConfig config;
    config.directory = argv[1];
    const auto opened = RocksdbEngine::open(config, clock);
    if (!opened) {
        std::fprintf(stderr, "%s\n", opened.error().c_str());
        return 1;
    }
    RocksdbEngine& engine = **opened;
    std::printf("a sync costs %lld us\n", static_cast<long long>(engine.sync_cost().count()));
    Load load(engine);
    testing::ThreadHome home;

    {
        const double begin = cpu_us();
        for (int i = 0; i < 100'000; ++i) {
            Batch batch;
            load.add_message(batch);
        }
        report("the batch alone", 100'000, cpu_us() - begin, 0, 0);
    }
    for (const int batches : {1, 8, 64, 1000}) {
        const int rounds = std::min(messages_max / batches, batches == 1 ? 5000 : messages_max);
        const std::uint64_t groups_before = engine.stats().groups;
        const double cpu_before = cpu_us();
        const auto begin = Steady::now();
        for (int i = 0; i < rounds; ++i) load.commit_group(batches, home);
        const double wall_us =
            std::chrono::duration<double, std::micro>(Steady::now() - begin).count();
        report((std::to_string(batches) + " batches at once").c_str(),
               rounds * batches,
               cpu_us() - cpu_before,
               wall_us,
               engine.stats().groups - groups_before);
    }
    return 0;
}
