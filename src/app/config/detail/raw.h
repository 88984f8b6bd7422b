// SPDX-License-Identifier: Apache-2.0
// A value as it was written, in the file or in the environment, before a key says what it should
// be; and how values of each type are read from it and written as TOML.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/field.h"
#include "base/secret.h"

namespace fenshen::config::detail {

/// From the environment: it is text whatever the key wants.
struct EnvText {
    std::string text;
};
struct RawTable {
    std::vector<std::pair<std::string, std::int64_t>> rows;
};
/// A kind of value that no key takes; its text is for the problem.
struct RawOther {
    std::string text;
};
using Raw = std::
    variant<bool, std::int64_t, std::string, EnvText, std::vector<std::string>, RawTable, RawOther>;

/// For problems: as it was written, cut at 60 bytes.
std::string shown(const Raw& raw);

/// A TOML basic string, with quotes.
std::string toml_text(std::string_view text);

std::optional<bool> bool_of(const Raw& raw);
std::optional<std::int64_t> integer_of(const Raw& raw);
std::optional<std::string> text_of_raw(const Raw& raw);
/// Text, or a number as its digits: for values that are read from text.
std::optional<std::string> text_or_number_of(const Raw& raw);
std::optional<std::vector<std::string>> list_of(const Raw& raw);
std::optional<std::map<std::string, std::uint32_t>> table_of(const Raw& raw);

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsList : std::false_type {};
template <class T>
struct IsList<std::vector<T>> : std::true_type {};

using Limits = std::map<std::string, std::uint32_t>;

/// None: it is not of this type. Ranges that the type itself has are checked here.
template <class T>
std::optional<T> value_of(const Raw& raw) {
    if constexpr (std::same_as<T, bool>) {
        return bool_of(raw);
    } else if constexpr (std::integral<T>) {
        const auto number = integer_of(raw);
        if (!number || !std::in_range<T>(*number)) return std::nullopt;
        return static_cast<T>(*number);
    } else if constexpr (std::same_as<T, std::string>) {
        return text_of_raw(raw);
    } else if constexpr (std::same_as<T, Secret>) {
        auto text = text_of_raw(raw);
        if (!text) return std::nullopt;
        return Secret(std::move(*text));
    } else if constexpr (std::same_as<T, Millis>) {
        const auto text = text_or_number_of(raw);
        return text ? parse_duration(*text) : std::nullopt;
    } else if constexpr (NamedEnum<T>) {
        const auto text = text_of_raw(raw);
        for (std::size_t i = 0; text && i < EnumNames<T>::names.size(); ++i) {
            if (*text == EnumNames<T>::names[i]) return static_cast<T>(i);
        }
        return std::nullopt;
    } else if constexpr (TextValue<T>) {
        const auto text = text_or_number_of(raw);
        if (!text) return std::nullopt;
        auto value = T::parse(*text);
        if (!value) return std::nullopt;
        return *std::move(value);
    } else if constexpr (std::same_as<T, Limits>) {
        return table_of(raw);
    } else {
        static_assert(IsList<T>::value, "a field of a type that no configuration knows");
        const auto list = list_of(raw);
        if (!list) return std::nullopt;
        T values;
        for (const std::string& text : *list) {
            auto value = value_of<typename T::value_type>(Raw{text});
            if (!value) return std::nullopt;
            values.push_back(*std::move(value));
        }
        return values;
    }
}

/// As it stands behind the `=`.
template <class T>
std::string toml_of(const T& value) {
    if constexpr (std::same_as<T, bool>) {
        return value ? "true" : "false";
    } else if constexpr (std::integral<T>) {
        return std::to_string(value);
    } else if constexpr (std::same_as<T, std::string>) {
        return toml_text(value);
    } else if constexpr (std::same_as<T, Secret>) {
        return toml_text("");
    } else if constexpr (std::same_as<T, Millis>) {
        return toml_text(text_of(value));
    } else if constexpr (NamedEnum<T>) {
        return toml_text(EnumNames<T>::names[static_cast<std::size_t>(value)]);
    } else if constexpr (TextValue<T>) {
        const std::string text = value.text();
        const bool is_number = text.find_first_not_of("0123456789") == std::string::npos;
        return is_number ? text : toml_text(text);
    } else if constexpr (std::same_as<T, Limits>) {
        std::string text;
        for (const auto& [name, number] : value) {
            text += (text.empty() ? "" : ", ") + name + " = " + std::to_string(number);
        }
        return text.empty() ? "{}" : "{ " + text + " }";
    } else {
        std::string text;
        for (const auto& item : value) text += (text.empty() ? "" : ", ") + toml_of(item);
        return "[" + text + "]";
    }
}

/// For people, of a type without limits of its own.
template <class T>
std::string takes_of() {
    if constexpr (std::same_as<T, bool>) {
        return "true or false";
    } else if constexpr (std::integral<T>) {
        return "a whole number";
    } else if constexpr (std::same_as<T, std::string> || std::same_as<T, Secret>) {
        return "a text";
    } else if constexpr (std::same_as<T, Millis>) {
        return "a duration";
    } else if constexpr (NamedEnum<T>) {
        std::string text;
        for (const std::string_view name : EnumNames<T>::names) {
            text += (text.empty() ? "" : ", ") + toml_text(name);
        }
        if (const auto last = text.rfind(", "); last != std::string::npos) {
            text.replace(last, 2, " or ");
        }
        return text;
    } else if constexpr (TextValue<T>) {
        return std::string(T::takes);
    } else if constexpr (std::same_as<T, Limits>) {
        return "a table of numbers";
    } else {
        return "a list; each of it " + takes_of<typename T::value_type>();
    }
}

}  // namespace fenshen::config::detail
