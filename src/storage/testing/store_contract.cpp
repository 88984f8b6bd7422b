// SPDX-License-Identifier: Apache-2.0
#include "storage/testing/store_contract.h"

#include <algorithm>
#include <atomic>
#include <latch>
#include <thread>
#include <vector>

#include "storage/rows.h"

namespace fenshen::storage::testing {

void StoreContract::put(SlotId slot, Table table, BytesView key, BytesView value) {
    Batch batch;
    batch.put(table, key, value);
    ASSERT_TRUE(commit(slot, std::move(batch)));
}

std::string StoreContract::rows(SlotId slot, Table table, BytesView from, BytesView to) const {
    std::string text;
    const auto scanned = store().scan(slot, table, from, to, [&](BytesView key, BytesView value) {
        if (!text.empty()) text += ' ';
        text.append(key).append("=").append(value);
        return true;
    });
    EXPECT_TRUE(scanned);
    return text;
}

std::string StoreContract::last(SlotId slot, Table table, BytesView from, BytesView to) const {
    const auto row = store().last(slot, table, from, to);
    EXPECT_TRUE(row);
    return *row ? (*row)->first + "=" + (*row)->second : "none";
}

namespace {

const SlotId slot{3};

TEST_P(StoreContract, AnEmptyStoreAnswersThatNothingIsThere) {
    const auto got = store().get(slot, Table::member, "k");
    ASSERT_TRUE(got);
    EXPECT_FALSE(*got);
    EXPECT_EQ(rows(slot, Table::member, "", ""), "");
    EXPECT_EQ(last(slot, Table::member, "", ""), "none");
}

TEST_P(StoreContract, WhatIsCommittedCanBeReadWhenItsCompletionRuns) {
    Batch batch;
    batch.put(Table::member, "k", "v");
    std::promise<Result<std::optional<Bytes>>> seen;
    auto value = seen.get_future();
    log().commit(slot, std::move(batch), home_, [&](Result<void> result) {
        seen.set_value(result ? store().get(slot, Table::member, "k")
                              : std::unexpected(result.error()));
    });
    EXPECT_EQ(value.get().value(), "v");
}

TEST_P(StoreContract, ABatchIsAppliedInTheOrderOfItsCalls) {
    put(slot, Table::member, "old", "1");
    Batch batch;
    batch.put(Table::member, "a", "1");
    batch.put(Table::member, "a", "2");
    batch.put(Table::member, "b", "1");
    batch.erase(Table::member, "b");
    batch.erase(Table::member, "c");
    batch.put(Table::member, "c", "1");
    batch.erase_range(Table::member, "o", "p");
    batch.put(Table::member, "ok", "1");
    ASSERT_TRUE(commit(slot, std::move(batch)));
    EXPECT_EQ(rows(slot, Table::member, "", ""), "a=2 c=1 ok=1");
}

// Engines may join changes of some tables within a group; it must not be seen.
TEST_P(StoreContract, TheOrderHoldsInEveryTableWithinABatchAndAcrossBatches) {
    const auto changes = [](Table table) {
        std::vector<Batch> batches(3);
        batches[0].put(table, "a", "1");
        batches[0].put(table, "b", "1");
        batches[0].put(table, "c", "1");
        batches[0].erase_range(table, "b", "d");
        batches[0].put(table, "d", "1");
        batches[1].put(table, "a", "2");
        batches[1].put(table, "b", "2");
        batches[1].erase(table, "d");
        batches[1].put(table, "y", "2");
        batches[1].erase_range(table, "x", "");
        batches[2].put(table, "x", "3");
        batches[2].put(table, "b", "3");
        return batches;
    };
    for (const Table table :
         {Table::conversation, Table::channel, Table::outbox, Table::inbox, Table::device}) {
        Batch together;
        for (auto& batch : changes(table)) {
            together.append(batch);
            ASSERT_TRUE(commit(SlotId(1), std::move(batch)));
        }
        ASSERT_TRUE(commit(SlotId(2), std::move(together)));
        EXPECT_EQ(rows(SlotId(1), table, "", ""), "a=2 b=3 x=3");
        EXPECT_EQ(rows(SlotId(2), table, "", ""), "a=2 b=3 x=3");
    }
}

TEST_P(StoreContract, SlotsAndTablesDoNotMeet) {
    put(SlotId(3), Table::member, "k", "here");
    put(SlotId(4), Table::member, "k", "next slot");
    put(SlotId(3), Table::channel, "k", "table before");
    put(SlotId(3), Table::message, "k", "table behind");
    EXPECT_EQ(rows(SlotId(3), Table::member, "", ""), "k=here");
    EXPECT_EQ(last(SlotId(3), Table::member, "", ""), "k=here");
    EXPECT_EQ(last(SlotId(3), Table::member, "l", ""), "none");
    Batch batch;
    batch.erase_range(Table::member, "", "");
    ASSERT_TRUE(commit(SlotId(3), std::move(batch)));
    EXPECT_EQ(rows(SlotId(3), Table::member, "", ""), "");
    EXPECT_EQ(rows(SlotId(4), Table::member, "", ""), "k=next slot");
    EXPECT_EQ(rows(SlotId(3), Table::channel, "", ""), "k=table before");
    EXPECT_EQ(rows(SlotId(3), Table::message, "", ""), "k=table behind");
}

TEST_P(StoreContract, RangesBeginWithFromAndEndBeforeTo) {
    for (const char* key : {"a", "ab", "b", "ba", "c"}) put(slot, Table::member, key, "1");
    EXPECT_EQ(rows(slot, Table::member, "a", "b"), "a=1 ab=1");
    EXPECT_EQ(rows(slot, Table::member, "ab", "c"), "ab=1 b=1 ba=1");
    EXPECT_EQ(rows(slot, Table::member, "b", ""), "b=1 ba=1 c=1");
    EXPECT_EQ(rows(slot, Table::member, "b", "b"), "");
    EXPECT_EQ(rows(slot, Table::member, "c", "a"), "");
    EXPECT_EQ(last(slot, Table::member, "a", "b"), "ab=1");
    EXPECT_EQ(last(slot, Table::member, "a", "ba"), "b=1");
    EXPECT_EQ(last(slot, Table::member, "a", ""), "c=1");
    EXPECT_EQ(last(slot, Table::member, "bb", "c"), "none");
    EXPECT_EQ(last(slot, Table::member, "c", "a"), "none");
}

TEST_P(StoreContract, ARangeThatEndsBeforeItBeginsErasesNothing) {
    put(slot, Table::member, "b", "1");
    Batch batch;
    batch.erase_range(Table::member, "c", "a");
    batch.erase_range(Table::member, "b", "b");
    batch.put(Table::member, "d", "1");
    ASSERT_TRUE(commit(slot, std::move(batch)));
    EXPECT_EQ(rows(slot, Table::member, "", ""), "b=1 d=1");
}

TEST_P(StoreContract, KeysAndValuesAreAnyBytes) {
    const Bytes zero("\0", 1);
    const Bytes two_zeros("\0\0", 2);
    const std::vector<Bytes> keys{"", zero, two_zeros, "a", "a" + zero, "\xff", "\xff\xff"};
    for (const auto& key : keys) put(slot, Table::member, key, "<" + key + ">");
    put(slot, Table::member, "empty", "");
    for (const auto& key : keys) {
        EXPECT_EQ(store().get(slot, Table::member, key).value(), "<" + key + ">");
    }
    EXPECT_EQ(store().get(slot, Table::member, "empty").value(), "");
    std::vector<Bytes> seen;
    ASSERT_TRUE(store().scan(slot, Table::member, "", "", [&](BytesView key, BytesView) {
        seen.emplace_back(key);
        return true;
    }));
    EXPECT_TRUE(std::ranges::is_sorted(seen));
    EXPECT_EQ(seen.size(), keys.size() + 1);
    EXPECT_EQ(store().last(slot, Table::member, "", "").value()->first, "\xff\xff");
}

TEST_P(StoreContract, AVisitorMayStopAndMayReadTheStore) {
    for (const char* key : {"a", "b", "c"}) put(slot, Table::member, key, key);
    std::vector<Bytes> seen;
    ASSERT_TRUE(store().scan(slot, Table::member, "", "", [&](BytesView key, BytesView) {
        seen.push_back(store().get(slot, Table::member, key).value().value());
        return seen.size() < 2;
    }));
    EXPECT_EQ(seen, (std::vector<Bytes>{"a", "b"}));
}

TEST_P(StoreContract, AValueOfAMegabyteIsARowLikeAnyOther) {
    Bytes value(1024UL * 1024, '\0');
    for (std::size_t i = 0; i < value.size(); ++i) value[i] = static_cast<char>(i * 31 % 251);
    put(slot, Table::setting, "big", value);
    engine_->reopen();
    EXPECT_EQ(store().get(slot, Table::setting, "big").value(), value);
}

TEST_P(StoreContract, CompletionsComeInOrderForEachHomeWhoeverElseCommits) {
    constexpr int homes = 4;
    constexpr int batches = 2500;
    struct Home {
        ThreadHome home;
        int next = 0;
        std::latch done{1};
    };
    std::vector<std::unique_ptr<Home>> all;
    all.reserve(homes);
    for (int h = 0; h < homes; ++h) all.push_back(std::make_unique<Home>());
    std::vector<std::thread> threads;
    threads.reserve(homes);
    for (int h = 0; h < homes; ++h) {
        threads.emplace_back([&, h] {
            for (int i = 0; i < batches; ++i) {
                Batch batch;
                // Every fourth changes nothing, but takes its place.
                if (i % 4 != 0) batch.put(Table::member, std::to_string(i), std::to_string(h));
                const SlotId own(static_cast<std::uint16_t>(h * 8 + i % 8));
                log().commit(own, std::move(batch), all[h]->home, [&, h, i](Result<void> result) {
                    EXPECT_TRUE(result);
                    EXPECT_EQ(all[h]->next++, i);
                    EXPECT_TRUE(all[h]->home.is_here());
                    if (i + 1 == batches) all[h]->done.count_down();
                });
            }
        });
    }
    for (auto& thread : threads) thread.join();
    for (auto& home : all) home->done.wait();
    EXPECT_EQ(log().waiting_bytes(), 0U);
    for (int h = 0; h < homes; ++h) {
        std::size_t count = 0;
        for (int s = 0; s < 8; ++s) {
            const SlotId own(static_cast<std::uint16_t>(h * 8 + s));
            ASSERT_TRUE(store().scan(own, Table::member, "", "", [&](BytesView, BytesView value) {
                EXPECT_EQ(value, std::to_string(h));
                ++count;
                return true;
            }));
        }
        EXPECT_EQ(count, batches * 3U / 4);
    }
}

TEST_P(StoreContract, ACompletionMayCommit) {
    std::promise<void> end;
    std::function<void(int)> next = [&](int left) {
        if (left == 0) return end.set_value();
        Batch batch;
        batch.put(Table::member, std::to_string(left), "1");
        log().commit(slot, std::move(batch), home_, [&, left](Result<void> result) {
            EXPECT_TRUE(result);
            next(left - 1);
        });
    };
    next(20);
    end.get_future().get();
    EXPECT_EQ(last(slot, Table::member, "", ""), "9=1");
}

TEST_P(StoreContract, WhatWasCommittedIsThereWhenTheStoreIsOpenedAgain) {
    for (int i = 0; i < 100; ++i) put(SlotId(i % 7), Table::member, std::to_string(i), "v");
    Batch batch;
    batch.erase_range(Table::member, "7", "8");
    ASSERT_TRUE(commit(SlotId(0), std::move(batch)));
    for (int round = 0; round < 3; ++round) {
        engine_->reopen();
        EXPECT_EQ(rows(SlotId(0), Table::member, "", "3"), "0=v 14=v 21=v 28=v");
        EXPECT_EQ(rows(SlotId(0), Table::member, "6", "9"), "63=v 84=v");
        put(SlotId(8), Table::member, std::to_string(round), "v");
    }
    EXPECT_EQ(rows(SlotId(8), Table::member, "", ""), "0=v 1=v 2=v");
}

TEST_P(StoreContract, AClosedEngineRefusesInOrder) {
    std::vector<std::optional<Errc>> outcomes;
    std::latch done(3);
    const auto note = [&](Result<void> result) {
        outcomes.push_back(result ? std::nullopt : std::optional(result.error()));
        done.count_down();
    };
    Batch batch;
    batch.put(Table::member, "before", "1");
    log().commit(slot, batch, home_, note);
    engine_->close();
    log().commit(slot, batch, home_, note);
    log().commit(slot, {}, home_, note);
    done.wait();
    EXPECT_EQ(outcomes,
              (std::vector<std::optional<Errc>>{std::nullopt, Errc::stopping, Errc::stopping}));
    engine_->reopen();
    EXPECT_EQ(rows(slot, Table::member, "", ""), "before=1");
}

// Channels whose names begin with each other's, on disk and in memory: engines search messages by
// the channel's part of the key.
TEST_P(StoreContract, EachChannelHasItsOwnLog) {
    const std::vector<ChannelKey> channels{{ChannelType::group, "a"},
                                           {ChannelType::group, "ab"},
                                           {ChannelType::group, Bytes("a\0", 2)},
                                           {ChannelType::group, Bytes(200, 'a')},
                                           {ChannelType::person, "a"},
                                           {ChannelType::person, "a@b"}};
    for (std::uint64_t seq = 1; seq <= 4; ++seq) {
        if (seq == 3) engine_->reopen();
        Batch batch;
        for (const auto& channel : channels) {
            Message message;
            message.channel = channel;
            message.seq = MessageSeq(seq);
            message.id = MessageId(static_cast<std::int64_t>(seq) * 10);
            message.from = Uid("b");
            message.addressed_to = channel.id;
            message.payload = channel.id + std::to_string(seq);
            put_message(batch, message);
        }
        ASSERT_TRUE(commit(slot, std::move(batch)));
    }
    for (const bool again : {false, true}) {
        if (again) engine_->reopen();
        for (const auto& channel : channels) {
            EXPECT_EQ(read_last_seq(store(), slot, channel).value(), MessageSeq(4));
            const auto all =
                read_messages(
                    store(), slot, channel, MessageSeq(0), MessageSeq(UINT64_MAX), SIZE_MAX)
                    .value()
                    .messages;
            ASSERT_EQ(all.size(), 4U);
            for (std::size_t i = 0; i < 4; ++i) {
                EXPECT_EQ(all[i].payload, channel.id + std::to_string(i + 1));
            }
            const auto some =
                read_messages(store(), slot, channel, MessageSeq(2), MessageSeq(3), SIZE_MAX)
                    .value()
                    .messages;
            EXPECT_EQ(some.size(), 2U);
            EXPECT_EQ(some.front().seq, MessageSeq(2));
            EXPECT_EQ(find_message(store(), slot, channel, MessageId(30)).value()->seq,
                      MessageSeq(3));
        }
        EXPECT_EQ(read_last_seq(store(), slot, {ChannelType::group, "aa"}).value(), MessageSeq(0));
        EXPECT_EQ(read_last_seq(store(), slot, {ChannelType::group, ""}).value(), MessageSeq(0));
        EXPECT_EQ(read_last_seq(store(), SlotId(2), channels[0]).value(), MessageSeq(0));
    }
}

}  // namespace
}  // namespace fenshen::storage::testing
