// SPDX-License-Identifier: Apache-2.0
#include "base/base64.h"

#include <array>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <tmmintrin.h>
#endif

namespace fenshen {
namespace {

constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Two characters for each 12 bits: half the look-ups of the plain alphabet.
constexpr auto pairs = [] {
    std::array<char, 4096UZ * 2> table{};
    for (std::size_t i = 0; i < 4096; ++i) {
        table[2 * i] = alphabet[i >> 6U];
        table[2 * i + 1] = alphabet[i & 63U];
    }
    return table;
}();

constexpr std::uint8_t no_digit = 0xFF;
constexpr auto digits = [] {
    std::array<std::uint8_t, 256> table{};
    table.fill(no_digit);
    for (std::uint8_t i = 0; i < 64; ++i) table[static_cast<std::uint8_t>(alphabet[i])] = i;
    return table;
}();

std::uint8_t digit_of(char c) {
    return digits[static_cast<std::uint8_t>(c)];
}

void write_pair(char* out, std::uint32_t bits) {
    std::memcpy(out, &pairs[bits * 2UZ], 2);
}

void write_three(char* out, std::uint32_t bits) {
    out[0] = static_cast<char>(bits >> 16U);
    out[1] = static_cast<char>(bits >> 8U);
    out[2] = static_cast<char>(bits);
}

#if defined(__x86_64__)

/// Twelve bytes to sixteen characters at a time; answers how many bytes it has taken. Every message
/// to an encrypted session passes here three times its length: the table above was a tenth of the
/// cost of such a message.
[[gnu::target("ssse3")]] std::size_t write_by_twelve(char* out, BytesView plain) {
    // b0 b1 b2 of each three bytes become the lanes b1 b0 b2 b1, in which every digit lies within
    // one 16-bit half.
    const __m128i spread = _mm_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10);
    // What is to be added to a digit to make it a character, by class: 0 for a-z, 1 to 10 for the
    // decimal digits, 11 and 12 for the two signs, 13 for A-Z.
    constexpr char small = 'a' - 26;
    constexpr char decimal = '0' - 52;
    const __m128i offsets = _mm_setr_epi8(small,
                                          decimal,
                                          decimal,
                                          decimal,
                                          decimal,
                                          decimal,
                                          decimal,
                                          decimal,
                                          decimal,
                                          decimal,
                                          decimal,
                                          '+' - 62,
                                          '/' - 63,
                                          'A',
                                          0,
                                          0);
    std::size_t at = 0;
    for (; plain.size() - at >= 16; at += 12, out += 16) {  // a load reads four bytes beyond
        __m128i in;
        std::memcpy(&in, plain.data() + at, sizeof(in));
        in = _mm_shuffle_epi8(in, spread);
        // Multiplying shifts each half by an amount of its own.
        const __m128i even = _mm_mulhi_epu16(_mm_and_si128(in, _mm_set1_epi32(0x0FC0FC00)),
                                             _mm_set1_epi32(0x04000040));
        const __m128i odd = _mm_mullo_epi16(_mm_and_si128(in, _mm_set1_epi32(0x003F03F0)),
                                            _mm_set1_epi32(0x01000010));
        const __m128i digit = _mm_or_si128(even, odd);
        const __m128i is_capital = _mm_cmpgt_epi8(_mm_set1_epi8(26), digit);
        const __m128i digit_class = _mm_or_si128(_mm_subs_epu8(digit, _mm_set1_epi8(51)),
                                                 _mm_and_si128(is_capital, _mm_set1_epi8(13)));
        const __m128i text = _mm_add_epi8(digit, _mm_shuffle_epi8(offsets, digit_class));
        std::memcpy(out, &text, sizeof(text));
    }
    return at;
}

bool has_ssse3() {
    static const bool found = __builtin_cpu_supports("ssse3") != 0;
    return found;
}

#endif

/// Whole groups of four digits from the front, without padding or line breaks; answers how many
/// characters they were.
std::size_t read_plain_groups(char*& out, BytesView text) {
    std::size_t at = 0;
    while (text.size() - at >= 4) {
        const std::uint32_t a = digit_of(text[at]);
        const std::uint32_t b = digit_of(text[at + 1]);
        const std::uint32_t c = digit_of(text[at + 2]);
        const std::uint32_t d = digit_of(text[at + 3]);
        if ((a | b | c | d) == no_digit) break;
        write_three(out, (a << 18U) | (b << 12U) | (c << 6U) | d);
        out += 3;
        at += 4;
    }
    return at;
}

/// The rest, one character at a time. False when it isn't base64.
bool read_carefully(char*& out, BytesView text) {
    std::uint32_t bits = 0;
    unsigned held = 0;     // digits in `bits`
    unsigned padding = 0;  // '=' seen
    for (const char c : text) {
        if (c == '\r' || c == '\n') continue;
        if (c == '=') {
            if (held < 2 || held + padding >= 4) return false;
            ++padding;
            continue;
        }
        const std::uint8_t digit = digit_of(c);
        if (digit == no_digit || padding != 0) return false;
        bits = (bits << 6U) | digit;
        if (++held == 4) {
            write_three(out, bits);
            out += 3;
            bits = 0;
            held = 0;
        }
    }
    if (held == 0) return padding == 0;
    if (held + padding != 4) return false;
    bits <<= 6U * padding;
    for (unsigned i = 0; i + 1 < held; ++i) {
        *out++ = static_cast<char>(bits >> (16U - 8U * i));
    }
    return true;
}

}  // namespace

void write_base64(char* out, BytesView plain) {
    std::size_t at = 0;
#if defined(__x86_64__)
    if (has_ssse3()) at = write_by_twelve(out, plain);
    out += at / 3 * 4;
#endif
    for (; plain.size() - at >= 3; at += 3) {
        const std::uint32_t bits = (std::uint32_t{byte_at(plain, at)} << 16U) |
                                   (std::uint32_t{byte_at(plain, at + 1)} << 8U) |
                                   byte_at(plain, at + 2);
        write_pair(out, bits >> 12U);
        write_pair(out + 2, bits & 0xFFFU);
        out += 4;
    }
    const std::size_t left = plain.size() - at;
    if (left == 0) return;
    const std::uint32_t bits = (std::uint32_t{byte_at(plain, at)} << 16U) |
                               (left == 2 ? std::uint32_t{byte_at(plain, at + 1)} << 8U : 0U);
    write_pair(out, bits >> 12U);
    out[2] = left == 2 ? alphabet[(bits >> 6U) & 63U] : '=';
    out[3] = '=';
}

void append_base64(Bytes& out, BytesView plain) {
    const std::size_t start = out.size();
    out.resize(start + base64_bytes(plain.size()));
    write_base64(out.data() + start, plain);
}

bool append_from_base64(Bytes& out, BytesView text) {
    const std::size_t start = out.size();
    out.resize(start + text.size() / 4 * 3);
    char* at = out.data() + start;
    const std::size_t plain = read_plain_groups(at, text);
    if (!read_carefully(at, text.substr(plain))) {
        out.resize(start);
        return false;
    }
    out.resize(static_cast<std::size_t>(at - out.data()));
    return true;
}

Bytes to_base64url(BytesView plain) {
    Bytes text;
    append_base64(text, plain);
    while (text.ends_with('=')) text.pop_back();
    for (char& c : text) {
        if (c == '+') c = '-';
        if (c == '/') c = '_';
    }
    return text;
}

}  // namespace fenshen
