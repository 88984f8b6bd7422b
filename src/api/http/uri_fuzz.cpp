// SPDX-License-Identifier: Apache-2.0
// Whatever the target: what comes out is clean, and encoding it again leads to the same.
#include <array>
#include <cstdlib>

#include "api/http/uri.h"
#include "model/names.h"

namespace {

using namespace fenshen::http;

void require(bool holds) {
    if (!holds) std::abort();
}

std::string encoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += digits[byte >> 4U];
        out += digits[byte & 15U];
    }
    return out;
}

std::string encoded(const Target& target) {
    std::string out;
    for (const std::string& segment : target.segments) out += '/' + encoded(segment);
    char before = '?';
    for (const auto& [name, value] : target.query) {
        out += before;
        out += encoded(name) + '=' + encoded(value);
        before = '&';
    }
    return out;
}

void check_clean(std::string_view text) {
    require(text.find('\0') == std::string_view::npos);
    require(fenshen::is_valid_utf8(text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const auto target = parse_target(input);
    if (!target) {
        require(!target.error().empty());
        return 0;
    }
    check_clean(target->path);
    if (target->segments.empty()) {
        require(target->path == "*" && target->query.empty());
        return 0;
    }
    require(target->path.starts_with('/'));
    for (const std::string_view step : {"/../", "/./", "\\..\\", "\\.\\", "/..\\", "\\../"}) {
        require((target->path + '/').find(step) == std::string::npos);
    }
    for (const auto& [name, value] : target->query) {
        check_clean(name);
        check_clean(value);
    }
    const auto again = parse_target(encoded(*target));
    require(again && again->segments == target->segments && again->path == target->path);
    require(std::ranges::equal(again->query, target->query));
    return 0;
}
