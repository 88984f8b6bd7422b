// SPDX-License-Identifier: Apache-2.0
#include "service/under_way.h"

#include <cassert>
#include <vector>

#include "service/shard.h"

namespace fenshen::service {

void UnderWay::add(SlotId slot, const storage::Batch& batch) {
    std::vector<std::pair<Place, Bytes>> touched;
    batch.for_each([&](const storage::Batch::Op& op) {
        assert(op.kind != storage::Batch::OpKind::erase_range);
        const Place place{slot, op.table};
        Change& change = changes_[place][Bytes(op.key)];
        if (op.kind == storage::Batch::OpKind::put) {
            change.value = Bytes(op.value);
        } else {
            change.value.reset();
        }
        ++change.commits;
        touched.emplace_back(place, Bytes(op.key));
    });
    if (touched.empty()) return;
    shard_.batch_of(slot).append(batch);
    shard_.when_committed(slot, [this, touched = std::move(touched)](Result<void> /*result*/) {
        for (const auto& [place, key] : touched) let_go(place, key);
    });
}

void UnderWay::let_go(const Place& place, const Bytes& key) {
    const auto changes = changes_.find(place);
    const auto change = changes->second.find(key);
    if (--change->second.commits > 0) return;
    changes->second.erase(change);
    if (changes->second.empty()) changes_.erase(changes);
}

const UnderWay::Changes* UnderWay::changes_of(SlotId slot, storage::Table table) const {
    const auto found = changes_.find({slot, table});
    return found == changes_.end() ? nullptr : &found->second;
}

Result<std::optional<Bytes>> UnderWay::get(SlotId slot, storage::Table table, BytesView key) const {
    if (const Changes* changes = changes_of(slot, table)) {
        if (const auto found = changes->find(key); found != changes->end()) {
            return found->second.value;
        }
    }
    return shard_.world().store.get(slot, table, key);
}

Result<void> UnderWay::scan(SlotId slot,
                            storage::Table table,
                            BytesView from,
                            BytesView to,
                            const storage::RowVisitor& visit) const {
    const auto& store = shard_.world().store;
    const Changes* changes = changes_of(slot, table);
    if (changes == nullptr) return store.scan(slot, table, from, to, visit);
    auto next = changes->lower_bound(from);
    const auto end = to.empty() ? changes->end() : changes->lower_bound(to);
    bool goes_on = true;
    const auto visit_change = [&] {
        if (next->second.value) goes_on = visit(next->first, *next->second.value);
        ++next;
    };
    const auto scanned = store.scan(slot, table, from, to, [&](BytesView key, BytesView value) {
        while (goes_on && next != end && next->first < key) visit_change();
        if (!goes_on) return false;
        if (next != end && next->first == key) {
            visit_change();
        } else {
            goes_on = visit(key, value);
        }
        return goes_on;
    });
    if (!scanned) return scanned;
    while (goes_on && next != end) visit_change();
    return {};
}

Result<std::optional<std::pair<Bytes, Bytes>>> UnderWay::last(SlotId slot,
                                                              storage::Table table,
                                                              BytesView from,
                                                              BytesView to) const {
    const auto& store = shard_.world().store;
    const Changes* changes = changes_of(slot, table);
    if (changes == nullptr) return store.last(slot, table, from, to);
    std::optional<std::pair<Bytes, Bytes>> found;
    for (Bytes end(to);;) {
        auto stored = store.last(slot, table, from, end);
        if (!stored) return stored;
        if (!*stored) break;
        if (!changes->contains((*stored)->first)) {
            found = std::move(*stored);
            break;
        }
        end = (*stored)->first;  // changed: what counts is the change
    }
    auto change = to.empty() ? changes->end() : changes->lower_bound(to);
    while (change != changes->begin()) {
        --change;
        if (change->first < from) break;
        if (found && change->first < found->first) break;
        if (!change->second.value) continue;
        found = std::pair(change->first, *change->second.value);
        break;
    }
    return found;
}

void UnderWay::found_corrupt(SlotId slot, storage::Table table, BytesView key) const {
    shard_.world().store.found_corrupt(slot, table, key);
}

std::size_t UnderWay::size() const {
    std::size_t rows = 0;
    for (const auto& [place, changes] : changes_) rows += changes.size();
    return rows;
}

}  // namespace fenshen::service
