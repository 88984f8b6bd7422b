// SPDX-License-Identifier: Apache-2.0
#include "protocol/msync/jid.h"

#include <algorithm>

namespace fenshen::msync {
namespace {

constexpr bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
constexpr bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}
constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr char folded(char c) {
    return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr bool is_user_id_character(char c) {
    return is_lower(c) || is_digit(c) || c == '_' || c == '-' || c == '.';
}
constexpr bool is_name_character(char c) {
    return is_user_id_character(folded(c));
}

bool is_within(std::string_view text, std::size_t bytes_max) {
    return !text.empty() && text.size() <= bytes_max;
}

bool is_name(std::string_view text) {
    return is_within(text, user_id_bytes_max) && std::ranges::all_of(text, is_name_character);
}

bool is_domain(std::string_view text) {
    return is_name(text) && text.find('_') == text.npos;
}

/// How many bytes of `text` are the app key; 0 when there is none, npos when it has no end.
std::size_t app_key_size(std::string_view text, std::string_view expected) {
    if (!expected.empty() && text.starts_with(expected) &&
        text.substr(expected.size()).starts_with('_')) {
        return expected.size();
    }
    const auto hash = text.find('#');
    if (hash == text.npos) return 0;
    return text.find('_', hash);
}

}  // namespace

bool is_user_id(std::string_view text) {
    return is_within(text, user_id_bytes_max) && std::ranges::all_of(text, is_user_id_character);
}

std::optional<std::string> to_user_id(std::string_view text) {
    if (!is_name(text)) return std::nullopt;
    std::string id(text);
    std::ranges::transform(id, id.begin(), folded);
    return id;
}

bool is_app_key(std::string_view text) {
    if (!is_within(text, app_key_bytes_max)) return false;
    const auto hash = text.find('#');
    if (hash == text.npos || hash == 0 || hash + 1 == text.size()) return false;
    return std::ranges::all_of(text.substr(0, hash), is_name_character) &&
           std::ranges::all_of(text.substr(hash + 1), is_name_character);
}

bool is_resource(std::string_view text) {
    const auto is_control = [](char c) { return (c >= 0 && c < 0x20) || c == 0x7F; };
    return is_within(text, resource_bytes_max) && std::ranges::none_of(text, is_control);
}

std::optional<Jid> parse_jid(std::string_view text, std::string_view app_key) {
    Jid jid;
    if (const auto slash = text.find('/'); slash != text.npos) {
        jid.client_resource = text.substr(slash + 1);
        if (!is_resource(*jid.client_resource)) return std::nullopt;
        text = text.substr(0, slash);
    }
    if (const auto at = text.find('@'); at != text.npos) {
        jid.domain = text.substr(at + 1);
        if (!is_domain(*jid.domain)) return std::nullopt;
        text = text.substr(0, at);
    }
    const auto size = app_key_size(text, app_key);
    if (size == text.npos) return std::nullopt;
    if (size > 0) {
        jid.app_key = text.substr(0, size);
        if (!is_app_key(*jid.app_key)) return std::nullopt;
        text = text.substr(size + 1);
    }
    if (!is_name(text)) return std::nullopt;
    jid.name = text;
    return jid;
}

std::string format_jid(const Jid& jid) {
    const auto part = [](const std::optional<std::string_view>& text) {
        return text.value_or(std::string_view{});
    };
    std::string text;
    if (!part(jid.app_key).empty()) text.append(part(jid.app_key)).push_back('_');
    text.append(part(jid.name));
    if (!part(jid.domain).empty()) text.append(1, '@').append(part(jid.domain));
    if (!part(jid.client_resource).empty()) text.append(1, '/').append(part(jid.client_resource));
    return text;
}

}  // namespace fenshen::msync
