// SPDX-License-Identifier: Apache-2.0
// Bits that a disk turned round: found, named, and either confined or a reason not to start.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <vector>

#include "storage/rocksdb/rocksdb_engine.h"
#include "storage/rocksdb/testing/scratch_directory.h"
#include "storage/rows.h"
#include "storage/testing/test_home.h"

namespace fenshen::storage {
namespace {

namespace fs = std::filesystem;

const SystemClock system_clock;
const SlotId slot{3};
const ChannelKey channel{ChannelType::group, "g"};
constexpr std::uint64_t messages = 400;

class Damage : public ::testing::Test {
protected:
    Damage() { config_.directory = scratch_.path() / "store"; }

    std::unique_ptr<RocksdbEngine> open() {
        config_.on_warning = [this](std::string_view line) {
            const std::scoped_lock lock(mutex_);
            warnings_.append(line).append("\n");
        };
        auto opened = RocksdbEngine::open(config_, system_clock);
        error_ = opened ? "" : opened.error();
        return opened ? std::move(*opened) : nullptr;
    }
    /// Messages of some kilobytes that do not compress, each in a write of its own.
    void fill(RocksdbEngine& engine) {
        std::mt19937 dice(1);
        for (std::uint64_t seq = 1; seq <= messages; ++seq) {
            Message message;
            message.channel = channel;
            message.seq = MessageSeq(seq);
            message.id = MessageId(static_cast<std::int64_t>(seq));
            message.from = Uid("a");
            for (int i = 0; i < 3000; ++i) message.payload.push_back(static_cast<char>(dice()));
            Batch batch;
            put_message(batch, message);
            ASSERT_TRUE(testing::commit_now(engine.log(), slot, std::move(batch), home_));
        }
    }
    static std::vector<fs::path> files(const fs::path& directory, const std::string& part) {
        std::vector<fs::path> found;
        for (const auto& entry : fs::directory_iterator(directory)) {
            if (entry.path().filename().string().find(part) != std::string::npos &&
                entry.file_size() > 0) {
                found.push_back(entry.path());
            }
        }
        std::ranges::sort(found);
        return found;
    }
    static void flip(const fs::path& path, double where) {
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        const auto offset =
            static_cast<std::streamoff>(static_cast<double>(fs::file_size(path)) * where);
        file.seekg(offset);
        const int byte = file.get();
        file.seekp(offset);
        file.put(static_cast<char>(byte ^ 4));
    }
    /// As a power cut would leave it.
    void take_image_of_open_store() {
        fs::copy(config_.directory, scratch_.path() / "image", fs::copy_options::recursive);
        config_.directory = scratch_.path() / "image";
    }

    testing::ScratchDirectory scratch_;
    RocksdbConfig config_;
    std::string error_;
    std::mutex mutex_;
    std::string warnings_;
    testing::ThreadHome home_;
};

TEST_F(Damage, InATableFileIsNamedAndConfined) {
    auto engine = open();
    ASSERT_TRUE(engine) << error_;
    fill(*engine);
    engine.reset();
    const auto tables = files(config_.directory, ".sst");
    ASSERT_FALSE(tables.empty());
    flip(tables.front(), 0.5);

    engine = open();
    ASSERT_TRUE(engine) << error_;
    std::uint64_t unreadable = 0;
    for (std::uint64_t seq = 1; seq <= messages; ++seq) {
        const auto message = read_message(engine->store(), slot, channel, MessageSeq(seq));
        if (!message) {
            EXPECT_EQ(message.error(), Errc::store_corrupt);
            ++unreadable;
        } else {
            EXPECT_TRUE(*message);
        }
    }
    EXPECT_GE(unreadable, 1U);
    EXPECT_LE(unreadable, 10U);  // a block
    EXPECT_GE(engine->damage().count, unreadable);
    const std::string name = tables.front().filename().string();
    EXPECT_NE(engine->damage().last.find(name), std::string::npos) << engine->damage().last;
    EXPECT_NE(warnings_.find(name), std::string::npos);
    // A page over it ends with the fault; the rest of the store works.
    const auto page = read_messages(
        engine->store(), slot, channel, MessageSeq(1), MessageSeq(messages), messages);
    EXPECT_EQ(page.error(), Errc::store_corrupt);
    Batch batch;
    batch.put(Table::member, "k", "v");
    EXPECT_TRUE(testing::commit_now(engine->log(), slot, std::move(batch), home_));
    EXPECT_FALSE(engine->trouble());
}

TEST_F(Damage, InARowThatRocksdbTakesForGoodIsNamed) {
    auto engine = open();
    ASSERT_TRUE(engine) << error_;
    Batch batch;
    batch.put(Table::channel, Bytes("\x02\x01g", 3), "\x07nonsense");
    ASSERT_TRUE(testing::commit_now(engine->log(), slot, std::move(batch), home_));
    EXPECT_EQ(read_channel(engine->store(), slot, channel).error(), Errc::store_corrupt);
    EXPECT_EQ(engine->damage().count, 1U);
    EXPECT_EQ(engine->damage().last, "row 020167 of table 48 in slot 3");
}

TEST_F(Damage, InTheMiddleOfTheLogIsAReasonNotToStart) {
    auto engine = open();
    ASSERT_TRUE(engine) << error_;
    fill(*engine);
    take_image_of_open_store();
    const auto logs = files(config_.directory, ".log");
    ASSERT_EQ(logs.size(), 1U);
    flip(logs.front(), 0.5);

    EXPECT_FALSE(open());
    EXPECT_NE(error_.find(logs.front().filename().string()), std::string::npos) << error_;
    EXPECT_NE(error_.find("damaged log"), std::string::npos) << error_;
    ASSERT_TRUE(fs::exists(logs.front()));

    config_.accept_damaged_log = true;
    const auto again = open();
    ASSERT_TRUE(again) << error_;
    EXPECT_NE(warnings_.find("changes behind it are lost"), std::string::npos) << warnings_;
    const auto last = read_last_seq(again->store(), slot, channel).value();
    EXPECT_GT(last, MessageSeq(100));
    EXPECT_LT(last, MessageSeq(messages));
    // No gap, and it goes on.
    const auto page =
        read_messages(again->store(), slot, channel, MessageSeq(1), last, messages).value();
    EXPECT_EQ(page.messages.size(), last.value());
}

TEST_F(Damage, AnUnfinishedWriteAtTheEndOfTheLogIsDropped) {
    auto engine = open();
    ASSERT_TRUE(engine) << error_;
    fill(*engine);
    take_image_of_open_store();
    const auto log = files(config_.directory, ".log").front();
    fs::resize_file(log, fs::file_size(log) - 1000);

    const auto again = open();
    ASSERT_TRUE(again) << error_;
    EXPECT_NE(warnings_.find("an unfinished write is dropped: " + log.filename().string()),
              std::string::npos)
        << warnings_;
    EXPECT_EQ(read_last_seq(again->store(), slot, channel).value(), MessageSeq(messages - 1));
}

TEST_F(Damage, InTheListOfFilesIsAReasonNotToStart) {
    auto engine = open();
    ASSERT_TRUE(engine) << error_;
    fill(*engine);
    engine.reset();
    flip(files(config_.directory, "MANIFEST").front(), 0.3);
    EXPECT_FALSE(open());
    EXPECT_NE(error_.find("cannot be opened: Corruption"), std::string::npos) << error_;
}

}  // namespace
}  // namespace fenshen::storage
