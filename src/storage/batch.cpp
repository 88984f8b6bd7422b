// SPDX-License-Identifier: Apache-2.0
#include "storage/batch.h"

#include <cassert>

#include "storage/detail/row_codec.h"

namespace fenshen::storage {

bool is_batch_table(Table table) {
    switch (table) {
        case Table::account:
        case Table::token:
        case Table::device:
        case Table::login_event:
        case Table::person_list:
        case Table::conversation:
        case Table::account_event:
        case Table::account_policy:
        case Table::token_class:
        case Table::device_synced:
        case Table::credential:
        case Table::event_cursor:
        case Table::contact:
        case Table::joined:
        case Table::conversation_mark:
        case Table::hidden_message:
        case Table::silent_mode:
        case Table::user_attribute:
        case Table::group:
        case Table::group_member:
        case Table::group_request:
        case Table::pinned_message:
        case Table::thread:
        case Table::reaction:
        case Table::message_reader:
        case Table::channel:
        case Table::member:
        case Table::message:
        case Table::outbox:
        case Table::inbox:
        case Table::system_uid:
        case Table::setting:
        case Table::policy_version:
            return true;
        case Table::applied_mark:
            break;
    }
    return false;
}

void Batch::add(OpKind kind, Table table, BytesView key, BytesView value) {
    assert(is_batch_table(table));
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
    if (rest.empty()) return false;
    detail::RowReader in(rest);
    const auto kind = in.u8();
    if (kind < static_cast<std::uint8_t>(OpKind::put) ||
        kind > static_cast<std::uint8_t>(OpKind::erase_range)) {
        return false;
    }
    op.kind = static_cast<OpKind>(kind);
    op.table = static_cast<Table>(in.u8());
    op.key = in.text();
    op.value = op.kind == OpKind::erase ? BytesView() : in.text();
    if (!in.ok() || !is_batch_table(op.table)) return false;
    rest = in.rest();
    return true;
}

Result<Batch> Batch::decode(Bytes ops) {
    Batch batch;
    BytesView rest = ops;
    Op op{};
    while (take_op(rest, op)) ++batch.count_;
    if (!rest.empty()) return std::unexpected(Errc::bad_request);
    batch.ops_ = std::move(ops);
    return batch;
}

}  // namespace fenshen::storage
