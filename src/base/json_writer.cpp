// SPDX-License-Identifier: Apache-2.0
#include "base/json_writer.h"

#include <array>
#include <charconv>
#include <cmath>

#include "base/base64.h"

namespace fenshen {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

/// ASCII that stands in a JSON string as it is.
constexpr auto is_plain = [] {
    std::array<bool, 256> table{};
    for (std::size_t c = 0x20; c < 0x80; ++c) table[c] = c != '"' && c != '\\';
    return table;
}();

/// Bytes of the UTF-8 sequence that starts here; 0 when it isn't a valid one (overlong, a
/// surrogate, above U+10FFFF, cut off). Precondition: the first byte isn't ASCII.
std::size_t sequence_bytes(BytesView text) {
    const std::uint8_t lead = byte_at(text, 0);
    const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return 0;
    std::uint8_t second_min = 0x80;
    std::uint8_t second_max = 0xBF;
    if (lead == 0xE0) second_min = 0xA0;
    if (lead == 0xED) second_max = 0x9F;
    if (lead == 0xF0) second_min = 0x90;
    if (lead == 0xF4) second_max = 0x8F;
    const std::uint8_t second = byte_at(text, 1);
    if (second < second_min || second > second_max) return 0;
    for (std::size_t i = 2; i < size; ++i) {
        if ((byte_at(text, i) & 0xC0U) != 0x80U) return 0;
    }
    return size;
}

void append_escape(Bytes& out, char c) {
    switch (c) {
        case '"':
            out.append("\\\"");
            return;
        case '\\':
            out.append("\\\\");
            return;
        case '\n':
            out.append("\\n");
            return;
        case '\r':
            out.append("\\r");
            return;
        case '\t':
            out.append("\\t");
            return;
        default:
            break;
    }
    constexpr char digits[] = "0123456789abcdef";
    const auto code = static_cast<unsigned char>(c);
    out.append("\\u00");
    out.push_back(digits[code >> 4U]);
    out.push_back(digits[code & 15U]);
}

template <class T>
void append_number(Bytes& out, T value) {
    char text[32];
    const auto [end, error] = std::to_chars(text, text + sizeof(text), value);
    out.append(text, end);
}

}  // namespace

void append_json_string(Bytes& out, std::string_view text) {
    out.push_back('"');
    std::size_t at = 0;
    while (at < text.size()) {
        std::size_t clean = at;
        while (clean < text.size() && is_plain[byte_at(text, clean)]) ++clean;
        out.append(text, at, clean - at);
        at = clean;
        if (at == text.size()) break;
        if (byte_at(text, at) < 0x80) {
            append_escape(out, text[at]);
            ++at;
            continue;
        }
        const std::size_t size = sequence_bytes(text.substr(at));
        out.append(size == 0 ? replacement : text.substr(at, size));
        at += size == 0 ? 1 : size;
    }
    out.push_back('"');
}

void JsonWriter::separate() {
    if (needs_comma_) out_.push_back(',');
    needs_comma_ = true;
}

JsonWriter& JsonWriter::open(char bracket) {
    separate();
    out_.push_back(bracket);
    needs_comma_ = false;
    return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
    out_.push_back(bracket);
    needs_comma_ = true;
    return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
    separate();
    append_json_string(out_, name);
    out_.push_back(':');
    needs_comma_ = false;
    return *this;
}

JsonWriter& JsonWriter::string(std::string_view text) {
    separate();
    append_json_string(out_, text);
    return *this;
}

JsonWriter& JsonWriter::signed_number(std::int64_t value) {
    separate();
    append_number(out_, value);
    return *this;
}

JsonWriter& JsonWriter::unsigned_number(std::uint64_t value) {
    separate();
    append_number(out_, value);
    return *this;
}

JsonWriter& JsonWriter::number(double value) {
    if (!std::isfinite(value)) return null();
    separate();
    append_number(out_, value);
    return *this;
}

JsonWriter& JsonWriter::raw(std::string_view json) {
    separate();
    out_.append(json);
    return *this;
}

JsonWriter& JsonWriter::base64(BytesView bytes) {
    separate();
    out_.push_back('"');
    append_base64(out_, bytes);
    out_.push_back('"');
    return *this;
}

}  // namespace fenshen
