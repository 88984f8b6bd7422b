// SPDX-License-Identifier: Apache-2.0
#include "storage/memory/memory_engine.h"

#include "storage/detail/store_key.h"

namespace fenshen::storage {

Result<std::optional<Bytes>> MemoryEngine::get(SlotId slot, Table table, BytesView key) const {
    const std::scoped_lock lock(mutex_);
    const auto found = rows_.find(detail::store_key(slot, table, key));
    if (found == rows_.end()) return std::nullopt;
    return found->second;
}

Result<void> MemoryEngine::scan(
    SlotId slot, Table table, BytesView from, BytesView to, const RowVisitor& visit) const {
    const std::scoped_lock lock(mutex_);
    const auto end = rows_.lower_bound(detail::store_range_end(slot, table, to));
    for (auto row = rows_.lower_bound(detail::store_key(slot, table, from)); row != end; ++row) {
        const BytesView key(row->first);
        if (!visit(key.substr(detail::store_prefix_bytes), row->second)) break;
    }
    return {};
}

Result<std::optional<std::pair<Bytes, Bytes>>> MemoryEngine::last(SlotId slot,
                                                                  Table table,
                                                                  BytesView from,
                                                                  BytesView to) const {
    const std::scoped_lock lock(mutex_);
    auto row = rows_.lower_bound(detail::store_range_end(slot, table, to));
    if (row == rows_.begin()) return std::nullopt;
    --row;
    if (row->first < detail::store_key(slot, table, from)) return std::nullopt;
    return std::pair(row->first.substr(detail::store_prefix_bytes), row->second);
}

void MemoryEngine::commit(SlotId slot, Batch batch, Executor& home, Done done) {
    const std::scoped_lock lock(mutex_);
    if (holding_ || !waiting_.empty()) {
        waiting_.push_back({slot, std::move(batch), &home, std::move(done)});
        return;
    }
    apply(slot, batch);
    home.post([done = std::move(done)]() mutable { done({}); });
}

std::size_t MemoryEngine::waiting_bytes() const {
    const std::scoped_lock lock(mutex_);
    std::size_t bytes = 0;
    for (const auto& waiting : waiting_) bytes += waiting.batch.bytes();
    return bytes;
}

void MemoryEngine::hold() {
    const std::scoped_lock lock(mutex_);
    holding_ = true;
}

void MemoryEngine::release(std::size_t count, bool fail) {
    const std::scoped_lock lock(mutex_);
    while (count > 0 && !waiting_.empty()) {
        Waiting next = std::move(waiting_.front());
        waiting_.pop_front();
        if (next.home == nullptr) {
            if (--failed_[next.slot] == 0) failed_.erase(next.slot);
            continue;
        }
        --count;
        if (fail || failed_.contains(next.slot)) {
            ++failed_[next.slot];
            // What was handed in before the home knew of the failure fails, too (commit_log.h).
            next.home->post([this, slot = next.slot, done = std::move(next.done)]() mutable {
                {
                    const std::scoped_lock again(mutex_);
                    waiting_.push_back({slot, {}, nullptr, {}});
                }
                done(std::unexpected(Errc::store_unavailable));
            });
            continue;
        }
        apply(next.slot, next.batch);
        next.home->post([done = std::move(next.done)]() mutable { done({}); });
    }
    if (waiting_.empty() && count > 0) holding_ = false;
}

std::size_t MemoryEngine::held() const {
    const std::scoped_lock lock(mutex_);
    return waiting_.size();
}

void MemoryEngine::crash() {
    const std::scoped_lock lock(mutex_);
    waiting_.clear();
    failed_.clear();
    holding_ = false;
}

void MemoryEngine::apply(SlotId slot, const Batch& batch) {
    batch.for_each([&](const Batch::Op& op) {
        const Bytes key = detail::store_key(slot, op.table, op.key);
        switch (op.kind) {
            case Batch::OpKind::put:
                rows_[key] = op.value;
                break;
            case Batch::OpKind::erase:
                rows_.erase(key);
                break;
            case Batch::OpKind::erase_range:
                rows_.erase(rows_.lower_bound(key),
                            rows_.lower_bound(detail::store_range_end(slot, op.table, op.value)));
                break;
        }
    });
}

}  // namespace fenshen::storage
