// SPDX-License-Identifier: Apache-2.0
// Any body is read as a form; what comes out lies within it.
#include <cstdlib>

#include "api/easemob/files/multipart.h"

using namespace fenshen;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const BytesView input(reinterpret_cast<const char*>(data), size);
    const auto line_end = input.find('\n');
    const auto boundary = api::easemob::boundary_of(input.substr(0, line_end));
    if (!boundary || line_end == BytesView::npos) return 0;
    const BytesView body = input.substr(line_end + 1);
    const auto parts = api::easemob::read_form(body, *boundary);
    if (!parts) return 0;
    if (parts->size() > api::easemob::form_parts_max) std::abort();
    std::size_t bytes = 0;
    for (const auto& part : *parts) {
        if (part.body.contains("\r\n--" + *boundary + "\r\n")) std::abort();
        if (part.filename.size() > api::easemob::form_filename_bytes_max) std::abort();
        bytes += part.body.size();
    }
    if (bytes > body.size()) std::abort();
    return 0;
}
