// SPDX-License-Identifier: Apache-2.0
#include "protocol/wukong/crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>

#include "base/base64.h"
#include "base/hex.h"

namespace fenshen::wukong {
namespace {

constexpr std::size_t block_bytes = 16;

template <auto free>
struct Freed {
    template <class T>
    void operator()(T* object) const {
        free(object);
    }
};
using Cipher = std::unique_ptr<EVP_CIPHER, Freed<&EVP_CIPHER_free>>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Freed<&EVP_CIPHER_CTX_free>>;
using Digest = std::unique_ptr<EVP_MD, Freed<&EVP_MD_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freed<&EVP_MD_CTX_free>>;
using Pkey = std::unique_ptr<EVP_PKEY, Freed<&EVP_PKEY_free>>;
using PkeyContext = std::unique_ptr<EVP_PKEY_CTX, Freed<&EVP_PKEY_CTX_free>>;

/// For what can't fail once crypto_works() was true.
void must(bool done) {
    if (!done) std::abort();
}

unsigned char* raw(char* bytes) {
    return reinterpret_cast<unsigned char*>(bytes);
}
const unsigned char* raw(const char* bytes) {
    return reinterpret_cast<const unsigned char*>(bytes);
}

/// Looking an algorithm up is slow: once for all threads.
struct Algorithms {
    Cipher aes{EVP_CIPHER_fetch(nullptr, "AES-128-CBC", nullptr)};
    Digest md5{EVP_MD_fetch(nullptr, "MD5", nullptr)};
};
const Algorithms& algorithms() {
    static const Algorithms found;
    return found;
}

using Block = std::array<char, block_bytes>;

/// AES-128-CBC without padding, in place. Setting keys and IVs costs 100 to 150 ns each, so the key
/// is kept: a message is encrypted twice with the same, its payload and its signature.
class BlockCipher {
public:
    explicit BlockCipher(bool encrypts) : context_(EVP_CIPHER_CTX_new()) {
        must(context_ != nullptr && algorithms().aes != nullptr);
        must(EVP_CipherInit_ex2(context_.get(),
                                algorithms().aes.get(),
                                nullptr,
                                nullptr,
                                encrypts ? 1 : 0,
                                nullptr) == 1);
        must(EVP_CIPHER_CTX_set_padding(context_.get(), 0) == 1);
    }

    /// `bytes` are whole blocks, at least one, and fewer than 2^31 bytes.
    void encrypt(const SessionKeys& keys, Bytes& bytes) {
        if (has_key_ && keys.aes_key == key_) {
            // CBC goes on from the block it wrote last, where an IV would stand: change the first
            // block so that the difference cancels out.
            for (std::size_t i = 0; i < block_bytes; ++i) {
                bytes[i] = static_cast<char>(bytes[i] ^ last_[i] ^ keys.iv[i]);
            }
        } else {
            set(keys);
        }
        update(bytes);
        std::memcpy(last_.data(), bytes.data() + bytes.size() - block_bytes, block_bytes);
    }

    /// As encrypt().
    void decrypt(const SessionKeys& keys, Bytes& bytes) {
        set(keys);
        update(bytes);
    }

private:
    void set(const SessionKeys& keys) {
        must(EVP_CipherInit_ex2(context_.get(),
                                nullptr,
                                raw(keys.aes_key.data()),
                                raw(keys.iv.data()),
                                -1,
                                nullptr) == 1);
        key_ = keys.aes_key;
        has_key_ = true;
    }

    void update(Bytes& bytes) {
        const auto size = static_cast<int>(bytes.size());
        int written = 0;
        must(EVP_CipherUpdate(
                 context_.get(), raw(bytes.data()), &written, raw(bytes.data()), size) == 1);
        must(written == size);
    }

    CipherContext context_;
    Block key_{};
    Block last_{};
    bool has_key_ = false;
};

using Md5 = std::array<char, 16>;

/// What a thread keeps, so that a message costs no allocation and no set-up.
struct ThreadTools {
    BlockCipher encrypting{true};
    BlockCipher decrypting{false};
    DigestContext digest{EVP_MD_CTX_new()};
    Bytes blocks;
    Bytes text;

    ThreadTools() {
        must(digest != nullptr && algorithms().md5 != nullptr);
        must(EVP_DigestInit_ex2(digest.get(), algorithms().md5.get(), nullptr) == 1);
    }

    Md5 md5_of(BytesView bytes) {
        Md5 sum;
        must(EVP_DigestInit_ex2(digest.get(), nullptr, nullptr) == 1);
        must(EVP_DigestUpdate(digest.get(), bytes.data(), bytes.size()) == 1);
        must(EVP_DigestFinal_ex(digest.get(), raw(sum.data()), nullptr) == 1);
        return sum;
    }

    /// PKCS#7, then AES; in `blocks`.
    void encrypt_blocks(const SessionKeys& keys) {
        const std::size_t padding = block_bytes - blocks.size() % block_bytes;
        blocks.append(padding, static_cast<char>(padding));
        encrypting.encrypt(keys, blocks);
    }

    /// Of the signature that lies in `blocks`.
    MsgKey msg_key(const SessionKeys& keys) {
        encrypt_blocks(keys);
        text.clear();
        append_base64(text, blocks);
        const Md5 sum = md5_of(text);
        MsgKey key;
        write_hex(key.data(), {sum.data(), sum.size()});
        return key;
    }
};
ThreadTools& tools() {
    thread_local ThreadTools kept;
    return kept;
}

template <class T>
void append_decimal(Bytes& out, T value) {
    char digits[24];
    const auto [end, error] = std::to_chars(digits, digits + sizeof(digits), value);
    out.append(digits, end);
}

Pkey private_pkey(const X25519Key& key) {
    Pkey pkey(
        EVP_PKEY_new_raw_private_key_ex(nullptr, "X25519", nullptr, raw(key.data()), key.size()));
    must(pkey != nullptr);
    return pkey;
}

/// Nothing when it isn't the base64 of exactly 32 bytes.
std::optional<X25519Key> read_key(std::string_view text) {
    X25519Key key;
    Bytes bytes;
    if (text.size() > 2 * sizeof(KeyText) || !append_from_base64(bytes, text) ||
        bytes.size() != key.size()) {
        return std::nullopt;
    }
    std::memcpy(key.data(), bytes.data(), key.size());
    return key;
}

KeyText public_text(const EVP_PKEY* pkey) {
    X25519Key key;
    std::size_t size = key.size();
    must(EVP_PKEY_get_raw_public_key(pkey, raw(key.data()), &size) == 1 && size == key.size());
    KeyText text;
    static_assert(base64_bytes(sizeof(key)) == sizeof(text));
    write_base64(text.data(), {key.data(), key.size()});
    return text;
}

/// Nothing for points that give an all-zero secret.
std::optional<X25519Key> shared_secret(EVP_PKEY* own, const X25519Key& peer) {
    const Pkey other(
        EVP_PKEY_new_raw_public_key_ex(nullptr, "X25519", nullptr, raw(peer.data()), peer.size()));
    const PkeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, own, nullptr));
    must(other != nullptr && context != nullptr);
    must(EVP_PKEY_derive_init(context.get()) == 1);
    X25519Key secret;
    std::size_t size = secret.size();
    if (EVP_PKEY_derive_set_peer(context.get(), other.get()) != 1 ||
        EVP_PKEY_derive(context.get(), raw(secret.data()), &size) != 1) {
        return std::nullopt;
    }
    static constexpr X25519Key zeroes{};
    if (CRYPTO_memcmp(secret.data(), zeroes.data(), secret.size()) == 0) return std::nullopt;
    return secret;
}

/// wukong-wire 4.1, step 4.
std::array<char, 16> aes_key_of(X25519Key& secret) {
    KeyText text;
    write_base64(text.data(), {secret.data(), secret.size()});
    const Md5 sum = tools().md5_of({text.data(), text.size()});
    std::array<char, 16> key;
    write_hex(key.data(), {sum.data(), key.size() / 2});
    OPENSSL_cleanse(secret.data(), secret.size());
    OPENSSL_cleanse(text.data(), text.size());
    return key;
}

/// A salt is public and only has to differ; that some characters are a little likelier is no harm.
std::array<char, 16> salt_of(const std::array<char, 16>& dice) {
    constexpr std::string_view alphabet =
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    std::array<char, 16> salt;
    for (std::size_t i = 0; i < salt.size(); ++i) {
        salt[i] = alphabet[static_cast<std::uint8_t>(dice[i]) % alphabet.size()];
    }
    return salt;
}

std::expected<std::array<char, 16>, Reason> agree_on_key(EVP_PKEY* own, std::string_view peer) {
    if (peer.empty()) return std::unexpected(Reason::client_key_is_empty);
    const auto peer_key = read_key(peer);
    if (!peer_key) return std::unexpected(Reason::auth_fail);
    auto secret = shared_secret(own, *peer_key);
    if (!secret) return std::unexpected(Reason::auth_fail);
    return aes_key_of(*secret);
}

}  // namespace

bool crypto_works() {
    if (!algorithms().aes || !algorithms().md5) return false;
    const X25519Key some{1};
    const Pkey pkey(
        EVP_PKEY_new_raw_private_key_ex(nullptr, "X25519", nullptr, raw(some.data()), some.size()));
    return pkey != nullptr;
}

std::expected<Agreement, Reason> agree(std::string_view client_key, const LoginDice& dice) {
    const Pkey own = private_pkey(dice.private_key);
    const auto aes_key = agree_on_key(own.get(), client_key);
    if (!aes_key) return std::unexpected(aes_key.error());
    return Agreement{.keys = {.aes_key = *aes_key, .iv = salt_of(dice.salt)},
                     .server_key = public_text(own.get())};
}

KeyText public_key_text(const X25519Key& private_key) {
    const Pkey own = private_pkey(private_key);
    return public_text(own.get());
}

std::expected<SessionKeys, Reason> derive_keys(const X25519Key& private_key,
                                               std::string_view server_key,
                                               std::string_view salt) {
    SessionKeys keys;
    if (salt.size() != keys.iv.size()) return std::unexpected(Reason::auth_fail);
    const Pkey own = private_pkey(private_key);
    const auto aes_key = agree_on_key(own.get(), server_key);
    if (!aes_key) return std::unexpected(aes_key.error());
    keys.aes_key = *aes_key;
    std::memcpy(keys.iv.data(), salt.data(), salt.size());
    return keys;
}

void encrypt_payload(const SessionKeys& keys, BytesView plain, Bytes& out) {
    ThreadTools& t = tools();
    t.blocks.assign(plain);
    t.encrypt_blocks(keys);
    append_base64(out, t.blocks);
}

bool decrypt_payload(const SessionKeys& keys, BytesView wire, Bytes& out) {
    out.clear();
    if (!append_from_base64(out, wire) || out.empty() || out.size() % block_bytes != 0) {
        out.clear();
        return false;
    }
    tools().decrypting.decrypt(keys, out);
    const std::size_t padding = byte_at(out, out.size() - 1);
    bool is_right = padding >= 1 && padding <= block_bytes;
    for (std::size_t i = 0; is_right && i < padding; ++i) {
        is_right = byte_at(out, out.size() - 1 - i) == padding;
    }
    out.resize(is_right ? out.size() - padding : 0);
    return is_right;
}

MsgKey send_msg_key(const SessionKeys& keys, const Send& frame) {
    ThreadTools& t = tools();
    t.blocks.clear();
    append_decimal(t.blocks, frame.client_seq);
    t.blocks.append(frame.client_msg_no).append(frame.channel_id);
    append_decimal(t.blocks, frame.channel_type);
    t.blocks.append(frame.payload);
    return t.msg_key(keys);
}

MsgKey recv_msg_key(const SessionKeys& keys, const Recv& frame) {
    ThreadTools& t = tools();
    t.blocks.clear();
    append_decimal(t.blocks, frame.message_id);
    append_decimal(t.blocks, frame.message_seq);
    t.blocks.append(frame.client_msg_no);
    append_decimal(t.blocks, frame.timestamp_s);
    t.blocks.append(frame.from_uid).append(frame.channel_id);
    append_decimal(t.blocks, frame.channel_type);
    t.blocks.append(frame.payload);
    return t.msg_key(keys);
}

bool equal_in_constant_time(BytesView a, BytesView b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace fenshen::wukong
