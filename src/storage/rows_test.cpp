// SPDX-License-Identifier: Apache-2.0
#include "storage/rows.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/hex.h"
#include "storage/memory/memory_engine.h"
#include "storage/testing/test_home.h"

namespace fenshen::storage {
namespace {

const SlotId slot{5};

/// Rows in memory, where a byte can be turned round.
class Rows final : public Store {
public:
    void apply(const Batch& batch, SlotId where = slot) {
        engine_.commit(where, batch, home_, [](Result<void> result) { ASSERT_TRUE(result); });
        home_.do_all();
    }
    void flip(Table table, BytesView key, std::size_t bit) {
        auto value = engine_.get(slot, table, key).value().value();
        value[bit / 8] = static_cast<char>(value[bit / 8] ^ static_cast<char>(1U << bit % 8));
        Batch batch;
        batch.put(table, key, value);
        apply(batch);
    }
    std::vector<std::pair<Bytes, Bytes>> all(Table table) const {
        std::vector<std::pair<Bytes, Bytes>> rows;
        EXPECT_TRUE(engine_.scan(slot, table, "", "", [&](BytesView key, BytesView value) {
            rows.emplace_back(key, value);
            return true;
        }));
        return rows;
    }

    Result<std::optional<Bytes>> get(SlotId where, Table table, BytesView key) const override {
        return engine_.get(where, table, key);
    }
    Result<void> scan(SlotId where,
                      Table table,
                      BytesView from,
                      BytesView to,
                      const RowVisitor& visit) const override {
        return engine_.scan(where, table, from, to, visit);
    }
    Result<std::optional<std::pair<Bytes, Bytes>>> last(SlotId where,
                                                        Table table,
                                                        BytesView from,
                                                        BytesView to) const override {
        return engine_.last(where, table, from, to);
    }
    void found_corrupt(SlotId where, Table table, BytesView key) const override {
        EXPECT_EQ(where, slot);
        EXPECT_EQ(table, expected_table);
        corrupt.emplace_back(key);
    }

    Table expected_table = Table::message;
    mutable std::vector<Bytes> corrupt;

private:
    MemoryEngine engine_;
    testing::ManualHome home_;
};

class RowsTest : public ::testing::Test {
protected:
    /// `write(batch)`, applied.
    template <class Write>
    void change(Write write) {
        Batch batch;
        write(batch);
        rows_.apply(batch);
    }
    Rows rows_;
};

Message message_of(const ChannelKey& channel, std::uint64_t seq) {
    Message message;
    message.id = MessageId(1'000'000 + static_cast<std::int64_t>(seq));
    message.seq = MessageSeq(seq);
    message.channel = channel;
    message.from = Uid("bob");
    message.addressed_to = "alice";
    message.client_msg_no = "c" + std::to_string(seq);
    message.client_seq = 4'000'000'000;
    message.flags = {false, true, seq % 2 == 0};
    message.setting = 0xA8;
    message.expire_s = 3600;
    message.topic = "t";
    message.at = WallTime{1'776'844'800'123};
    message.payload = "hello " + std::to_string(seq);
    return message;
}

const ChannelKey pair{ChannelType::person, "alice@bob"};

TEST_F(RowsTest, AccountsTokensAndDevices) {
    const Uid ann("ann");
    const AccountRow account{{true, false, true, false, true}, WallTime{17}};
    const TokenRow token{DeviceClass(5), DeviceLevel::main, Bytes("\0hash", 5), WallTime{18}};
    const TokenRow revoked{DeviceClass(255), DeviceLevel::secondary, "", WallTime{19}};
    const DeviceRow device{DeviceClass(5),
                           DeviceId(""),
                           DeviceLevel::main,
                           "wukong",
                           "wkproto 5",
                           "phone",
                           "[::1]:5",
                           WallTime{1},
                           WallTime{2},
                           WallTime{3},
                           {"replaced", WallTime{4}, "main device alone in class 5", "{}"}};
    DeviceRow second = device;
    second.device_id = DeviceId("d2");
    second.last_end = {};
    change([&](Batch& batch) {
        put_account(batch, ann, account);
        put_token(batch, ann, token);
        put_token(batch, ann, revoked);
        put_token(batch, Uid("anna"), token);
        put_device(batch, ann, device);
        put_device(batch, ann, second);
        put_device(batch, Uid("an"), second);
    });
    EXPECT_EQ(read_account(rows_, slot, ann).value(), account);
    EXPECT_EQ(read_account(rows_, slot, Uid("an")).value(), std::nullopt);
    EXPECT_EQ(read_tokens(rows_, slot, ann).value(), (std::vector{token, revoked}));
    EXPECT_EQ(read_devices(rows_, slot, ann).value(), (std::vector{device, second}));
    change([&](Batch& batch) { erase_device(batch, ann, DeviceClass(5), DeviceId("")); });
    EXPECT_EQ(read_devices(rows_, slot, ann).value(), std::vector{second});
    EXPECT_EQ(read_devices(rows_, slot, Uid("an")).value().size(), 1U);
}

TEST_F(RowsTest, TheHistoryIsReadNewestFirstByPages) {
    const Uid ann("ann");
    change([&](Batch& batch) {
        for (std::uint64_t n = 1; n <= 300; ++n) {
            put_login_event(batch,
                            ann,
                            {n,
                             WallTime{static_cast<std::int64_t>(n)},
                             "login",
                             "why",
                             "rule",
                             DeviceClass(5),
                             DeviceId("d"),
                             "wukong",
                             "addr",
                             "{}"});
        }
        put_login_event(batch, Uid("anm"), {});
        put_login_event(batch, Uid("ann\xff"), {});
        erase_login_events_before(batch, ann, 100);
    });
    const auto page = read_login_events(rows_, slot, ann, 0, 3).value();
    ASSERT_EQ(page.size(), 3U);
    EXPECT_EQ(page[0].number, 300U);
    EXPECT_EQ(page[2].number, 298U);
    EXPECT_EQ(page[0].by, "{}");
    EXPECT_EQ(read_login_events(rows_, slot, ann, 298, 1).value()[0].number, 297U);
    const auto all = read_login_events(rows_, slot, ann, 0, 1000).value();
    EXPECT_EQ(all.size(), 201U);
    EXPECT_EQ(all.back().number, 100U);
    EXPECT_TRUE(read_login_events(rows_, slot, ann, 100, 10).value().empty());
    EXPECT_EQ(read_oldest_login_event(rows_, slot, ann).value(), all.back());
    EXPECT_EQ(read_oldest_login_event(rows_, slot, Uid("an")).value(), std::nullopt);
}

TEST_F(RowsTest, ATokenTellsItsClassButNotWhoseItIs) {
    const Uid ann("ann");
    const Uid bob("bob");
    change([&](Batch& batch) {
        put_token_class(batch, ann, "hash", DeviceClass(1));
        put_token_class(batch, bob, "hash", DeviceClass(5));
        put_token_class(batch, bob, "hashes", DeviceClass(7));
    });
    EXPECT_EQ(find_token_class(rows_, slot, "hash").value(), DeviceClass(1));
    EXPECT_EQ(find_token_class(rows_, slot, "has").value(), std::nullopt);
    change([&](Batch& batch) { erase_token_class(batch, ann, "hash"); });
    EXPECT_EQ(find_token_class(rows_, slot, "hash").value(), DeviceClass(5));
    EXPECT_EQ(find_token_class(rows_, slot, "hashes").value(), DeviceClass(7));
}

TEST_F(RowsTest, AnAccountMayHaveAPolicyOfItsOwn) {
    const Uid ann("ann");
    const AccountPolicyRow for_ever{WallTime{5}, std::nullopt, Bytes("\0policy", 7)};
    const AccountPolicyRow for_a_while{WallTime{5}, WallTime{9}, "other"};
    change([&](Batch& batch) {
        put_account_policy(batch, ann, for_ever);
        put_account_policy(batch, Uid("anna"), for_a_while);
    });
    EXPECT_EQ(read_account_policy(rows_, slot, ann).value(), for_ever);
    EXPECT_EQ(read_account_policy(rows_, slot, Uid("anna")).value(), for_a_while);
    change([&](Batch& batch) { erase_account_policy(batch, ann); });
    EXPECT_EQ(read_account_policy(rows_, slot, ann).value(), std::nullopt);
    EXPECT_EQ(read_account_policy(rows_, slot, Uid("anna")).value(), for_a_while);
}

TEST_F(RowsTest, AnAccountMayHaveACredential) {
    const CredentialRow ann{
        0xF000'0000'0000'0001, "salt", Bytes("\0hash", 5), 14, "Ann", WallTime{5}, WallTime{9}};
    const CredentialRow anna{7, {}, {}, 0, {}, WallTime{6}, WallTime{6}};
    change([&](Batch& batch) {
        put_credential(batch, Uid("ann"), ann);
        put_credential(batch, Uid("anna"), anna);
    });
    EXPECT_EQ(read_credential(rows_, slot, Uid("ann")).value(), ann);
    EXPECT_EQ(read_credential(rows_, slot, Uid("anna")).value(), anna);
    EXPECT_EQ(read_credential_uids(rows_, slot, std::nullopt, 9).value(),
              (std::vector{Uid("ann"), Uid("anna")}));
    EXPECT_EQ(read_credential_uids(rows_, slot, std::nullopt, 1).value(), std::vector{Uid("ann")});
    EXPECT_EQ(read_credential_uids(rows_, slot, Uid("ann"), 9).value(), std::vector{Uid("anna")});
    EXPECT_TRUE(read_credential_uids(rows_, slot, Uid("anna"), 9).value().empty());
    change([&](Batch& batch) { erase_credential(batch, Uid("ann")); });
    EXPECT_EQ(read_credential(rows_, slot, Uid("ann")).value(), std::nullopt);
    EXPECT_EQ(read_credential(rows_, slot, Uid("anna")).value(), anna);
}

TEST_F(RowsTest, ListsAreKeptApartByOwnerAndKind) {
    const Uid ann("ann");
    const ChannelKey group{ChannelType::group, "g"};
    const ChannelKey longer{ChannelType::group, "g\x01"};
    change([&](Batch& batch) {
        for (const char* uid : {"b", "a", "ab"}) {
            put_person_listed(batch, ann, ListKind::deny, Uid(uid));
            put_member(batch, group, ListKind::subscriber, Uid(uid));
            put_member(batch, longer, ListKind::subscriber, Uid(uid));
        }
        put_person_listed(batch, ann, ListKind::allow, Uid("c"));
        put_member(batch, group, ListKind::deny, Uid("c"));
    });
    const std::vector uids{Uid("a"), Uid("ab"), Uid("b")};
    EXPECT_EQ(read_person_list(rows_, slot, ann, ListKind::deny).value(), uids);
    EXPECT_EQ(read_members(rows_, slot, group, ListKind::subscriber).value(), uids);
    change([&](Batch& batch) {
        erase_person_listed(batch, ann, ListKind::deny, Uid("a"));
        erase_member(batch, group, ListKind::subscriber, Uid("b"));
    });
    EXPECT_EQ(read_person_list(rows_, slot, ann, ListKind::deny).value(),
              (std::vector{Uid("ab"), Uid("b")}));
    change([&](Batch& batch) {
        erase_person_list(batch, ann, ListKind::deny);
        erase_members(batch, group, ListKind::subscriber);
    });
    EXPECT_TRUE(read_person_list(rows_, slot, ann, ListKind::deny).value().empty());
    EXPECT_TRUE(read_members(rows_, slot, group, ListKind::subscriber).value().empty());
    EXPECT_EQ(read_members(rows_, slot, group, ListKind::deny).value(), std::vector{Uid("c")});
    EXPECT_EQ(read_members(rows_, slot, longer, ListKind::subscriber).value(), uids);
}

TEST_F(RowsTest, ChannelsAndConversations) {
    const ChannelKey group{ChannelType::group, "g"};
    const ChannelRow channel{{false, true, false, true, false}, WallTime{5}};
    ConversationRow row{group,
                        ConversationKind::command,
                        MessageSeq(UINT64_MAX),
                        MessageSeq(7),
                        WallTime{1},
                        WallTime{2}};
    ConversationRow other = row;
    other.channel = pair;
    change([&](Batch& batch) {
        put_channel(batch, group, channel);
        put_conversation(batch, Uid("a"), row);
        put_conversation(batch, Uid("a"), other);
        put_conversation(batch, Uid("ab"), row);
    });
    EXPECT_EQ(read_channel(rows_, slot, group).value(), channel);
    EXPECT_EQ(read_channel(rows_, slot, pair).value(), std::nullopt);
    EXPECT_EQ(read_conversation(rows_, slot, Uid("a"), group).value(), row);
    EXPECT_EQ(read_conversations(rows_, slot, Uid("a")).value(), (std::vector{other, row}));
    change([&](Batch& batch) { erase_conversation(batch, Uid("a"), pair); });
    EXPECT_EQ(read_conversations(rows_, slot, Uid("a")).value(), std::vector{row});
}

TEST_F(RowsTest, MessagesComeBackAsTheyWere) {
    std::vector<Message> messages;
    for (std::uint64_t seq = 1; seq <= 9; ++seq) messages.push_back(message_of(pair, seq));
    messages[1].addressed_to = "bob";
    messages[2].addressed_to = "alice@bob";
    messages[3].addressed_to = "somebody else";
    messages[4].addressed_to = "";
    messages[5].payload = Bytes("\0\xff", 2);
    messages[6].payload = "";
    messages[7].id = MessageId(INT64_MAX);
    change([&](Batch& batch) {
        for (const auto& message : messages) put_message(batch, message);
        put_message(batch, message_of({ChannelType::person, "alice@bo"}, 77));
        put_message(batch, message_of({ChannelType::person, "alice@bob____cmd"}, 78));
    });
    EXPECT_EQ(read_last_seq(rows_, slot, pair).value(), MessageSeq(9));
    EXPECT_EQ(
        read_messages(rows_, slot, pair, MessageSeq(1), MessageSeq(UINT64_MAX), 100)->messages,
        messages);
    EXPECT_EQ(read_messages(rows_, slot, pair, MessageSeq(3), MessageSeq(5), 100)->messages,
              std::vector(messages.begin() + 2, messages.begin() + 5));
    EXPECT_EQ(read_messages(rows_, slot, pair, MessageSeq(3), MessageSeq(9), 2)->messages.size(),
              2U);
    EXPECT_TRUE(
        read_messages(rows_, slot, pair, MessageSeq(5), MessageSeq(3), 100)->messages.empty());
    EXPECT_EQ(read_message(rows_, slot, pair, MessageSeq(4)).value(), messages[3]);
    EXPECT_EQ(read_message(rows_, slot, pair, MessageSeq(10)).value(), std::nullopt);
    const ChannelKey command{ChannelType::person, "alice@bob____cmd"};
    EXPECT_EQ(read_message(rows_, slot, command, MessageSeq(78)).value(), message_of(command, 78));
}

TEST_F(RowsTest, MessagesAreFoundById) {
    change([&](Batch& batch) {
        for (std::uint64_t seq = 1; seq <= 100; ++seq) {
            Message message = message_of(pair, seq);
            message.id = MessageId(static_cast<std::int64_t>(seq * seq));
            put_message(batch, message);
        }
    });
    for (std::uint64_t seq = 1; seq <= 100; ++seq) {
        const auto found =
            find_message(rows_, slot, pair, MessageId(static_cast<std::int64_t>(seq * seq)));
        EXPECT_EQ(found.value()->seq, MessageSeq(seq));
    }
    EXPECT_EQ(find_message(rows_, slot, pair, MessageId(0)).value(), std::nullopt);
    EXPECT_EQ(find_message(rows_, slot, pair, MessageId(8)).value(), std::nullopt);
    EXPECT_EQ(find_message(rows_, slot, pair, MessageId(10'001)).value(), std::nullopt);
    const auto until = [&](std::int64_t id) {
        return read_seq_until(rows_, slot, pair, MessageId(id)).value();
    };
    EXPECT_EQ(until(0), MessageSeq(0));
    EXPECT_EQ(until(8), MessageSeq(2));
    EXPECT_EQ(until(9), MessageSeq(3));
    EXPECT_EQ(until(10'001), MessageSeq(100));
    EXPECT_EQ(read_seq_until(rows_, slot, {ChannelType::group, "none"}, MessageId(9)).value(),
              MessageSeq(0));
}

TEST_F(RowsTest, EffectsAndWhatWasTakenOfThem) {
    change([](Batch& batch) {
        put_effect(batch, {300, SlotId(7), "late"});
        put_effect(batch, {2, SlotId(65535), "early"});
        put_effect_taken(batch, SlotId(9), 55);
    });
    const auto effects = read_effects(rows_, slot).value();
    EXPECT_EQ(effects,
              (std::vector<EffectRow>{{2, SlotId(65535), "early"}, {300, SlotId(7), "late"}}));
    EXPECT_EQ(read_effect_taken(rows_, slot, SlotId(9)).value(), 55U);
    EXPECT_EQ(read_effect_taken(rows_, slot, SlotId(8)).value(), 0U);
    change([](Batch& batch) { erase_effect(batch, 2); });
    EXPECT_EQ(read_effects(rows_, slot).value().size(), 1U);
}

TEST_F(RowsTest, PoliciesAreReadNewestFirst) {
    Batch batch;
    for (std::uint64_t version = 1; version <= 300; ++version) {
        put_policy_version(
            batch, {version, WallTime{static_cast<std::int64_t>(version)}, "127.0.0.1", "policy"});
    }
    erase_policy_versions_before(batch, 10);
    rows_.apply(batch, SlotId(0));
    const auto newest = read_policy_versions(rows_, 0, 2).value();
    ASSERT_EQ(newest.size(), 2U);
    EXPECT_EQ(newest[0], (PolicyVersionRow{300, WallTime{300}, "127.0.0.1", "policy"}));
    EXPECT_EQ(newest[1].version, 299U);
    EXPECT_EQ(read_policy_versions(rows_, 299, 1).value()[0].version, 298U);
    EXPECT_EQ(read_policy_versions(rows_, 0, 1000).value().size(), 291U);
    EXPECT_TRUE(read_policy_versions(rows_, 10, 5).value().empty());
}

TEST_F(RowsTest, WhatHoldsForTheServerLiesInSlotZero) {
    Batch batch;
    put_system_uid(batch, Uid("b"));
    put_system_uid(batch, Uid("a"));
    put_setting(batch, "policy", "{}");
    rows_.apply(batch, SlotId(0));
    EXPECT_EQ(read_system_uids(rows_).value(), (std::vector{Uid("a"), Uid("b")}));
    EXPECT_EQ(read_setting(rows_, "policy").value(), "{}");
    EXPECT_EQ(read_setting(rows_, "none").value(), std::nullopt);
    Batch erase;
    erase_system_uid(erase, Uid("a"));
    rows_.apply(erase, SlotId(0));
    EXPECT_EQ(read_system_uids(rows_).value(), std::vector{Uid("b")});
}

// Stores lie on disks for years: a failure here means that they could no longer be read.
TEST_F(RowsTest, BytesNeverChange) {
    struct Vector {
        Table table;
        const char* key;
        const char* value;
    };
    change([](Batch& batch) {
        put_account(batch, Uid("ann"), {{true, false, true, false, false}, WallTime{1000}});
        put_token(batch, Uid("ann"), {DeviceClass(5), DeviceLevel::main, "hash", WallTime{1000}});
        put_member(batch, {ChannelType::group, "g"}, ListKind::deny, Uid("ann"));
        put_effect(batch, {258, SlotId(7), "p"});
        Message message = message_of(pair, 258);
        message.payload = "hi";
        put_message(batch, message);
    });
    const Vector vectors[] = {
        {Table::account, "03616e6e", "0105e807"},
        {Table::token, "03616e6e05", "01010468617368e807"},
        {Table::member, "02016702616e6e", ""},
        {Table::outbox, "0000000000000102", "01070170"},
        {Table::message,
         "0109616c69636540626f620000000000000102",
         "01849ba95a37f43b8c16a8c2863dfb80d0a1db3303626f620463323538"
         "80d0acf30e901c0174026869"},
    };
    for (const auto& vector : vectors) {
        const auto found = rows_.all(vector.table);
        ASSERT_EQ(found.size(), 1U);
        EXPECT_EQ(to_hex(found[0].first), vector.key);
        EXPECT_EQ(to_hex(found[0].second), vector.value);
    }
}

TEST_F(RowsTest, AFlippedBitIsFoundNamedAndConfinedToItsMessage) {
    change([](Batch& batch) {
        for (std::uint64_t seq = 1; seq <= 3; ++seq) put_message(batch, message_of(pair, seq));
    });
    const auto [key, value] = rows_.all(Table::message)[1];
    for (std::size_t bit = 0; bit < value.size() * 8; ++bit) {
        rows_.flip(Table::message, key, bit);
        const auto hit = read_message(rows_, slot, pair, MessageSeq(2));
        ASSERT_FALSE(hit) << "bit " << bit;
        EXPECT_EQ(hit.error(), Errc::store_corrupt);
        EXPECT_EQ(rows_.corrupt, std::vector{key});
        rows_.corrupt.clear();
        rows_.flip(Table::message, key, bit);
    }
    rows_.flip(Table::message, key, 200);
    const auto page = read_messages(rows_, slot, pair, MessageSeq(1), MessageSeq(3), 10);
    EXPECT_EQ(page.error(), Errc::store_corrupt);
    EXPECT_EQ(rows_.corrupt, std::vector{key});
    EXPECT_TRUE(read_message(rows_, slot, pair, MessageSeq(1)).value());
    EXPECT_TRUE(read_message(rows_, slot, pair, MessageSeq(3)).value());
    EXPECT_EQ(read_last_seq(rows_, slot, pair).value(), MessageSeq(3));
}

TEST_F(RowsTest, AMessageAtAnotherPlaceIsNotItself) {
    change([](Batch& batch) { put_message(batch, message_of(pair, 1)); });
    const auto [key, value] = rows_.all(Table::message)[0];
    Bytes next_key = key;
    next_key.back() = 2;
    change([&](Batch& batch) { batch.put(Table::message, next_key, value); });
    EXPECT_EQ(read_message(rows_, slot, pair, MessageSeq(2)).error(), Errc::store_corrupt);
    EXPECT_TRUE(read_message(rows_, slot, pair, MessageSeq(1)).value());
}

TEST_F(RowsTest, AMessageOfMsyncKeepsItsDeviceAndWhatItsMetaSaid) {
    Message message = message_of(pair, 3);
    message.format = MessageFormat::msync;
    message.payload = Bytes("\x08\x01\x22\x00", 4);
    message.from_device = "webim_web_1";
    message.extra = "\x42\x03";
    rows_.expected_table = Table::message;
    change([&](Batch& batch) { put_message(batch, message); });
    EXPECT_EQ(read_message(rows_, slot, pair, MessageSeq(3)).value(), message);
}

TEST_F(RowsTest, WhichMessagesADeviceHas) {
    const Uid ann("ann");
    const DeviceSyncedRow one{
        DeviceClass(1),
        DeviceId("webim_web_1"),
        MessageId(1'480'000'000'000'000'000),
        {MessageId(1'480'000'000'000'000'001), MessageId(1'480'000'000'004'194'304)}};
    const DeviceSyncedRow other{DeviceClass(109), DeviceId("custom9_x"), MessageId(0), {}};
    rows_.expected_table = Table::device_synced;
    change([&](Batch& batch) {
        put_device_synced(batch, ann, one);
        put_device_synced(batch, ann, other);
        put_device_synced(batch, Uid("anna"), one);
    });
    EXPECT_EQ(read_devices_synced(rows_, slot, ann).value(), (std::vector{one, other}));
    change([&](Batch& batch) { erase_device_synced(batch, ann, one.device_class, one.device_id); });
    EXPECT_EQ(read_devices_synced(rows_, slot, ann).value(), std::vector{other});
    // Ids that do not grow are nothing that was ever written.
    change([&](Batch& batch) {
        batch.put(Table::device_synced, *from_hex("03616e6e0164"), *from_hex("01050100"));
    });
    EXPECT_EQ(read_devices_synced(rows_, slot, ann).error(), Errc::store_corrupt);
    rows_.corrupt.clear();
}

TEST_F(RowsTest, RowsOfAnotherFormatOrWithNonsenseAreRefused) {
    rows_.expected_table = Table::token;
    for (const char* bad : {"",                       // nothing
                            "02010468617368e807",     // a newer format
                            "01010468617368e80700",   // more than there should be
                            "0101046861736",          // cut: not even whole bytes
                            "010104686173",           // cut
                            "01020468617368e807",     // no such level
                            "01017f68617368e807"}) {  // a text beyond the end
        change([&](Batch& batch) {
            batch.put(Table::token, *from_hex("03616e6e05"), from_hex(bad).value_or(""));
        });
        EXPECT_EQ(read_tokens(rows_, slot, Uid("ann")).error(), Errc::store_corrupt) << bad;
        EXPECT_EQ(std::exchange(rows_.corrupt, {}), std::vector{*from_hex("03616e6e05")});
    }
    rows_.expected_table = Table::inbox;
    change([](Batch& batch) { batch.put(Table::inbox, Bytes("\0\1", 2), "\x01\x80"); });
    EXPECT_EQ(read_effect_taken(rows_, slot, SlotId(1)).error(), Errc::store_corrupt);
}

}  // namespace
}  // namespace fenshen::storage
