// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "protocol/websocket/detail/http_head.h"
#include "protocol/websocket/handshake.h"

namespace fenshen::ws::detail {

namespace {

constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

BytesView trimmed(BytesView text) {
    constexpr BytesView space = " \t";
    const std::size_t begin = text.find_first_not_of(space);
    if (begin == BytesView::npos) return {};
    return text.substr(begin, text.find_last_not_of(space) + 1 - begin);
}

bool is_token(BytesView text) {
    constexpr BytesView marks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::ranges::all_of(text, [marks](char c) {
        const char small = lower(c);
        return (small >= 'a' && small <= 'z') || (c >= '0' && c <= '9') ||
               marks.find(c) != BytesView::npos;
    });
}

bool is_printable(BytesView text) {
    return std::ranges::all_of(text, [](char c) {
        const auto byte = static_cast<std::uint8_t>(c);
        return byte == '\t' || (byte >= ' ' && byte != 0x7F);
    });
}

/// Cuts the first line off `rest`, which ends in CRLF.
BytesView take_line(BytesView& rest) {
    const std::size_t end = rest.find("\r\n");
    const BytesView line = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    return line;
}

}  // namespace

HeadStatus read_head(BytesView in, Head& head) {
    const std::size_t end = in.substr(0, head_bytes_max).find("\r\n\r\n");
    if (end == BytesView::npos) {
        return in.size() < head_bytes_max ? HeadStatus::need_more : HeadStatus::too_big;
    }
    head.size = end + 4;
    BytesView rest = in.substr(0, end + 2);
    head.first_line = take_line(rest);
    if (!is_printable(head.first_line)) return HeadStatus::bad;
    head.field_lines = rest;
    std::size_t count = 0;
    while (!rest.empty()) {
        const BytesView line = take_line(rest);
        const std::size_t colon = line.find(':');
        if (colon == BytesView::npos || !is_token(line.substr(0, colon)) || !is_printable(line)) {
            return HeadStatus::bad;
        }
        if (++count > head_fields_max) return HeadStatus::too_big;
    }
    return HeadStatus::ok;
}

std::vector<Field> Head::fields() const {
    std::vector<Field> fields;
    BytesView rest = field_lines;
    while (!rest.empty()) {
        const BytesView line = take_line(rest);
        const std::size_t colon = line.find(':');
        fields.push_back({line.substr(0, colon), trimmed(line.substr(colon + 1))});
    }
    return fields;
}

bool equals_ignoring_case(BytesView a, BytesView b) {
    return std::ranges::equal(a, b, {}, lower, lower);
}

bool list_has(BytesView list, BytesView element) {
    while (true) {
        const std::size_t comma = list.find(',');
        if (equals_ignoring_case(trimmed(list.substr(0, comma)), element)) return true;
        if (comma == BytesView::npos) return false;
        list.remove_prefix(comma + 1);
    }
}

}  // namespace fenshen::ws::detail
