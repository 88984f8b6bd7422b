// SPDX-License-Identifier: Apache-2.0
#include "storage/memory/memory_engine.h"

#include <limits>
#include <utility>
#include <vector>

#include "storage/detail/commit_queue.h"
#include "storage/detail/store_key.h"

namespace fenshen::storage {

namespace {

constexpr std::size_t everything = std::numeric_limits<std::size_t>::max();

}  // namespace

MemoryEngine::MemoryEngine() : queue_(std::make_shared<detail::CommitQueue>()) {}

MemoryEngine::~MemoryEngine() = default;

Result<std::optional<Bytes>> MemoryEngine::get(SlotId slot, Table table, BytesView key) const {
    const std::scoped_lock lock(mutex_);
    if (read_fails()) return std::unexpected(Errc::store_unavailable);
    const auto found = rows_.find(detail::store_key(slot, table, key));
    if (found == rows_.end()) return std::nullopt;
    return found->second;
}

Result<void> MemoryEngine::scan(
    SlotId slot, Table table, BytesView from, BytesView to, const RowVisitor& visit) const {
    std::vector<std::pair<Bytes, Bytes>> rows;  // so that the visitor may read the store
    {
        const std::scoped_lock lock(mutex_);
        if (read_fails()) return std::unexpected(Errc::store_unavailable);
        const Bytes end = detail::store_range_end(slot, table, to);
        for (auto row = rows_.lower_bound(detail::store_key(slot, table, from));
             row != rows_.end() && row->first < end;
             ++row) {
            rows.emplace_back(row->first.substr(detail::store_prefix_bytes), row->second);
        }
    }
    for (const auto& [key, value] : rows) {
        if (!visit(key, value)) break;
    }
    return {};
}

Result<std::optional<std::pair<Bytes, Bytes>>> MemoryEngine::last(SlotId slot,
                                                                  Table table,
                                                                  BytesView from,
                                                                  BytesView to) const {
    const std::scoped_lock lock(mutex_);
    if (read_fails()) return std::unexpected(Errc::store_unavailable);
    auto row = rows_.lower_bound(detail::store_range_end(slot, table, to));
    if (row == rows_.begin()) return std::nullopt;
    --row;
    if (row->first < detail::store_key(slot, table, from)) return std::nullopt;
    return std::pair(row->first.substr(detail::store_prefix_bytes), row->second);
}

void MemoryEngine::commit(SlotId slot, Batch batch, Executor& home, Done done) {
    const std::scoped_lock lock(mutex_);
    queue_->push(slot, std::move(batch), home, std::move(done));
    if (!holding_) write(everything, false);
}

std::size_t MemoryEngine::waiting_bytes() const {
    const std::scoped_lock lock(mutex_);
    return queue_->waiting_bytes();
}

void MemoryEngine::hold() {
    const std::scoped_lock lock(mutex_);
    holding_ = true;
}

void MemoryEngine::release(std::size_t count, bool fail) {
    const std::scoped_lock lock(mutex_);
    write(count, fail);
}

void MemoryEngine::let_go() {
    const std::scoped_lock lock(mutex_);
    holding_ = false;
    write(everything, false);
}

std::size_t MemoryEngine::held() const {
    const std::scoped_lock lock(mutex_);
    return queue_->waiting_count();
}

void MemoryEngine::fail_next(std::size_t count) {
    const std::scoped_lock lock(mutex_);
    fail_next_ = count;
}

void MemoryEngine::fail_next_reads(std::size_t count, std::size_t after) {
    const std::scoped_lock lock(mutex_);
    reads_to_fail_ = count;
    reads_until_failure_ = after;
}

std::size_t MemoryEngine::reads_to_fail() const {
    const std::scoped_lock lock(mutex_);
    return reads_to_fail_;
}

bool MemoryEngine::read_fails() const {
    if (reads_to_fail_ == 0) return false;
    if (reads_until_failure_ > 0) {
        --reads_until_failure_;
        return false;
    }
    --reads_to_fail_;
    return true;
}

void MemoryEngine::crash() {
    // What was held is destroyed without the lock: it may hold anything.
    auto forgotten = std::make_shared<detail::CommitQueue>();
    const std::scoped_lock lock(mutex_);
    std::swap(queue_, forgotten);
    holding_ = false;
    fail_next_ = 0;
}

void MemoryEngine::close() {
    const std::scoped_lock lock(mutex_);
    queue_->close();
}

void MemoryEngine::write(std::size_t count, bool fail) {
    detail::CommitQueue::Group group;
    queue_->take_now(group, count);
    if (group.empty()) return;
    if (!fail && fail_next_ > 0) {
        --fail_next_;
        fail = true;
    }
    if (fail) return queue_->finish(group, std::unexpected(Errc::store_unavailable));
    for (const auto& item : group) {
        if (!item.refused) apply(item.slot, item.batch);
    }
    queue_->finish(group, {});
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
            case Batch::OpKind::erase_range: {
                const Bytes end = detail::store_range_end(slot, op.table, op.value);
                auto row = rows_.lower_bound(key);
                while (row != rows_.end() && row->first < end) row = rows_.erase(row);
                break;
            }
        }
    });
}

}  // namespace fenshen::storage
