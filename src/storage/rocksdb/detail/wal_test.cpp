// SPDX-License-Identifier: Apache-2.0
#include "storage/rocksdb/detail/wal.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <vector>

#include "base/bytes.h"
#include "storage/rocksdb/detail/crc32c.h"
#include "storage/rocksdb/testing/scratch_directory.h"

namespace fenshen::storage::detail {
namespace {

namespace fs = std::filesystem;

TEST(Crc32c, FollowsThePublishedVectors) {  // RFC 3720, B.4
    EXPECT_EQ(crc32c(Bytes(32, '\0')), 0x8A9136AAU);
    EXPECT_EQ(crc32c(Bytes(32, '\xff')), 0x62A8AB43U);
    Bytes ascending;
    for (int i = 0; i < 32; ++i) ascending.push_back(static_cast<char>(i));
    EXPECT_EQ(crc32c(ascending), 0x46DD794EU);
    EXPECT_EQ(crc32c("123456789"), 0xE3069283U);
    EXPECT_EQ(crc32c(""), 0U);
}

/// Logs as RocksDB itself writes them.
class WalTest : public ::testing::Test {
protected:
    WalTest() { open(); }
    void open() {
        rocksdb::Options options;
        options.create_if_missing = true;
        options.avoid_flush_during_recovery = true;  // logs stay, for the test to look at
        rocksdb::DB* db = nullptr;
        const auto status = rocksdb::DB::Open(options, scratch_.path().string(), &db);
        ASSERT_TRUE(status.ok()) << status.ToString();
        db_.reset(db);
    }
    void put(const Bytes& key, std::size_t bytes) {
        ASSERT_TRUE(db_->Put(rocksdb::WriteOptions(), key, Bytes(bytes, 'v')).ok());
    }
    bool has(const Bytes& key) {
        Bytes value;
        return db_->Get(rocksdb::ReadOptions(), key, &value).ok();
    }
    /// The logs that hold something, oldest first.
    std::vector<fs::path> logs() const {
        std::vector<fs::path> found;
        for (const auto& entry : fs::directory_iterator(scratch_.path())) {
            if (entry.path().extension() == ".log" && entry.file_size() > 0) {
                found.push_back(entry.path());
            }
        }
        std::ranges::sort(found);
        return found;
    }
    static void flip(const fs::path& path, std::uint64_t offset) {
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        file.seekg(static_cast<std::streamoff>(offset));
        const int byte = file.get();
        file.seekp(static_cast<std::streamoff>(offset));
        file.put(static_cast<char>(byte ^ 0x10));
    }
    std::optional<WalFault> check() const { return check_logs(scratch_.path()).value(); }

    testing::ScratchDirectory scratch_;
    std::unique_ptr<rocksdb::DB> db_;
};

TEST_F(WalTest, FindsNothingWrongWithWhatRocksdbWrote) {
    EXPECT_FALSE(check());
    // Over blocks, ending at each distance from a block's end.
    for (std::size_t bytes = 0; bytes < 200; ++bytes) put("k" + std::to_string(bytes), bytes);
    put("big", 200'000);
    for (std::size_t bytes = 32'600; bytes < 32'768; ++bytes) put("b", bytes);
    db_.reset();
    EXPECT_FALSE(check());
}

TEST_F(WalTest, TellsAnUnfinishedWriteFromDamageWhereverTheLogIsCut) {
    put("a", 10);
    const auto whole = fs::file_size(logs().back());
    put("b", 40'000);  // in two blocks
    const auto path = logs().back();
    db_.reset();
    for (auto size = fs::file_size(path) - 1; size > whole; size -= size % 997 == 0 ? 1 : 61) {
        if (size < whole + 61) size = whole + 1;
        fs::resize_file(path, size);
        const auto fault = check();
        ASSERT_TRUE(fault) << size;
        EXPECT_EQ(fault->file, path);
        EXPECT_EQ(fault->offset, whole);
        EXPECT_EQ(fault->bytes_behind, size - whole);
        EXPECT_FALSE(fault->records_behind);
        if (size == whole + 1) break;
    }
    fs::resize_file(path, whole);
    EXPECT_FALSE(check());
    // A disk may leave zeros where a write was to go.
    fs::resize_file(path, whole + 5000);
    ASSERT_TRUE(check());
    EXPECT_FALSE(check()->records_behind);
}

TEST_F(WalTest, FindsTheDamageBeforeWholeRecordsWhicheverByteIsHit) {
    put("a", 10);
    const auto begin = fs::file_size(logs().back());
    put("b", 100);
    const auto end = fs::file_size(logs().back());
    put("c", 10);
    const auto path = logs().back();
    db_.reset();
    for (auto offset = begin; offset < end; ++offset) {
        flip(path, offset);
        const auto fault = check();
        ASSERT_TRUE(fault) << offset;
        EXPECT_EQ(fault->offset, begin);
        EXPECT_TRUE(fault->records_behind) << offset;
        flip(path, offset);
    }
    flip(path, end + 20);  // in the last one it could be an unfinished write
    ASSERT_TRUE(check());
    EXPECT_FALSE(check()->records_behind);
}

TEST_F(WalTest, ALaterLogWithRecordsMakesAFaultADamage) {
    put("a", 10);
    db_.reset();
    open();  // goes on in a new log
    put("b", 10);
    db_.reset();
    ASSERT_EQ(logs().size(), 2U);
    EXPECT_FALSE(check());
    const auto first = logs().front();
    fs::resize_file(first, fs::file_size(first) - 1);
    ASSERT_TRUE(check());
    EXPECT_EQ(check()->file, first);
    EXPECT_TRUE(check()->records_behind);
}

TEST_F(WalTest, CutsBehindASequence) {
    put("a", 10);
    put("b", 70'000);
    const auto sequence = db_->GetLatestSequenceNumber();
    put("c", 10);
    put("d", 10);
    db_.reset();
    ASSERT_TRUE(cut_logs(scratch_.path(), sequence));
    EXPECT_FALSE(check());
    ASSERT_TRUE(cut_logs(scratch_.path(), sequence));
    open();
    EXPECT_TRUE(has("a"));
    EXPECT_TRUE(has("b"));
    EXPECT_FALSE(has("c"));
    EXPECT_FALSE(has("d"));
    EXPECT_EQ(db_->GetLatestSequenceNumber(), sequence);
}

TEST_F(WalTest, CuttingTakesAnUnfinishedWriteWithIt) {
    put("a", 10);
    const auto sequence = db_->GetLatestSequenceNumber();
    put("b", 5000);
    db_.reset();
    const auto path = logs().back();
    fs::resize_file(path, fs::file_size(path) - 100);
    ASSERT_TRUE(cut_logs(scratch_.path(), sequence));
    EXPECT_FALSE(check());
    open();
    EXPECT_TRUE(has("a"));
    EXPECT_FALSE(has("b"));
}

}  // namespace
}  // namespace fenshen::storage::detail
