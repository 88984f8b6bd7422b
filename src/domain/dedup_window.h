// SPDX-License-Identifier: Apache-2.0
// The last messages of a channel by (sender, client number), so that a message that is sent again
// gets its first outcome back (wukong-wire 5.10). Bounded by count and age; rebuilt from the tail
// of the log when the channel is loaded.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "model/ids.h"

namespace fenshen::domain {

/// Tells payloads apart: the same number with another payload is a conflict, not a repetition.
std::uint64_t fingerprint_of(BytesView payload);

class DedupWindow {
public:
    static constexpr std::size_t count_max_default = 1000;
    static constexpr Millis age_max_default{60 * 60 * 1000};

    struct Outcome {
        MessageId id;
        MessageSeq seq;
        std::uint64_t fingerprint = 0;
        bool operator==(const Outcome&) const = default;
    };

    explicit DedupWindow(std::size_t count_max = count_max_default,
                         Millis age_max = age_max_default)
        : count_max_(count_max), age_max_(age_max) {}

    /// What became of it the first time. An empty number is never found.
    std::optional<Outcome> find(const Uid& from, std::string_view client_msg_no) const;
    /// Remembers an outcome, under way ones too; lets go of what is too old or too many. Times must
    /// not go back by much: the oldest added goes first.
    void add(const Uid& from, std::string_view client_msg_no, const Outcome& outcome, WallTime at);
    /// It did not happen after all.
    void forget(const Uid& from, std::string_view client_msg_no);
    std::size_t size() const { return outcomes_.size(); }

private:
    /// 128 bits of a hash: two that are equal are the same.
    struct Key {
        std::uint64_t low = 0;
        std::uint64_t high = 0;
        bool operator==(const Key&) const = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const { return key.low; }
    };
    struct Aged {
        Key key;
        WallTime at;
    };
    static Key key_of(const Uid& from, std::string_view client_msg_no);

    std::size_t count_max_;
    Millis age_max_;
    std::unordered_map<Key, Outcome, KeyHash> outcomes_;
    std::vector<Aged> order_;  // oldest first, from order_begin_
    std::size_t order_begin_ = 0;
};

}  // namespace fenshen::domain
