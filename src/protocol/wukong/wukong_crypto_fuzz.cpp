// SPDX-License-Identifier: Apache-2.0
// What a client can put into client_key, msg_key and payload. The first 32 bytes are the session's
// keys, the rest is tried as an encrypted payload, as a plain one, and as a client key.
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "protocol/wukong/crypto.h"

using namespace fenshen;
using namespace fenshen::wukong;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    SessionKeys keys;
    static_assert(sizeof(keys) == 32);
    if (size < sizeof(keys)) return 0;
    std::memcpy(&keys, data, sizeof(keys));
    const BytesView in(reinterpret_cast<const char*>(data) + sizeof(keys), size - sizeof(keys));

    Bytes plain;
    if (!decrypt_payload(keys, in, plain) && !plain.empty()) std::abort();
    if (plain.size() > in.size()) std::abort();

    Bytes wire;
    encrypt_payload(keys, in, wire);
    if (wire.size() != encrypted_bytes(in.size())) std::abort();
    if (!decrypt_payload(keys, wire, plain) || plain != in) std::abort();

    Send send{};
    send.client_msg_no = in;
    send.payload = in;
    const MsgKey key = send_msg_key(keys, send);
    if (send_msg_key(keys, send) != key) std::abort();

    if (in.size() <= 100) {
        const LoginDice dice{.private_key = {1, 2, 3}, .salt = keys.iv};
        const auto agreement = agree(in, dice);
        if (agreement && in.size() < 44) std::abort();
    }
    return 0;
}
