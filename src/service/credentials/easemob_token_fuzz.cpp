// SPDX-License-Identifier: Apache-2.0
// Any text is read as a token, and as the sealed part of one whose seal is right.
#include <cstdlib>

#include "service/credentials/easemob_token.h"

using namespace fenshen;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const BytesView text(reinterpret_cast<const char*>(data), size);
    static const Bytes key(32, 'k');
    service::EasemobRules rules;
    rules.client_id = "id";
    rules.client_secret = Secret("secret");
    if (const auto token = service::open_token(key, rules, text)) {
        // Only who knows the key or the secret gets here; ours is the corpus.
        if (token->uid.value().size() > service::easemob_token_bytes_max) std::abort();
    }
    service::EasemobToken token;
    token.uid = Uid(std::string(text.substr(0, 64)));
    token.issued_at = WallTime{static_cast<std::int64_t>(size)};
    if (size % 2 == 1) token.expires_at = WallTime{1 + static_cast<std::int64_t>(size)};
    token.generation = size;
    const Bytes sealed = service::seal_token(key, rules, token);
    if (service::open_token(key, rules, sealed) != token) std::abort();
    Bytes broken = sealed;
    if (size == 0) return 0;
    broken[data[0] % broken.size()] ^= 1;
    // The last character holds bits that stand for nothing.
    if (data[0] % broken.size() + 1 < broken.size() && service::open_token(key, rules, broken)) {
        std::abort();
    }
    return 0;
}
