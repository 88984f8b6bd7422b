// SPDX-License-Identifier: Apache-2.0
// What a loop keeps in memory of accounts and channels: loaded on first use, on the blocking pool;
// kept while in use; dropped when idle and too many. Of one loop: no locks.
#pragma once

#include <cassert>
#include <coroutine>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/executor.h"
#include "model/error.h"

namespace fenshen::service {

/// Keeps an entry from being dropped. Only used on the entry's loop.
template <class Entry>
class Pin {
public:
    Pin() = default;
    explicit Pin(Entry* entry) : entry_(entry) {
        if (entry_) ++entry_->pins;
    }
    Pin(Pin&& other) noexcept : entry_(std::exchange(other.entry_, nullptr)) {}
    Pin& operator=(Pin&& other) noexcept {
        std::swap(entry_, other.entry_);
        return *this;
    }
    Pin(const Pin& other) : Pin(other.entry_) {}
    Pin& operator=(const Pin&) = delete;
    ~Pin() {
        if (entry_) --entry_->pins;
    }
    Entry* operator->() const { return entry_; }
    Entry& operator*() const { return *entry_; }
    explicit operator bool() const { return entry_ != nullptr; }

private:
    Entry* entry_ = nullptr;
};

/// Entry: has `std::uint32_t pins` and `bool in_use() const`.
template <class Key, class Entry>
class ResidentTable {
public:
    /// Reads an entry from the store; called on the pool.
    using Load = std::function<Result<std::unique_ptr<Entry>>(const Key&)>;
    using Waiter = std::move_only_function<void(Result<Pin<Entry>>)>;

    ResidentTable(Executor& home, Executor& pool, std::size_t entries_max, Load load)
        : home_(home), pool_(pool), entries_max_(entries_max), load_(std::move(load)) {}

    /// The entry, if it is in memory and nobody waits for it before the caller.
    Entry* find(const Key& key) {
        const auto found = places_.find(key);
        return found == places_.end() ? nullptr : found->second.entry.get();
    }

    /// Calls `waiter` with the entry: at once when it is in memory, else when it is loaded; in the
    /// order of the calls.
    void with(const Key& key, Waiter waiter) {
        Place& place = places_[key];
        if (place.entry) {
            waiter(Pin<Entry>(place.entry.get()));
            return;
        }
        place.waiters.push_back(std::move(waiter));
        if (place.waiters.size() == 1) start_loading(key);
    }

    /// `co_await table.get(key)`: as `with`. On the table's loop, and continues there.
    auto get(Key key) {
        struct Awaiter {
            ResidentTable& table;
            Key key;
            std::optional<Result<Pin<Entry>>> outcome = std::nullopt;
            std::coroutine_handle<> waiting = nullptr;
            bool await_ready() {
                if (auto* entry = table.find(key)) outcome.emplace(Pin<Entry>(entry));
                return outcome.has_value();
            }
            void await_suspend(std::coroutine_handle<> handle) {
                waiting = handle;
                table.with(key, [this](Result<Pin<Entry>> found) {
                    outcome.emplace(std::move(found));
                    waiting.resume();
                });
            }
            Result<Pin<Entry>> await_resume() { return std::move(*outcome); }
        };
        return Awaiter{*this, std::move(key)};
    }

    /// After a failed commit: what is in memory may be ahead of the store. Precondition: nobody
    /// holds a pin.
    void forget(const Key& key) { places_.erase(key); }

    std::size_t size() const { return places_.size(); }

    /// Drops idle entries while there are more than `entries_max`; looks at a bounded number of
    /// places a call, and goes on there the next time.
    void trim() {
        constexpr std::size_t buckets_a_call = 4096;
        std::vector<Key> idle;
        for (std::size_t i = 0; i < buckets_a_call && places_.size() - idle.size() > entries_max_;
             ++i) {
            hand_ = (hand_ + 1) % places_.bucket_count();
            for (auto it = places_.begin(hand_); it != places_.end(hand_); ++it) {
                const Place& place = it->second;
                if (place.entry && place.entry->pins == 0 && !place.entry->in_use()) {
                    idle.push_back(it->first);
                }
            }
        }
        for (const Key& key : idle) places_.erase(key);
    }

    template <class F>
    void for_each(F&& each) {
        for (auto& [key, place] : places_) {
            if (place.entry) each(*place.entry);
        }
    }

private:
    struct Place {
        std::unique_ptr<Entry> entry;
        std::vector<Waiter> waiters;  // only while loading
    };

    void start_loading(const Key& key) {
        pool_.post([this, key] {
            auto loaded = std::make_shared<Result<std::unique_ptr<Entry>>>(load_(key));
            home_.post([this, key, loaded] { loading_done(key, std::move(*loaded)); });
        });
    }

    void loading_done(const Key& key, Result<std::unique_ptr<Entry>> loaded) {
        Place& place = places_.at(key);
        auto waiters = std::exchange(place.waiters, {});
        if (!loaded) {
            places_.erase(key);
            for (auto& waiter : waiters) waiter(std::unexpected(loaded.error()));
            return;
        }
        place.entry = std::move(*loaded);
        Entry* entry = place.entry.get();
        const Pin<Entry> keep(entry);
        for (auto& waiter : waiters) waiter(Pin<Entry>(entry));
    }

    Executor& home_;
    Executor& pool_;
    const std::size_t entries_max_;
    const Load load_;
    std::unordered_map<Key, Place> places_;
    std::size_t hand_ = 0;  // bucket where trim() goes on
};

}  // namespace fenshen::service
