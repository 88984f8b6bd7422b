// SPDX-License-Identifier: Apache-2.0
// Reads any body by every accessor: no crash, and what raw() hands out is JSON again.
#include <cstdlib>

#include "api/http/json_body.h"

namespace {

using namespace fenshen::http;

void require(bool holds) {
    if (!holds) std::abort();
}

void read(JsonObject& object, int depth) {
    object.only({"uid", "a"});
    object.require({"uid"});
    for (const char* name : {"uid", "a", "payload", "list", ""}) {
        object.string(name, "x");
        object.integer<std::uint8_t>(name);
        object.integer<std::int64_t>(name);
        object.integer<std::uint64_t>(name);
        object.number(name);
        object.boolean(name);
        object.base64(name);
        object.strings(name);
        object.integers<std::int8_t>(name);
        object.integers<std::uint64_t>(name);
        const fenshen::Bytes raw = object.raw(name);
        require(object.has(name) == !raw.empty());
        if (!raw.empty()) require(JsonDocument::parse(raw).has_value());
        if (depth == 0) continue;
        JsonObject child = object.object(name);
        read(child, depth - 1);
        for (JsonObject& element : object.objects(name)) read(element, depth - 1);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    JsonLimits limits;
    limits.bytes_max = 4096;
    limits.elements_max = 8;
    for (const auto manner : {JsonManner::lenient, JsonManner::strict}) {
        auto document = JsonDocument::parse(input, manner, limits);
        if (!document) {
            require(!document.error().empty());
            continue;
        }
        JsonObject root = document->object();
        read(root, 1);
        document->strings();
        for (JsonObject& element : document->objects()) read(element, 0);
        require(document->ok() == document->error().empty());
    }
    return 0;
}
