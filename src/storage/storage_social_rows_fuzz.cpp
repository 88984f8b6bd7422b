// SPDX-License-Identifier: Apache-2.0
// Stored rows of storage/rows_social.h and rows_message_marks.h, of any bytes. The first byte says
// of which kind, the next how long the key is behind its prefix; then key and value. What can be
// read must be written as the same bytes again.
#include <algorithm>
#include <cstdlib>

#include "storage/detail/channel_key.h"
#include "storage/rows_message_marks.h"
#include "storage/rows_social.h"

namespace {

using namespace fenshen;
using namespace fenshen::storage;

const SlotId slot{0};
const Uid uid("ann");
const ChannelKey channel{ChannelType::group, "123"};
const MessageId message(7);

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

    /// The row just read, written again.
    void expect(const Batch& batch) const {
        batch.for_each([&](const Batch::Op& op) {
            if (op.value != value_ || op.key != key_) std::abort();
        });
        if (batch.count() != 1) std::abort();
    }

private:
    const Bytes key_;
    const Bytes value_;
};

template <class Rows, class Put>
void check(const OneRow& store, const Result<Rows>& rows, Put put) {
    if (!rows) return;
    Batch batch;
    put(batch, rows->front());
    store.expect(batch);
}

void check_of_account(std::uint8_t kind, const OneRow& store) {
    switch (kind) {
        case 0:
            check(store, read_account_events(store, slot, uid, 0, 1), [](auto& batch, auto& row) {
                put_account_event(batch, uid, row);
            });
            break;
        case 1:
            check(store, read_contacts(store, slot, uid), [](auto& batch, auto& row) {
                put_contact(batch, uid, row);
            });
            break;
        case 2:
            check(store, read_joined(store, slot, uid), [](auto& batch, auto& row) {
                put_joined(batch, uid, row);
            });
            break;
        case 3:
            check(store, read_conversation_marks(store, slot, uid), [](auto& batch, auto& row) {
                put_conversation_mark(batch, uid, row);
            });
            break;
        default:
            check(store, read_silent_modes(store, slot, uid), [](auto& batch, auto& row) {
                put_silent_mode(batch, uid, row);
            });
            break;
    }
}

void check_of_group(std::uint8_t kind, const OneRow& store) {
    switch (kind) {
        case 5:
            check(store, read_group_members(store, slot, channel), [](auto& batch, auto& row) {
                put_group_member(batch, channel, row);
            });
            break;
        case 6:
            check(store, read_group_requests(store, slot, channel), [](auto& batch, auto& row) {
                put_group_request(batch, channel, row);
            });
            break;
        case 7:
            check(store, read_pinned_messages(store, slot, channel), [](auto& batch, auto& row) {
                put_pinned_message(batch, channel, row);
            });
            break;
        case 8:
            check(store, read_threads(store, slot, channel), [](auto& batch, auto& row) {
                put_thread(batch, channel, row);
            });
            break;
        default: {
            const auto row = read_group(store, slot, channel);
            if (!row) break;
            Batch batch;
            put_group(batch, channel, **row);
            store.expect(batch);
            break;
        }
    }
}

void check_of_user(const OneRow& store) {
    const auto attributes = read_user_attributes(store, slot, uid);
    if (!attributes || attributes->empty()) return;
    Batch batch;
    put_user_attributes(batch, uid, *attributes);
    store.expect(batch);
}

void check_of_message(std::uint8_t kind, const OneRow& store) {
    if (kind == 10) {
        check(store, read_reactions(store, slot, channel, message), [](auto& batch, auto& row) {
            put_reaction(batch, channel, message, row);
        });
    } else {
        check(store,
              read_message_readers(store, slot, channel, message),
              [](auto& batch, auto& row) { put_message_reader(batch, channel, message, row); });
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    constexpr std::uint8_t kinds = 13;
    constexpr std::uint8_t first_of_group = 5;
    constexpr std::uint8_t group_itself = 9;
    constexpr std::uint8_t user_itself = 12;
    const auto kind = static_cast<std::uint8_t>(data[0] % kinds);
    const BytesView in(reinterpret_cast<const char*>(data + 2), size - 2);
    const bool is_whole_key = kind == group_itself || kind == user_itself;
    const std::size_t tail = is_whole_key ? 0 : std::min<std::size_t>(data[1], in.size());
    Bytes key;
    if (kind < first_of_group || kind == user_itself) {
        detail::append_text(key, uid.value());
    } else {
        key = detail::channel_key(channel);
        if (kind > group_itself) append_be(key, static_cast<std::uint64_t>(message.value()));
    }
    const OneRow store(key + Bytes(in.substr(0, tail)), Bytes(in.substr(tail)));
    if (kind < first_of_group) {
        check_of_account(kind, store);
    } else if (kind <= group_itself) {
        check_of_group(kind, store);
    } else if (kind == user_itself) {
        check_of_user(store);
    } else {
        check_of_message(kind, store);
    }
    return 0;
}
