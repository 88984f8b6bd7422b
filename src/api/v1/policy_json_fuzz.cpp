// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include "api/v1/policy_json.h"

namespace {

using namespace fenshen;

/// The policy, when there is nothing to complain of.
std::optional<domain::Policy> read(BytesView text) {
    auto document = http::JsonDocument::parse(text, http::JsonManner::strict);
    if (!document) return std::nullopt;
    http::JsonObject object = document->object();
    domain::Policy policy = api::v1::read_policy(object);
    if (!document->ok()) return std::nullopt;
    return policy;
}

}  // namespace

/// Whatever is taken is sound, and reads back as the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto policy = read({reinterpret_cast<const char*>(data), size});
    if (!policy) return 0;
    if (domain::problem_of(*policy)) std::abort();
    Bytes text;
    JsonWriter json(text);
    api::v1::write_policy(json, *policy);
    if (read(text) != policy) std::abort();
    return 0;
}
