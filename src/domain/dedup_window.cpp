// SPDX-License-Identifier: Apache-2.0
#include "domain/dedup_window.h"

#include <xxhash.h>

namespace fenshen::domain {

std::uint64_t fingerprint_of(BytesView payload) {
    return XXH3_64bits(payload.data(), payload.size());
}

DedupWindow::Key DedupWindow::key_of(const Uid& from, std::string_view client_msg_no) {
    const auto seed = XXH3_64bits(from.value().data(), from.value().size());
    const auto hash = XXH3_128bits_withSeed(client_msg_no.data(), client_msg_no.size(), seed);
    return {hash.low64, hash.high64};
}

std::optional<DedupWindow::Outcome> DedupWindow::find(const Uid& from,
                                                      std::string_view client_msg_no) const {
    if (client_msg_no.empty()) return std::nullopt;
    const auto found = outcomes_.find(key_of(from, client_msg_no));
    if (found == outcomes_.end()) return std::nullopt;
    return found->second;
}

void DedupWindow::add(const Uid& from,
                      std::string_view client_msg_no,
                      const Outcome& outcome,
                      WallTime at) {
    if (client_msg_no.empty()) return;
    const Key key = key_of(from, client_msg_no);
    const bool is_new = outcomes_.insert_or_assign(key, outcome).second;
    if (is_new) order_.push_back({key, at});
    while (order_begin_ < order_.size()) {
        const Aged& oldest = order_[order_begin_];
        const bool too_old = at.ms - oldest.at.ms > age_max_.count();
        if (!too_old && outcomes_.size() <= count_max_) break;
        outcomes_.erase(oldest.key);
        ++order_begin_;
    }
    if (order_begin_ > order_.size() / 2) {
        order_.erase(order_.begin(), order_.begin() + static_cast<std::ptrdiff_t>(order_begin_));
        order_begin_ = 0;
    }
}

void DedupWindow::forget(const Uid& from, std::string_view client_msg_no) {
    if (client_msg_no.empty()) return;
    // Its place in the order stays until it is the oldest; then there is nothing to erase.
    outcomes_.erase(key_of(from, client_msg_no));
}

}  // namespace fenshen::domain
