// SPDX-License-Identifier: Apache-2.0
// Key agreement, payload encryption and message keys of binary sessions (wukong-wire 4). A session
// keeps nothing but its 32 bytes of SessionKeys; cipher and digest contexts belong to the thread.
// All functions are thread-safe. They end the process if OpenSSL cannot do AES-128-CBC, MD5 or
// X25519 (crypto_works() asks first).
#pragma once

#include <array>
#include <cstddef>
#include <expected>
#include <string_view>

#include "base/bytes.h"
#include "protocol/wukong/frames.h"

namespace fenshen::wukong {

struct SessionKeys {
    std::array<char, 16> aes_key{};  ///< 16 hexadecimal characters
    std::array<char, 16> iv{};       ///< the salt
    bool operator==(const SessionKeys&) const = default;
};

using X25519Key = std::array<char, 32>;
/// Base64 of a public key.
using KeyText = std::array<char, 44>;
/// 32 characters of lower-case hexadecimal.
using MsgKey = std::array<char, 32>;

inline std::string_view view_of(const KeyText& text) {
    return {text.data(), text.size()};
}
inline std::string_view view_of(const MsgKey& key) {
    return {key.data(), key.size()};
}

/// Whether OpenSSL offers what is needed; to be asked once at start.
bool crypto_works();

/// From a random generator fit for keys; fresh for each login.
struct LoginDice {
    X25519Key private_key{};
    std::array<char, 16> salt{};
};

struct Agreement {
    SessionKeys keys;    ///< keys.iv is the salt to send
    KeyText server_key;  ///< to send
    std::string_view salt() const { return {keys.iv.data(), keys.iv.size()}; }
};

/// The server's half of wukong-wire 4.1. The errors are what CONNACK says (4.6):
/// client_key_is_empty; auth_fail when it is not the base64 of exactly 32 bytes or gives an
/// all-zero secret. Takes about 100 µs.
std::expected<Agreement, Reason> agree(std::string_view client_key, const LoginDice& dice);

/// The client's half: what it sends, and what it makes of CONNACK. The errors as above; also when
/// the salt doesn't have 16 bytes.
KeyText public_key_text(const X25519Key& private_key);
std::expected<SessionKeys, Reason> derive_keys(const X25519Key& private_key,
                                               std::string_view server_key,
                                               std::string_view salt);

/// Appends the payload as it goes on the wire: base64(AES(plain)).
void encrypt_payload(const SessionKeys& keys, BytesView plain, Bytes& out);
/// Bytes that encrypt_payload() appends for so many.
constexpr std::size_t encrypted_bytes(std::size_t plain_bytes) {
    return ((plain_bytes / 16 + 1) * 16 + 2) / 3 * 4;
}

/// Replaces `out` by the plain bytes; false, with `out` empty, for anything that is not base64 of
/// whole blocks with right padding (wukong-wire 4.5).
[[nodiscard]] bool decrypt_payload(const SessionKeys& keys, BytesView wire, Bytes& out);

/// wukong-wire 4.4. The frame is as on the wire: its payload is the encrypted one.
MsgKey send_msg_key(const SessionKeys& keys, const Send& frame);
MsgKey recv_msg_key(const SessionKeys& keys, const Recv& frame);

/// In a time that depends on the lengths only. For tokens and message keys.
bool equal_in_constant_time(BytesView a, BytesView b);

}  // namespace fenshen::wukong
