// SPDX-License-Identifier: Apache-2.0
// Task<T>: a lazy coroutine that knows no executor. Services are written with it, so they need no
// Asio (compile time), and run under the simulation's scheduler as they run on a loop. Which thread
// continues a coroutine is decided by what it awaits (runtime/loop.h). Mind g++ 12
// (CONTRIBUTING.md): no temporaries with destructors in an expression that holds a co_await; name
// the thing first.
#pragma once

#include <cassert>
#include <coroutine>
#include <exception>
#include <optional>
#include <utility>
#include <variant>

namespace fenshen {

template <class T>
class Task;

namespace detail {

struct FinalAwaiter {
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> done) const noexcept {
        auto next = done.promise().continuation;
        return next ? next : std::noop_coroutine();
    }
    void await_resume() const noexcept {}
};

struct PromiseBase {
    std::coroutine_handle<> continuation;
    std::suspend_always initial_suspend() const noexcept { return {}; }
    FinalAwaiter final_suspend() const noexcept { return {}; }
};

template <class T>
struct TaskPromise : PromiseBase {
    std::variant<std::monostate, T, std::exception_ptr> outcome;
    Task<T> get_return_object();
    template <class U>
    void return_value(U&& value) {
        outcome.template emplace<1>(std::forward<U>(value));
    }
    void unhandled_exception() { outcome.template emplace<2>(std::current_exception()); }
    T take() {
        if (outcome.index() == 2) std::rethrow_exception(std::get<2>(outcome));
        return std::move(std::get<1>(outcome));
    }
};

template <>
struct TaskPromise<void> : PromiseBase {
    std::exception_ptr failure;
    Task<void> get_return_object();
    void return_void() const noexcept {}
    void unhandled_exception() { failure = std::current_exception(); }
    void take() const {
        if (failure) std::rethrow_exception(failure);
    }
};

}  // namespace detail

template <class T>
class [[nodiscard]] Task {
public:
    using promise_type = detail::TaskPromise<T>;
    using Handle = std::coroutine_handle<promise_type>;

    explicit Task(Handle handle) : handle_(handle) {}
    Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
    Task& operator=(Task&&) = delete;
    ~Task() {
        if (handle_) handle_.destroy();
    }

    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiter) noexcept {
        handle_.promise().continuation = waiter;
        return handle_;
    }
    T await_resume() { return handle_.promise().take(); }

private:
    Handle handle_;
};

namespace detail {

template <class T>
Task<T> TaskPromise<T>::get_return_object() {
    return Task<T>(std::coroutine_handle<TaskPromise<T>>::from_promise(*this));
}
inline Task<void> TaskPromise<void>::get_return_object() {
    return Task<void>(std::coroutine_handle<TaskPromise<void>>::from_promise(*this));
}

/// The root of a chain of tasks: owns itself, ends with the process if an exception reaches it.
struct Detached {
    struct promise_type {
        Detached get_return_object() const noexcept { return {}; }
        std::suspend_never initial_suspend() const noexcept { return {}; }
        std::suspend_never final_suspend() const noexcept { return {}; }
        void return_void() const noexcept {}
        [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
    };
};

template <class T, class Done>
Detached run_detached(Task<T> task, Done done) {
    if constexpr (std::is_void_v<T>) {
        co_await task;
        done();
    } else {
        auto outcome = co_await task;
        done(std::move(outcome));
    }
}

}  // namespace detail

/// Starts `task` on this thread; `done` is called with its outcome, on whichever thread it ends.
template <class T, class Done>
void start(Task<T> task, Done done) {
    detail::run_detached(std::move(task), std::move(done));
}

}  // namespace fenshen
