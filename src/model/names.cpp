// SPDX-License-Identifier: Apache-2.0
#include "model/names.h"

#include <zlib.h>

#include <algorithm>
#include <cstdint>

namespace fenshen {

namespace {

std::uint32_t crc32_of(std::string_view text) {
    return static_cast<std::uint32_t>(
        crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size())));
}

bool has_control_character(std::string_view name) {
    return std::ranges::any_of(
        name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

bool is_clean_name(std::string_view name) {
    return is_showable_name(name) && !is_blank(name) && !has_reserved_character(name);
}

}  // namespace

bool has_reserved_character(std::string_view name) {
    return name.find_first_of("@#&") != std::string_view::npos;
}

bool is_blank(std::string_view name) {
    return name.find_first_not_of(" \t\r\n\v\f") == std::string_view::npos;
}

bool is_showable_name(std::string_view name) {
    return name.size() <= name_bytes_max && !has_control_character(name) && is_valid_utf8(name);
}

bool is_usable_uid(std::string_view uid) {
    return is_clean_name(uid) && uid != system_uid;
}

bool is_usable_channel_id(std::string_view id) {
    return is_clean_name(id) && !id.ends_with(command_suffix);
}

bool is_valid_utf8(std::string_view text) {
    std::size_t i = 0;
    while (i < text.size()) {
        const auto lead = static_cast<unsigned char>(text[i]);
        if (lead < 0x80) {
            ++i;
            continue;
        }
        std::size_t more = 0;
        std::uint32_t code = 0;
        std::uint32_t least = 0;
        if ((lead & 0xE0U) == 0xC0) {
            more = 1, code = lead & 0x1FU, least = 0x80;
        } else if ((lead & 0xF0U) == 0xE0) {
            more = 2, code = lead & 0x0FU, least = 0x800;
        } else if ((lead & 0xF8U) == 0xF0) {
            more = 3, code = lead & 0x07U, least = 0x10000;
        } else {
            return false;
        }
        if (text.size() - i <= more) return false;
        for (std::size_t k = 1; k <= more; ++k) {
            const auto next = static_cast<unsigned char>(text[i + k]);
            if ((next & 0xC0U) != 0x80) return false;
            code = (code << 6U) | (next & 0x3FU);
        }
        const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
        if (code < least || code > 0x10FFFF || surrogate) return false;
        i += more + 1;
    }
    return true;
}

std::string person_channel_id(std::string_view a, std::string_view b) {
    const auto hash_a = crc32_of(a);
    const auto hash_b = crc32_of(b);
    const bool a_first = hash_a != hash_b ? hash_a > hash_b : a > b;
    std::string id;
    id.reserve(a.size() + b.size() + 1);
    id.append(a_first ? a : b).append(1, '@').append(a_first ? b : a);
    return id;
}

PersonPair split_person_id(std::string_view combined) {
    const auto at = combined.find('@');
    if (at == std::string_view::npos) return {};
    return {combined.substr(0, at), combined.substr(at + 1)};
}

bool is_command_channel(const ChannelKey& key) {
    return key.id.ends_with(command_suffix);
}

ChannelKey command_channel_of(const ChannelKey& key) {
    if (is_command_channel(key)) return key;
    return {key.type, key.id + std::string(command_suffix)};
}

std::string_view plain_id_of(const ChannelKey& key) {
    std::string_view id = key.id;
    if (is_command_channel(key)) id.remove_suffix(command_suffix.size());
    return id;
}

ChannelKey plain_channel_of(const ChannelKey& key) {
    return {key.type, std::string(plain_id_of(key))};
}

}  // namespace fenshen
