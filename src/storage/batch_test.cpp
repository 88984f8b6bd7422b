// SPDX-License-Identifier: Apache-2.0
#include "storage/batch.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/hex.h"

namespace fenshen::storage {
namespace {

Batch example() {
    Batch batch;
    batch.put(Table::channel, "key", "value");
    batch.erase(Table::member, "k");
    batch.erase_range(Table::message, "from", "");
    return batch;
}

// Batches travel between machines of two releases: a failure here means that they would no longer
// understand each other.
TEST(Batch, BytesNeverChange) {
    EXPECT_EQ(to_hex(example().encoded()),
              "0130036b65790576616c7565"
              "0231016b"
              "03320466726f6d00");
}

TEST(Batch, ReadsItsOwnBytes) {
    const Batch batch = example();
    const auto again = Batch::decode(Bytes(batch.encoded()));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->encoded(), batch.encoded());
    EXPECT_EQ(again->count(), 3U);
    EXPECT_EQ(again->bytes(), batch.bytes());
    std::vector<Bytes> seen;
    again->for_each([&](const Batch::Op& op) {
        seen.push_back(std::to_string(static_cast<int>(op.kind)) + Bytes(op.key) + "," +
                       Bytes(op.value));
    });
    EXPECT_EQ(seen, (std::vector<Bytes>{"1key,value", "2k,", "3from,"}));
    EXPECT_TRUE(Batch::decode({})->empty());
}

TEST(Batch, IsRefusedWhereverItIsCut) {
    const Bytes whole(example().encoded());
    for (std::size_t size = 1; size < whole.size(); ++size) {
        const auto cut = Batch::decode(whole.substr(0, size));
        const bool between_two = size == 12 || size == 16;
        EXPECT_EQ(cut.has_value(), between_two) << size;
    }
}

TEST(Batch, RefusesWhatThisReleaseDoesNotKnow) {
    for (const char* bad : {"0030016b0176",                 // no such operation
                            "0430016b0176",                 //
                            "01ff016b0176",                 // no such table
                            "0100016b0176",                 // the engine's own table
                            "0130816b0176",                 // a key beyond the end
                            "013081006b0176",               // a length longer than it need be
                            "0130ffffffffffffffffff01",     // a length beyond everything
                            "0130ffffffffffffffffff7f"}) {  // more than 64 bits
        const auto batch = Batch::decode(*from_hex(bad));
        ASSERT_FALSE(batch) << bad;
        EXPECT_EQ(batch.error(), Errc::bad_request);
    }
}

TEST(Batch, AppendsAnother) {
    Batch batch = example();
    batch.append(example());
    EXPECT_EQ(batch.count(), 6U);
    EXPECT_EQ(Batch::decode(Bytes(batch.encoded()))->count(), 6U);
}

}  // namespace
}  // namespace fenshen::storage
