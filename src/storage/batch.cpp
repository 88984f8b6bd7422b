// SPDX-License-Identifier: Apache-2.0
#include "storage/batch.h"

#include "storage/detail/row_codec.h"

namespace fenshen::storage {

void Batch::add(OpKind kind, Table table, BytesView key, BytesView value) {
    ops_.push_back(static_cast<char>(kind));
    ops_.push_back(static_cast<char>(table));
    detail::append_text(ops_, key);
    if (kind != OpKind::erase) detail::append_text(ops_, value);
    ++count_;
}

void Batch::put(Table table, BytesView key, BytesView value) {
    add(OpKind::put, table, key, value);
}

void Batch::erase(Table table, BytesView key) {
    add(OpKind::erase, table, key, {});
}

void Batch::erase_range(Table table, BytesView from, BytesView to) {
    add(OpKind::erase_range, table, from, to);
}

bool Batch::take_op(BytesView& rest, Op& op) {
    if (rest.size() < 2) return false;
    detail::RowReader in(rest);
    op.kind = static_cast<OpKind>(in.u8());
    op.table = static_cast<Table>(in.u8());
    op.key = in.text();
    op.value = op.kind == OpKind::erase ? BytesView() : in.text();
    rest = in.rest();
    return in.ok();
}

}  // namespace fenshen::storage
