// SPDX-License-Identifier: Apache-2.0
// Stored rows of any bytes. The first byte says of which kind, the next how long the key is behind
// its prefix; then key and value. What can be read must be written as the same bytes again; a
// message, whose checksum is set right here, must read the same again.
#include <algorithm>
#include <cstdlib>

#include "storage/detail/channel_key.h"
#include "storage/detail/message_record.h"
#include "storage/rows.h"

namespace {

using namespace fenshen;
using namespace fenshen::storage;

const SlotId slot{0};
const Uid uid("ann");
const ChannelKey channel{ChannelType::person, "ann@bob"};

/// A store of one row, whatever it is asked for.
class OneRow final : public Store {
public:
    OneRow(Bytes key, Bytes value) : key_(std::move(key)), value_(std::move(value)) {}

    Result<std::optional<Bytes>> get(SlotId, Table, BytesView) const override { return value_; }
    Result<void> scan(SlotId, Table, BytesView, BytesView, const RowVisitor& visit) const override {
        visit(key_, value_);
        return {};
    }
    Result<std::optional<std::pair<Bytes, Bytes>>> last(SlotId,
                                                        Table,
                                                        BytesView,
                                                        BytesView) const override {
        return std::pair(key_, value_);
    }
    void found_corrupt(SlotId, Table, BytesView) const override { ++corrupt; }

    /// The row just read, written again: `batch` must hold nothing else.
    void expect(const Batch& batch) const {
        batch.for_each([&](const Batch::Op& op) {
            if (op.value != value_ || op.key != key_) std::abort();
        });
        if (batch.count() != 1) std::abort();
    }
    mutable int corrupt = 0;

private:
    const Bytes key_;
    const Bytes value_;
};

template <class Rows, class Put>
void check(const OneRow& store, const Result<Rows>& rows, Put put) {
    if (!rows) {
        if (store.corrupt != 1) std::abort();  // what cannot be read is named
        return;
    }
    Batch batch;
    put(batch, *rows);
    store.expect(batch);
}

void check_message(std::uint8_t format, const Bytes& fields) {
    Bytes key = detail::channel_key(channel);
    append_be(key, std::uint64_t{7});
    Bytes value(1, static_cast<char>(format));
    append_be(value, detail::message_checksum(key, fields));
    const OneRow store(key, value + fields);
    const auto message = read_message(store, slot, channel, MessageSeq(7));
    if (!message) return;
    Batch batch;
    put_message(batch, **message);
    batch.for_each([&](const Batch::Op& op) {
        const OneRow again(key, Bytes(op.value));
        if (read_message(again, slot, channel, MessageSeq(7)) != message) std::abort();
    });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const BytesView in(reinterpret_cast<const char*>(data + 2), size - 2);
    const std::size_t tail = std::min<std::size_t>(data[1], in.size());
    Bytes of_uid;
    detail::append_text(of_uid, uid.value());
    const Bytes key = of_uid + Bytes(in.substr(0, tail));
    const Bytes value(in.substr(tail));
    switch (data[0] % 12) {
        case 0: {
            const OneRow store(of_uid, value);
            check(store, read_account(store, slot, uid), [](Batch& batch, const auto& row) {
                put_account(batch, uid, *row);
            });
            break;
        }
        case 1: {
            const OneRow store(key, value);
            check(store, read_tokens(store, slot, uid), [](Batch& batch, const auto& rows) {
                put_token(batch, uid, rows[0]);
            });
            break;
        }
        case 2: {
            const OneRow store(key, value);
            check(store, read_devices(store, slot, uid), [](Batch& batch, const auto& rows) {
                put_device(batch, uid, rows[0]);
            });
            break;
        }
        case 3: {
            const OneRow store(key, value);
            check(store,
                  read_login_events(store, slot, uid, 0, 1),
                  [](Batch& batch, const auto& rows) { put_login_event(batch, uid, rows[0]); });
            break;
        }
        case 4: {
            const OneRow store(detail::channel_key(channel), value);
            check(store, read_channel(store, slot, channel), [](Batch& batch, const auto& row) {
                put_channel(batch, channel, *row);
            });
            break;
        }
        case 5: {
            const OneRow store(key, value);
            check(store, read_conversations(store, slot, uid), [](Batch& batch, const auto& rows) {
                put_conversation(batch, uid, rows[0]);
            });
            break;
        }
        case 9: {
            const OneRow store(of_uid, value);
            check(store, read_account_policy(store, slot, uid), [](Batch& batch, const auto& row) {
                put_account_policy(batch, uid, *row);
            });
            break;
        }
        case 11: {
            const OneRow store(of_uid, value);
            check(store, read_credential(store, slot, uid), [](Batch& batch, const auto& row) {
                put_credential(batch, uid, *row);
            });
            break;
        }
        case 10: {
            const OneRow store(Bytes(in.substr(0, tail)), value);
            check(store, read_policy_versions(store, 0, 1), [](Batch& batch, const auto& rows) {
                put_policy_version(batch, rows[0]);
            });
            break;
        }
        case 6: {
            const OneRow store(Bytes(in.substr(0, tail)), value);
            check(store, read_effects(store, slot), [](Batch& batch, const auto& rows) {
                put_effect(batch, rows[0]);
            });
            break;
        }
        case 7: {
            const OneRow store(Bytes(in.substr(0, tail)), value);
            if (!read_last_seq(store, slot, channel) && store.corrupt != 1) std::abort();
            if (!read_messages(store, slot, channel, MessageSeq(1), MessageSeq(9), 9) &&
                store.corrupt == 0) {
                std::abort();
            }
            break;
        }
        default:
            check_message(detail::message_format, Bytes(in));
            check_message(detail::msync_message_format, Bytes(in));
            break;
    }
    return 0;
}
