// SPDX-License-Identifier: Apache-2.0
#include "runtime/pool.h"

#include <pthread.h>

namespace fenshen::runtime {

Pool::Pool(std::size_t threads) {
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

Pool::~Pool() {
    stop();
}

void Pool::post(Work work) {
    {
        const std::scoped_lock lock(mutex_);
        if (stopping_) return;
        queue_.push_back(std::move(work));
    }
    something_.notify_one();
}

void Pool::stop() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    something_.notify_all();
    for (auto& thread : threads_) {
        if (thread.joinable()) thread.join();
    }
}

std::size_t Pool::waiting() const {
    const std::scoped_lock lock(mutex_);
    return queue_.size();
}

void Pool::run() {
    pthread_setname_np(pthread_self(), "pool");
    std::unique_lock lock(mutex_);
    for (;;) {
        something_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
        if (queue_.empty()) return;
        Work work = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        work();
        lock.lock();
    }
}

}  // namespace fenshen::runtime
