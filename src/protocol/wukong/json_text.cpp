// SPDX-License-Identifier: Apache-2.0
// Where JSON texts begin and end in a stream (wukong-wire 6.4, 7.1).
#include <algorithm>

#include "protocol/wukong/jsonrpc.h"

namespace fenshen::wukong {
namespace {

constexpr std::string_view white_space = " \t\r\n";

}  // namespace

Sniffed sniff_protocol(BytesView first) {
    const auto at = first.find_first_not_of(white_space);
    if (at == BytesView::npos) return Sniffed::need_more;
    return first[at] == '{' ? Sniffed::json : Sniffed::binary;
}

std::expected<std::optional<JsonTextCutter::Text>, JsonTextCutter::Error> JsonTextCutter::take(
    BytesView in, std::size_t bytes_max) {
    if (looked_at_ == 0) {
        const auto start = in.find_first_not_of(white_space);
        if (in.empty()) return std::nullopt;
        if (start != 0) return Text{.text = {}, .size = std::min(start, in.size())};
        // A value that isn't enclosed in brackets has no end that could be waited for.
        if (in[0] != '{' && in[0] != '[') return std::unexpected(Error::not_json);
    }
    const BytesView looked_into = in.substr(0, bytes_max);
    for (; looked_at_ < looked_into.size(); ++looked_at_) {
        const char c = looked_into[looked_at_];
        if (in_string_) {
            if (escaped_) {
                escaped_ = false;
            } else if (c == '\\') {
                escaped_ = true;
            } else if (c == '"') {
                in_string_ = false;
            }
        } else if (c == '"') {
            in_string_ = true;
        } else if (c == '{' || c == '[') {
            ++depth_;
        } else if ((c == '}' || c == ']') && --depth_ == 0) {
            const Text text{.text = in.substr(0, looked_at_ + 1), .size = looked_at_ + 1};
            looked_at_ = 0;
            return text;
        }
    }
    if (in.size() >= bytes_max) return std::unexpected(Error::too_big);
    return std::nullopt;
}

}  // namespace fenshen::wukong
