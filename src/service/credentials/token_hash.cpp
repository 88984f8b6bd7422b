// SPDX-License-Identifier: Apache-2.0
#include "service/credentials/token_hash.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstdlib>

namespace fenshen::service {

Bytes hash_token(BytesView key, BytesView token) {
    if (token.empty()) return {};
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    const auto* made = HMAC(EVP_sha256(),
                            key.data(),
                            static_cast<int>(key.size()),
                            reinterpret_cast<const unsigned char*>(token.data()),
                            token.size(),
                            digest,
                            &size);
    if (made == nullptr) std::abort();  // no memory, or a crypto library without SHA-256
    return Bytes(reinterpret_cast<const char*>(digest), size);
}

}  // namespace fenshen::service
