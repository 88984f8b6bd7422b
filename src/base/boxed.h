// SPDX-License-Identifier: Apache-2.0
// Something that most owners do not have, kept apart from them: absent it costs a pointer, where an
// std::optional costs all of it.
#pragma once

#include <memory>
#include <optional>
#include <utility>

namespace fenshen {

template <class T>
class Boxed {
public:
    Boxed() = default;
    Boxed& operator=(T value) {
        value_ = std::make_unique<T>(std::move(value));
        return *this;
    }
    Boxed& operator=(std::optional<T> value) {
        if (!value) {
            reset();
            return *this;
        }
        return *this = std::move(*value);
    }
    void reset() { value_.reset(); }

    explicit operator bool() const { return value_ != nullptr; }
    /// Precondition, here and below: there is one.
    const T& operator*() const { return *value_; }
    const T* operator->() const { return value_.get(); }
    const T* get() const { return value_.get(); }  ///< null: there is none
    std::optional<T> copy() const { return value_ ? std::optional<T>(*value_) : std::nullopt; }

private:
    std::unique_ptr<T> value_;
};

}  // namespace fenshen
