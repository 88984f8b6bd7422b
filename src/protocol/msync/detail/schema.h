// SPDX-License-Identifier: Apache-2.0
// How a struct says which of its members is which protobuf field. Reading, writing, measuring, and
// the test that holds it all to msync.proto, walk these lists; no message has code of its own.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <vector>

#include "protocol/msync/detail/proto_reader.h"

namespace fenshen::msync::detail {

/// A text that can be a template argument.
template <std::size_t size>
struct Name {
    constexpr Name(const char (&literal)[size]) { std::copy_n(literal, size, text); }
    constexpr std::string_view view() const { return {text, size - 1}; }
    char text[size]{};
};

/// What the type alone does not say.
enum class Form : std::uint8_t {
    plain,   ///< a std::string_view is a text, a vector is written unpacked
    raw,     ///< a BytesView: no text, or a message left as it is
    packed,  ///< a vector of numbers is written packed; both ways are read
};

template <class T>
struct MemberOf;
template <class T, class M>
struct MemberOf<M T::*> {
    using type = M;
};
template <auto member>
using MemberType = typename MemberOf<decltype(member)>::type;

/// `name` is the one of msync.proto; `member` a std::optional or a std::vector.
template <Name name, std::uint32_t number, auto member, Form form = Form::plain>
struct Field {};

template <Name field_name, std::uint32_t field_number>
struct Alternative {
    static constexpr std::string_view name = field_name.view();
    static constexpr std::uint32_t number = field_number;
};

/// A oneof: `member` is a std::variant whose alternatives, but for the first, which is "none",
/// stand in the order of the list.
template <auto member, class... Alternatives>
struct Choice {};

template <class... Fields>
struct FieldList {};

template <class T>
struct Schema;

template <class T>
concept HasSchema = requires { typename Schema<T>::Fields; };

template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;

template <class T>
constexpr WireType wire_type_of() {
    if constexpr (std::is_same_v<T, float>) {
        return WireType::fixed32;
    } else if constexpr (std::is_same_v<T, double>) {
        return WireType::fixed64;
    } else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
        return WireType::varint;
    } else {
        return WireType::bytes;
    }
}

}  // namespace fenshen::msync::detail
