// SPDX-License-Identifier: Apache-2.0
// A process to be killed: commits numbered batches and says on its output, a line each, which ones
// were acknowledged. usage: storage_commit_child DIRECTORY FIRST_NUMBER fsync|interval
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <semaphore>
#include <string>

#include "storage/rocksdb/rocksdb_engine.h"
#include "storage/rocksdb/testing/numbered_batch.h"
#include "storage/testing/test_home.h"

int main(int argc, char** argv) {
    using namespace fenshen;
    using namespace fenshen::storage;
    if (argc != 4) return 2;
    const SystemClock clock;
    RocksdbConfig config;
    config.directory = argv[1];
    if (std::string(argv[3]) == "interval") config.sync_interval = Millis(5);
    const auto engine = RocksdbEngine::open(config, clock);
    if (!engine) {
        std::fprintf(stderr, "%s\n", engine.error().c_str());
        return 1;
    }
    testing::ThreadHome home;
    std::counting_semaphore<64> under_way(32);
    for (std::uint64_t number = std::strtoull(argv[2], nullptr, 10);; ++number) {
        under_way.acquire();
        (*engine)->log().commit(testing::slot_of(number),
                                testing::numbered_batch(number),
                                home,
                                [&under_way, number](Result<void> result) {
                                    if (!result) std::_Exit(3);
                                    const std::string line = std::to_string(number) + "\n";
                                    if (write(STDOUT_FILENO, line.data(), line.size()) < 0) {
                                        std::_Exit(4);
                                    }
                                    under_way.release();
                                });
    }
}
