// SPDX-License-Identifier: Apache-2.0
#include "api/easemob/users/attribute_form.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "api/http/uri.h"
#include "model/names.h"

namespace fenshen::api::easemob {

namespace {

std::vector<BytesView> pairs_of(BytesView body) {
    std::vector<BytesView> pairs;
    for (;;) {
        const auto end = body.find('&');
        pairs.push_back(body.substr(0, end));
        if (end == BytesView::npos) return pairs;
        body.remove_prefix(end + 1);
    }
}

/// Decoded where it is encoded.
std::optional<std::string> text_of(BytesView encoded, bool plus_is_space) {
    std::string decoded;
    if (!http::percent_decode(encoded, plus_is_space, decoded)) decoded = encoded;
    if (!is_valid_utf8(decoded)) return std::nullopt;
    return decoded;
}

}  // namespace

std::map<std::string, std::string> read_attribute_form(BytesView body) {
    if (body.size() > attribute_form_bytes_max) return {};
    auto pairs = pairs_of(body);
    // A form leaves no blank and nothing beyond ASCII as it is, and has a name in each pair: else
    // the ampersands belong to the one value.
    const bool is_typed = std::ranges::any_of(body, [](char c) { return c <= ' ' || c == 0x7F; });
    const bool has_odd_pair = std::ranges::any_of(
        pairs, [](BytesView pair) { return pair.find('=') == BytesView::npos; });
    if (is_typed || has_odd_pair) pairs = {body};
    if (pairs.size() > attributes_max) return {};
    std::map<std::string, std::string> form;
    for (const auto pair : pairs) {
        const auto equals = pair.find('=');
        if (equals == BytesView::npos || equals == 0) return {};
        // Of a single one, a plus is what was typed: "+44 ...".
        const bool plus_is_space = pairs.size() > 1;
        const auto name = text_of(pair.substr(0, equals), plus_is_space);
        const auto value = text_of(pair.substr(equals + 1), plus_is_space);
        if (!name || !value) return {};
        form.insert_or_assign(*name, *value);
    }
    return form;
}

}  // namespace fenshen::api::easemob
