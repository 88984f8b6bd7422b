// SPDX-License-Identifier: Apache-2.0
#include "app/config/detail/raw.h"

#include <array>

#include "app/config/values.h"

namespace fenshen::config::detail {
namespace {

const EnvText* env_of(const Raw& raw) {
    return std::get_if<EnvText>(&raw);
}

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::vector<std::string> split_at_commas(std::string_view text) {
    std::vector<std::string> items;
    while (!trimmed(text).empty()) {
        const auto comma = text.find(',');
        items.emplace_back(trimmed(text.substr(0, comma)));
        text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    }
    return items;
}

struct Shown {
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(std::int64_t value) const { return std::to_string(value); }
    std::string operator()(const std::string& value) const { return toml_text(value); }
    std::string operator()(const EnvText& value) const { return toml_text(value.text); }
    std::string operator()(const std::vector<std::string>& value) const { return toml_of(value); }
    std::string operator()(const RawTable& value) const {
        std::string text;
        for (const auto& [name, number] : value.rows) {
            text += (text.empty() ? "" : ", ") + name + " = " + std::to_string(number);
        }
        return "{ " + text + " }";
    }
    std::string operator()(const RawOther& value) const { return value.text; }
};

}  // namespace

std::string shown(const Raw& raw) {
    constexpr std::size_t bytes_max = 60;
    std::string text = std::visit(Shown{}, raw);
    if (text.size() > bytes_max) {
        std::size_t end = bytes_max;
        // Not in the middle of a character.
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
        text.resize(end);
        text += "...";
    }
    return text;
}

std::string toml_text(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\t') {
            out += "\\t";
        } else if (byte < 0x20 || byte == 0x7f) {
            out += "\\u00";
            out += digits[byte >> 4U];
            out += digits[byte & 15U];
        } else {
            out += c;
        }
    }
    return out + '"';
}

std::optional<bool> bool_of(const Raw& raw) {
    if (const auto* value = std::get_if<bool>(&raw)) return *value;
    const EnvText* env = env_of(raw);
    if (env == nullptr) return std::nullopt;
    for (const std::string_view yes : {"true", "1", "yes", "on"}) {
        if (env->text == yes) return true;
    }
    for (const std::string_view no : {"false", "0", "no", "off"}) {
        if (env->text == no) return false;
    }
    return std::nullopt;
}

std::optional<std::int64_t> integer_of(const Raw& raw) {
    if (const auto* value = std::get_if<std::int64_t>(&raw)) return *value;
    const EnvText* env = env_of(raw);
    return env != nullptr ? parse_number<std::int64_t>(env->text) : std::nullopt;
}

std::optional<std::string> text_of_raw(const Raw& raw) {
    if (const auto* value = std::get_if<std::string>(&raw)) return *value;
    const EnvText* env = env_of(raw);
    return env != nullptr ? std::optional(env->text) : std::nullopt;
}

std::optional<std::string> text_or_number_of(const Raw& raw) {
    if (const auto* value = std::get_if<std::int64_t>(&raw)) return std::to_string(*value);
    return text_of_raw(raw);
}

std::optional<std::vector<std::string>> list_of(const Raw& raw) {
    if (const auto* value = std::get_if<std::vector<std::string>>(&raw)) return *value;
    const EnvText* env = env_of(raw);
    return env != nullptr ? std::optional(split_at_commas(env->text)) : std::nullopt;
}

std::optional<std::map<std::string, std::uint32_t>> table_of(const Raw& raw) {
    std::map<std::string, std::uint32_t> table;
    if (const auto* value = std::get_if<RawTable>(&raw)) {
        for (const auto& [name, number] : value->rows) {
            if (!std::in_range<std::uint32_t>(number)) return std::nullopt;
            table[name] = static_cast<std::uint32_t>(number);
        }
        return table;
    }
    const EnvText* env = env_of(raw);
    if (env == nullptr) return std::nullopt;
    for (const std::string& item : split_at_commas(env->text)) {
        const auto equals = item.find('=');
        if (equals == std::string::npos) return std::nullopt;
        const auto number =
            parse_number<std::uint32_t>(trimmed(std::string_view(item).substr(equals + 1)));
        if (!number) return std::nullopt;
        table[std::string(trimmed(std::string_view(item).substr(0, equals)))] = *number;
    }
    return table;
}

}  // namespace fenshen::config::detail
