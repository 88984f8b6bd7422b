// SPDX-License-Identifier: Apache-2.0
#include "storage/rocksdb/detail/group_writer.h"

#include <algorithm>
#include <utility>

#include "storage/detail/row_codec.h"
#include "storage/detail/store_key.h"

namespace fenshen::storage::detail {

namespace {

constexpr std::uint8_t mark_format = 1;
constexpr std::size_t kept_bytes_max = 8UL * 1024 * 1024;

/// Tables in which one group is likely to change a row twice: effects come and go, and what was
/// taken of a slot or read of a channel moves on.
bool is_merged(Table table) {
    return table == Table::conversation || table == Table::channel || table == Table::outbox ||
           table == Table::inbox;
}

}  // namespace

std::optional<WallTime> GroupWriter::read_mark(SlotId slot, BytesView mark) {
    RowReader in(mark);
    const auto format = in.u8();
    const auto number = in.varint();
    const auto at = in.time();
    if (format != mark_format || !in.done()) return std::nullopt;
    if (marks_.size() <= slot.value()) marks_.resize(slot.value() + 1UL);
    marks_[slot.value()] = number;
    return at;
}

void GroupWriter::add(SlotId slot, const Batch& batch) {
    if (std::ranges::find(touched_, slot) == touched_.end()) touched_.push_back(slot);
    batch.for_each([&](const Batch::Op& op) {
        switch (op.kind) {
            case Batch::OpKind::put:
                if (is_merged(op.table)) {
                    rows_[store_key(slot, op.table, op.key)] = {false, op.value};
                } else {
                    put(slot, op.table, op.key, op.value);
                }
                break;
            case Batch::OpKind::erase:
                if (is_merged(op.table)) {
                    rows_[store_key(slot, op.table, op.key)] = {true, {}};
                } else {
                    write_.Delete(slice(store_key(slot, op.table, op.key)));
                }
                break;
            case Batch::OpKind::erase_range: {
                const Bytes from = store_key(slot, op.table, op.key);
                const Bytes to = store_range_end(slot, op.table, op.value);
                if (from >= to) break;
                if (is_merged(op.table)) write_rows();  // those before it, not those behind
                write_.DeleteRange(slice(from), slice(to));
                break;
            }
        }
    });
}

void GroupWriter::put(SlotId slot, Table table, BytesView key, BytesView value) {
    const Bytes prefix = store_key(slot, table, {});
    const rocksdb::Slice parts[] = {slice(prefix), slice(key)};
    const rocksdb::Slice whole = slice(value);
    write_.Put(rocksdb::SliceParts(parts, 2), rocksdb::SliceParts(&whole, 1));
}

void GroupWriter::write_rows() {
    for (const auto& [key, row] : rows_) {
        if (row.erased) {
            write_.Delete(slice(key));
        } else {
            write_.Put(slice(key), slice(row.value));
        }
    }
    rows_.clear();
}

rocksdb::WriteBatch* GroupWriter::finish(WallTime at) {
    if (touched_.empty()) return nullptr;
    write_rows();
    for (const SlotId slot : touched_) {
        if (marks_.size() <= slot.value()) marks_.resize(slot.value() + 1UL);
        RowWriter mark(mark_format);
        mark.varint(marks_[slot.value()] + 1).time(at);
        put(slot, Table::applied_mark, {}, mark.bytes());
    }
    return &write_;
}

void GroupWriter::clear(bool committed) {
    if (committed) {
        for (const SlotId slot : touched_) ++marks_[slot.value()];
    }
    touched_.clear();
    rows_.clear();
    if (write_.GetDataSize() > kept_bytes_max) {
        write_ = rocksdb::WriteBatch();
    } else {
        write_.Clear();
    }
}

}  // namespace fenshen::storage::detail
