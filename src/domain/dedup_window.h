// SPDX-License-Identifier: Apache-2.0
// The last messages of a channel by (sender, client number), so that a message that is sent again
// gets its first outcome back (wukong-wire 5.10). Bounded by count and age; rebuilt from the tail
// of the log when the channel is loaded. There is one a channel, and most channels say little: it
// takes nothing until the first message, and some 60 bytes for each.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "model/ids.h"

namespace fenshen::domain {

/// Tells payloads apart: the same number with another payload is no repetition but
/// `Errc::conflict`.
std::uint64_t fingerprint_of(BytesView payload);

/// What windows of busy channels may take beyond their ordinary bound, all of a loop together.
/// Thread-safe.
class DedupBudget {
public:
    explicit DedupBudget(std::size_t bytes) : left_(bytes) {}
    /// False: there is not so much left.
    bool take(std::size_t bytes) {
        std::size_t left = left_.load(std::memory_order_relaxed);
        while (left >= bytes) {
            if (left_.compare_exchange_weak(left, left - bytes, std::memory_order_relaxed)) {
                return true;
            }
        }
        return false;
    }
    void give_back(std::size_t bytes) { left_.fetch_add(bytes, std::memory_order_relaxed); }
    std::size_t left() const { return left_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::size_t> left_;
};

class DedupWindow {
public:
    static constexpr std::size_t count_max_default = 1000;
    /// Where there is a budget: who comes back to a busy channel after a minute says again what he
    /// could not know to have been heard.
    static constexpr std::size_t count_max_busy = 65'536;
    static constexpr Millis age_max_default{60 * 60 * 1000};

    struct Outcome {
        MessageId id;
        MessageSeq seq;
        std::uint64_t fingerprint = 0;
        bool operator==(const Outcome&) const = default;
    };

    /// `count_max` is 1 to 2^30.
    explicit DedupWindow(std::size_t count_max = count_max_default,
                         Millis age_max = age_max_default);
    ~DedupWindow();
    DedupWindow(const DedupWindow&) = delete;
    DedupWindow& operator=(const DedupWindow&) = delete;

    /// From now on it may remember up to `count_max_busy` as long as `budget` has room for it.
    /// `budget` outlives the window.
    void draw_on(DedupBudget& budget) { budget_ = &budget; }

    /// What became of it the first time. An empty number is never found. O(1).
    std::optional<Outcome> find(const Uid& from, std::string_view client_msg_no) const;
    /// Remembers an outcome, also of what is still under way, and lets go of what is too old or too
    /// many, the oldest added first: it is now that age counts. A number that is there keeps its
    /// place. O(1), apart from growing.
    void add(const Uid& from, std::string_view client_msg_no, const Outcome& outcome, WallTime at);
    /// It did not happen after all.
    void forget(const Uid& from, std::string_view client_msg_no);
    std::size_t size() const { return known_; }
    /// Bytes on the heap.
    std::size_t heap_bytes() const;

private:
    /// 128 bits of a hash: two that are equal are the same.
    struct Key {
        std::uint64_t low = 0;
        std::uint64_t high = 0;
        bool operator==(const Key&) const = default;
    };
    struct Entry {
        Key key;
        Outcome outcome;
        WallTime at;
        bool is_known = false;  ///< false: forgotten; goes when it is the oldest
    };
    using Place = std::uint32_t;

    static Key key_of(const Uid& from, std::string_view client_msg_no);
    /// Where `key` is in `index_`, or where it would go. Precondition: there is an index.
    std::size_t probe(const Key& key) const;
    const Entry* look_up(const Key& key) const;
    void unlink(const Key& key);
    void drop_oldest();
    void grow();
    bool may_exceed();

    Place count_max_;
    Place first_ = 0;  // of the oldest entry
    Place count_ = 0;  // entries from there on, forgotten ones too
    Place known_ = 0;
    Millis age_max_;
    DedupBudget* budget_ = nullptr;
    std::size_t drawn_ = 0;     // bytes of the budget
    std::vector<Entry> ring_;   // a power of two
    std::vector<Place> index_;  // twice as many; place in the ring + 1, or 0; linear probing
};

}  // namespace fenshen::domain
