// SPDX-License-Identifier: Apache-2.0
// A type of its own for every id, so that a Uid where a ChannelId is meant does not compile.
#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <utility>

namespace fenshen {

template <class Tag, class T>
class StrongId {
public:
    using Value = T;

    StrongId() = default;
    explicit StrongId(T value) : value_(std::move(value)) {}

    const T& value() const noexcept { return value_; }

    auto operator<=>(const StrongId&) const = default;

private:
    T value_{};
};

}  // namespace fenshen

template <class Tag, class T>
struct std::hash<fenshen::StrongId<Tag, T>> {
    std::size_t operator()(const fenshen::StrongId<Tag, T>& id) const noexcept {
        return std::hash<T>{}(id.value());
    }
};
