// SPDX-License-Identifier: Apache-2.0
// Any body is read as a form of attributes; what comes out is text, and no longer than it.
#include <cstdlib>

#include "api/easemob/users/attribute_form.h"
#include "model/names.h"

using namespace fenshen;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const BytesView body(reinterpret_cast<const char*>(data), size);
    const auto form = api::easemob::read_attribute_form(body);
    if (form.size() > api::easemob::attributes_max) std::abort();
    std::size_t bytes = 0;
    for (const auto& [name, value] : form) {
        if (name.empty()) std::abort();
        if (!is_valid_utf8(name) || !is_valid_utf8(value)) std::abort();
        bytes += name.size() + value.size();
    }
    if (bytes > body.size()) std::abort();
    return 0;
}
