// SPDX-License-Identifier: Apache-2.0
// Batches that tell whether all of them is there: several rows in several tables, all made from one
// number.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "storage/batch.h"
#include "storage/store.h"

namespace fenshen::storage::testing {

inline SlotId slot_of(std::uint64_t number) {
    return SlotId(static_cast<std::uint16_t>(number % 5));
}

inline Bytes numbered_value(std::uint64_t number) {
    Bytes value = std::to_string(number);
    value.resize(value.size() + number * 7919 % 4000, static_cast<char>('a' + number % 26));
    return value;
}

inline Batch numbered_batch(std::uint64_t number) {
    Batch batch;
    const Bytes key = std::to_string(number);
    batch.put(Table::member, key, numbered_value(number));
    batch.put(Table::conversation, "latest", key);  // one row, changed by all
    batch.put(Table::outbox, key, "pending");
    batch.put(Table::message, key, numbered_value(number + 1));
    batch.erase(Table::outbox, key);
    batch.put(Table::device, key, key);
    return batch;
}

/// True: all of it is there; false: nothing; none: something is wrong.
inline std::optional<bool> is_there(const Store& store, std::uint64_t number) {
    const Bytes key = std::to_string(number);
    const auto first = store.get(slot_of(number), Table::member, key);
    const auto second = store.get(slot_of(number), Table::message, key);
    const auto third = store.get(slot_of(number), Table::device, key);
    const auto gone = store.get(slot_of(number), Table::outbox, key);
    if (!first || !second || !third || !gone || *gone) return std::nullopt;
    if (!*first && !*second && !*third) return false;
    const bool whole =
        *first == numbered_value(number) && *second == numbered_value(number + 1) && *third == key;
    return whole ? std::optional(true) : std::nullopt;
}

}  // namespace fenshen::storage::testing
