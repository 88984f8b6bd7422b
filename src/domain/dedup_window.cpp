// SPDX-License-Identifier: Apache-2.0
#include "domain/dedup_window.h"

#include <xxhash.h>

#include <cassert>

namespace fenshen::domain {

std::uint64_t fingerprint_of(BytesView payload) {
    return XXH3_64bits(payload.data(), payload.size());
}

DedupWindow::DedupWindow(std::size_t count_max, Millis age_max)
    : count_max_(static_cast<Place>(count_max)), age_max_(age_max) {
    assert(count_max >= 1 && count_max <= (std::size_t{1} << 30U));
}

DedupWindow::~DedupWindow() {
    if (budget_ != nullptr) budget_->give_back(drawn_);
}

DedupWindow::Key DedupWindow::key_of(const Uid& from, std::string_view client_msg_no) {
    const auto seed = XXH3_64bits(from.value().data(), from.value().size());
    const auto hash = XXH3_128bits_withSeed(client_msg_no.data(), client_msg_no.size(), seed);
    return {hash.low64, hash.high64};
}

std::optional<DedupWindow::Outcome> DedupWindow::find(const Uid& from,
                                                      std::string_view client_msg_no) const {
    if (client_msg_no.empty()) return std::nullopt;
    const Entry* entry = look_up(key_of(from, client_msg_no));
    if (entry == nullptr) return std::nullopt;
    return entry->outcome;
}

void DedupWindow::add(const Uid& from,
                      std::string_view client_msg_no,
                      const Outcome& outcome,
                      WallTime at) {
    if (client_msg_no.empty()) return;
    while (count_ > 0) {
        const Entry& oldest = ring_[first_];
        if (oldest.is_known && at.ms - oldest.at.ms <= age_max_.count()) break;
        drop_oldest();
    }
    const Key key = key_of(from, client_msg_no);
    if (const Entry* entry = look_up(key)) {
        ring_[static_cast<std::size_t>(entry - ring_.data())].outcome = outcome;
        return;
    }
    if (count_ >= count_max_ && !may_exceed()) drop_oldest();
    if (count_ == ring_.size()) grow();
    const std::size_t place = (first_ + count_) & (ring_.size() - 1);
    ring_[place] = {key, outcome, at, true};
    index_[probe(key)] = static_cast<Place>(place + 1);
    ++count_;
    ++known_;
}

void DedupWindow::forget(const Uid& from, std::string_view client_msg_no) {
    if (client_msg_no.empty()) return;
    const Key key = key_of(from, client_msg_no);
    const Entry* entry = look_up(key);
    if (entry == nullptr) return;
    ring_[static_cast<std::size_t>(entry - ring_.data())].is_known = false;
    unlink(key);
}

std::size_t DedupWindow::heap_bytes() const {
    return ring_.capacity() * sizeof(Entry) + index_.capacity() * sizeof(Place);
}

std::size_t DedupWindow::probe(const Key& key) const {
    const std::size_t mask = index_.size() - 1;
    std::size_t at = key.low & mask;
    while (index_[at] != 0 && ring_[index_[at] - 1].key != key) at = (at + 1) & mask;
    return at;
}

const DedupWindow::Entry* DedupWindow::look_up(const Key& key) const {
    if (index_.empty()) return nullptr;
    const Place place = index_[probe(key)];
    return place == 0 ? nullptr : &ring_[place - 1];
}

void DedupWindow::unlink(const Key& key) {
    const std::size_t mask = index_.size() - 1;
    std::size_t hole = probe(key);
    // What was pushed past the hole by a collision moves back, so that probing still finds it.
    for (std::size_t at = (hole + 1) & mask; index_[at] != 0; at = (at + 1) & mask) {
        const std::size_t home = ring_[index_[at] - 1].key.low & mask;
        const bool may_move = ((at - home) & mask) >= ((at - hole) & mask);
        if (!may_move) continue;
        index_[hole] = index_[at];
        hole = at;
    }
    index_[hole] = 0;
    --known_;
}

void DedupWindow::drop_oldest() {
    const Entry& oldest = ring_[first_];
    if (oldest.is_known) unlink(oldest.key);
    first_ = static_cast<Place>((first_ + 1) & (ring_.size() - 1));
    --count_;
}

// Whether one more has room beyond the ordinary bound.
bool DedupWindow::may_exceed() {
    if (budget_ == nullptr || count_ >= count_max_busy) return false;
    if (count_ < ring_.size()) return true;
    const std::size_t more = heap_bytes();  // it doubles
    if (!budget_->take(more)) return false;
    drawn_ += more;
    return true;
}

void DedupWindow::grow() {
    constexpr std::size_t least = 4;
    const std::size_t size = ring_.empty() ? least : ring_.size() * 2;
    std::vector<Entry> ring(size);
    for (std::size_t i = 0; i < count_; ++i) ring[i] = ring_[(first_ + i) & (ring_.size() - 1)];
    ring_ = std::move(ring);
    first_ = 0;
    index_.assign(size * 2, 0);
    index_.shrink_to_fit();
    for (std::size_t i = 0; i < count_; ++i) {
        if (ring_[i].is_known) index_[probe(ring_[i].key)] = static_cast<Place>(i + 1);
    }
}

}  // namespace fenshen::domain
