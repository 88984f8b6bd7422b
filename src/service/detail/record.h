// SPDX-License-Identifier: Apache-2.0
// How services write what they hand to the store as one value: fixed-width numbers, texts with
// their length. The reader never reads beyond its bytes; after the first fault everything reads as
// empty and `ok` is false.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace fenshen::service::detail {

inline void append_text(Bytes& out, std::string_view text) {
    append_be<std::uint32_t>(out, static_cast<std::uint32_t>(text.size()));
    out += text;
}

struct RecordReader {
    BytesView rest;
    bool ok = true;

    bool done() const { return ok && rest.empty(); }

    template <class T>
    T number() {
        if (!ok || rest.size() < sizeof(T)) {
            ok = false;
            return {};
        }
        const T value = load_be<T>(rest);
        rest.remove_prefix(sizeof(T));
        return value;
    }
    std::string text() {
        const auto size = number<std::uint32_t>();
        if (!ok || rest.size() < size) {
            ok = false;
            return {};
        }
        std::string out(rest.substr(0, size));
        rest.remove_prefix(size);
        return out;
    }
};

}  // namespace fenshen::service::detail
