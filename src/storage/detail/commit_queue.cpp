// SPDX-License-Identifier: Apache-2.0
#include "storage/detail/commit_queue.h"

#include <algorithm>
#include <limits>
#include <unordered_map>

namespace fenshen::storage::detail {

void CommitQueue::push(SlotId slot, Batch batch, Executor& home, Done done) {
    std::unique_lock lock(mutex_);
    if (ended_) {
        lock.unlock();
        home.post([done = std::move(done)]() mutable { done(std::unexpected(Errc::stopping)); });
        return;
    }
    bytes_ += batch.bytes();
    waiting_bytes_.fetch_add(batch.bytes(), std::memory_order_relaxed);
    waiting_.push_back({slot, &home, std::move(batch), std::move(done), closed_});
    const bool wake = committer_waits_;
    lock.unlock();
    if (wake) something_.notify_one();
}

void CommitQueue::close() {
    {
        const std::scoped_lock lock(mutex_);
        closed_ = true;
    }
    something_.notify_all();
}

void CommitQueue::nudge() {
    {
        const std::scoped_lock lock(mutex_);
        nudged_ = true;
    }
    something_.notify_all();
}

std::size_t CommitQueue::waiting_count() const {
    const std::scoped_lock lock(mutex_);
    return waiting_.size();
}

bool CommitQueue::take(Group& group,
                       std::size_t count_max,
                       std::size_t bytes_max,
                       Deadline deadline) {
    group.clear();
    std::unique_lock lock(mutex_);
    const auto ready = [this] { return closed_ || nudged_ || has_takeable(); };
    committer_waits_ = true;
    if (deadline) {
        something_.wait_until(lock, *deadline, ready);
    } else {
        something_.wait(lock, ready);
    }
    committer_waits_ = false;
    nudged_ = false;
    take_locked(group, count_max, bytes_max);
    ended_ = closed_ && group.empty();
    return !ended_;
}

void CommitQueue::take_now(Group& group, std::size_t count_max) {
    group.clear();
    const std::scoped_lock lock(mutex_);
    take_locked(group, count_max, std::numeric_limits<std::size_t>::max());
}

void CommitQueue::take_locked(Group& group, std::size_t count_max, std::size_t bytes_max) {
    if (failing_.empty() && waiting_.size() <= count_max && bytes_ <= bytes_max) {
        std::swap(group, waiting_);
        bytes_ = 0;
        return;
    }
    std::size_t bytes = 0;
    move_out([&](Item& item) {
        if (group.size() >= count_max || bytes >= bytes_max) return false;
        // What is failing stays: its home fetches it (take_failed).
        if (is_failing({item.home, item.slot})) return false;
        bytes += item.batch.bytes();
        group.push_back(std::move(item));
        return true;
    });
    bytes_ -= bytes;
}

/// Takes those items out of the queue for which `goes` is true, once it has moved them away.
template <class Goes>
void CommitQueue::move_out(Goes goes) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
        if (goes(waiting_[i])) continue;
        if (kept != i) waiting_[kept] = std::move(waiting_[i]);
        ++kept;
    }
    waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(kept), waiting_.end());
}

bool CommitQueue::has_takeable() const {
    if (failing_.empty()) return !waiting_.empty();
    return std::ranges::any_of(
        waiting_, [this](const Item& item) { return !is_failing({item.home, item.slot}); });
}

bool CommitQueue::is_failing(const Line& line) const {
    return std::ranges::find(failing_, line) != failing_.end();
}

bool CommitQueue::has_waiting(const Line& line) const {
    return std::ranges::any_of(waiting_, [&](const Item& item) {
        return item.home == line.first && item.slot == line.second;
    });
}

void CommitQueue::finish(Group& group, Result<void> result) {
    struct Home {
        Executor* executor;
        Answers answers = {};
        std::vector<SlotId> failed = {};
    };
    std::vector<Home> homes;  // a handful: one a loop
    std::size_t bytes = 0;
    {
        const std::scoped_lock lock(mutex_);
        for (auto& item : group) {
            bytes += item.batch.bytes();
            auto home = std::ranges::find(homes, item.home, &Home::executor);
            if (home == homes.end()) home = homes.insert(home, Home{item.home});
            Result<void> answer;
            if (item.refused) {
                answer = std::unexpected(Errc::stopping);
            } else if (!result) {
                // An empty batch fails only behind one that had something to lose.
                const Line line(item.home, item.slot);
                if (!item.batch.empty() && !is_failing(line)) {
                    failing_.push_back(line);
                    home->failed.push_back(item.slot);
                }
                if (is_failing(line)) answer = result;
            }
            home->answers.push_back({item.slot, std::move(item.done), answer});
        }
    }
    waiting_bytes_.fetch_sub(bytes, std::memory_order_relaxed);
    group.clear();
    for (auto& [executor, answers, failed] : homes) {
        if (failed.empty()) {
            executor->post([told = std::move(answers)]() mutable {
                for (auto& each : told) each.done(each.result);
            });
        } else {
            executor->post([self = shared_from_this(),
                            home = executor,
                            slots = std::move(failed),
                            told = std::move(answers)]() mutable {
                self->tell_failure(*home, std::move(slots), std::move(told));
            });
        }
    }
}

void CommitQueue::tell_failure(Executor& home, std::vector<SlotId> failed, Answers answers) {
    take_failed(home, failed, answers);
    std::unordered_map<SlotId, std::size_t> last_of;
    for (std::size_t i = 0; i < answers.size(); ++i) last_of[answers[i].slot] = i;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const Line line(&home, answers[i].slot);
        if (last_of[line.second] == i && std::ranges::count(failed, line.second) != 0) {
            // With this answer the home knows of all, unless it has handed in more by now.
            const std::scoped_lock lock(mutex_);
            if (!has_waiting(line)) std::erase(failing_, line);
        }
        answers[i].done(answers[i].result);
    }
    {
        const std::scoped_lock lock(mutex_);
        std::erase_if(failed, [&](SlotId slot) { return !is_failing({&home, slot}); });
    }
    if (failed.empty()) return;
    home.post([self = shared_from_this(), &home, slots = std::move(failed)]() mutable {
        self->tell_failure(home, std::move(slots), {});
    });
}

void CommitQueue::take_failed(Executor& home, const std::vector<SlotId>& failed, Answers& answers) {
    std::size_t bytes = 0;
    {
        const std::scoped_lock lock(mutex_);
        move_out([&](Item& item) {
            if (item.home != &home || std::ranges::count(failed, item.slot) == 0) return false;
            bytes += item.batch.bytes();
            const Errc why = item.refused ? Errc::stopping : Errc::store_unavailable;
            answers.push_back({item.slot, std::move(item.done), std::unexpected(why)});
            return true;
        });
        bytes_ -= bytes;
    }
    waiting_bytes_.fetch_sub(bytes, std::memory_order_relaxed);
}

}  // namespace fenshen::storage::detail
