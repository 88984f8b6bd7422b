// SPDX-License-Identifier: Apache-2.0
// How a module declares its options: a struct with defaults, and beside it fields() with the name,
// the meaning, the limits and the unit of each. The configuration reads, checks, prints and
// explains them by walking fields(); no module knows how.
//
//     struct GatewayConfig {
//         Millis idle_max{180'000};
//         static constexpr auto fields() {
//             return std::tuple{Field{"idle_max", &GatewayConfig::idle_max,
//                                     "Silence that closes a connection.", Between{10s, 24h}}};
//         }
//     };
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/duration.h"

namespace fenshen {

namespace detail {
template <class T>
std::string bound_text(const T& bound) {
    if constexpr (std::integral<T>) {
        return std::to_string(bound);
    } else {
        return text_of(std::chrono::duration_cast<Millis>(bound));
    }
}
template <class A, class B>
constexpr bool is_less(const A& a, const B& b) {
    if constexpr (std::integral<A> && std::integral<B>) {
        return std::cmp_less(a, b);
    } else {
        return a < b;
    }
}
}  // namespace detail

// A limit answers whether it holds for a value, and says so for people; an empty sentence means
// that the type of the value says enough.

struct NoLimit {
    template <class T>
    constexpr bool holds(const T&) const {
        return true;
    }
    std::string says() const { return {}; }
};

/// Both ends belong to it.
template <class Min, class Max>
struct Between {
    Min min;
    Max max;
    template <class T>
    constexpr bool holds(const T& value) const {
        return !detail::is_less(value, min) && !detail::is_less(max, value);
    }
    std::string says() const { return detail::bound_text(min) + " to " + detail::bound_text(max); }
};
template <class Min, class Max>
Between(Min, Max) -> Between<Min, Max>;

struct NotEmpty {
    template <class T>
    constexpr bool holds(const T& value) const {
        return !value.empty();
    }
    std::string says() const { return "a text that is not empty"; }
};

template <class Owner, class Member, class Limit = NoLimit>
struct Field {
    constexpr Field(std::string_view field_name,
                    Member Owner::* field_member,
                    std::string_view field_help,
                    Limit field_limit = {},
                    std::string_view field_unit = {})
        : name(field_name),
          member(field_member),
          help(field_help),
          limit(field_limit),
          unit(field_unit) {}

    std::string_view name;
    Member Owner::* member;
    std::string_view help;  ///< a sentence or two, for the operator
    Limit limit;
    std::string_view unit;  ///< "bytes"; durations need none
};

/// The texts of an enumeration's values, in their order from 0. Specialise it beside the enum:
///     template <> struct EnumNames<Colour> { static constexpr std::array names{"red", "blue"}; };
template <class E>
struct EnumNames;

template <class E>
concept NamedEnum = requires { EnumNames<E>::names.size(); };

/// A type of its own that reads and writes itself as text: an address, a port.
template <class T>
concept TextValue = requires(const T& value, std::string_view text) {
    { T::parse(text) } -> std::same_as<std::expected<T, std::string>>;
    { value.text() } -> std::same_as<std::string>;
    { T::takes } -> std::convertible_to<std::string_view>;
};

/// Calls `visit(field)` for each field of Options.
template <class Options, class Visit>
constexpr void for_each_field(Visit&& visit) {
    std::apply([&visit](const auto&... field) { (visit(field), ...); }, Options::fields());
}

}  // namespace fenshen
