// SPDX-License-Identifier: Apache-2.0
#include "protocol/wukong/crypto.h"

#include <gtest/gtest.h>

#include <random>

#include "base/base64.h"
#include "protocol/wukong/testing/vector_file.h"

namespace fenshen::wukong {
namespace {

using testing::Fields;
using testing::vector_named;
using testing::vectors_of;

X25519Key key_from_hex(std::string_view hex) {
    X25519Key key;
    const Bytes bytes = from_hex(hex).value();
    std::copy(bytes.begin(), bytes.end(), key.begin());
    return key;
}

Fields agreement_vector() {
    return Fields(vector_named("crypto-keyagreement").at("fields"));
}

SessionKeys vector_keys() {
    SessionKeys keys;
    const auto key = agreement_vector().text("aes_key_ascii");
    const auto iv = agreement_vector().text("salt_iv_ascii");
    std::copy(key.begin(), key.end(), keys.aes_key.begin());
    std::copy(iv.begin(), iv.end(), keys.iv.begin());
    return keys;
}

TEST(WukongCrypto, Works) {
    EXPECT_TRUE(crypto_works());
}

TEST(WukongCrypto, BothSidesAgreeAsInTheVector) {
    const auto fields = agreement_vector();
    LoginDice dice;
    dice.private_key = key_from_hex(fields.text("server_private_hex"));
    dice.salt = {'\x00', '\x01', '\x3d', '\x3e', '\xff'};
    const auto server = agree(fields.text("client_key_b64"), dice);
    ASSERT_TRUE(server);
    EXPECT_EQ(view_of(server->server_key), fields.text("server_key_b64"));
    EXPECT_EQ(server->keys.aes_key, vector_keys().aes_key);
    EXPECT_EQ(server->salt(), "01Z0700000000000");

    const auto client_private = key_from_hex(fields.text("client_private_hex"));
    EXPECT_EQ(view_of(public_key_text(client_private)), fields.text("client_key_b64"));
    const auto client = derive_keys(client_private, view_of(server->server_key), server->salt());
    ASSERT_TRUE(client);
    EXPECT_EQ(*client, server->keys);
    // With the salt of the vector they are its keys altogether.
    const auto same =
        derive_keys(client_private, fields.text("server_key_b64"), fields.text("salt_iv_ascii"));
    EXPECT_EQ(same, vector_keys());
}

TEST(WukongCrypto, SaltsAreLettersAndDigits) {
    std::mt19937 random(3);
    const auto client_key = agreement_vector().text("client_key_b64");
    for (int i = 0; i < 50; ++i) {
        LoginDice dice;
        for (char& c : dice.private_key) c = static_cast<char>(random());
        for (char& c : dice.salt) c = static_cast<char>(random());
        const auto agreement = agree(client_key, dice);
        ASSERT_TRUE(agreement);
        for (const char c : agreement->salt()) {
            EXPECT_TRUE((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'));
        }
    }
}

TEST(WukongCrypto, BadClientKeysAreRefused) {
    const LoginDice dice{.private_key = key_from_hex(agreement_vector().text("server_private_hex")),
                         .salt = {}};
    EXPECT_EQ(agree("", dice).error(), Reason::client_key_is_empty);
    const auto refuses = [&](std::string_view text) {
        const auto agreement = agree(text, dice);
        return !agreement && agreement.error() == Reason::auth_fail;
    };
    const auto base64 = [](BytesView bytes) {
        Bytes text;
        append_base64(text, bytes);
        return text;
    };
    EXPECT_TRUE(refuses("not base64 at all"));
    EXPECT_TRUE(refuses(base64(Bytes(31, 'k'))));
    EXPECT_TRUE(refuses(base64(Bytes(33, 'k'))));
    EXPECT_TRUE(refuses(base64(Bytes(30'000, 'k'))));
    EXPECT_FALSE(refuses(base64(Bytes(32, 'k'))));
    // Points of low order: 0, 1, p - 1, and p itself (RFC 7748, section 6.1).
    EXPECT_TRUE(refuses(base64(Bytes(32, '\0'))));
    EXPECT_TRUE(refuses(base64("\x01" + Bytes(31, '\0'))));
    EXPECT_TRUE(refuses(base64("\xec" + Bytes(30, '\xff') + "\x7f")));
    EXPECT_TRUE(refuses(base64("\xed" + Bytes(30, '\xff') + "\x7f")));
    EXPECT_TRUE(refuses(base64(
        from_hex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800").value())));
}

TEST(WukongCrypto, BadServerAnswersAreRefused) {
    const auto fields = agreement_vector();
    const auto own = key_from_hex(fields.text("client_private_hex"));
    EXPECT_FALSE(derive_keys(own, fields.text("server_key_b64"), "fifteen bytes.."));
    EXPECT_FALSE(derive_keys(own, "", fields.text("salt_iv_ascii")));
    EXPECT_FALSE(derive_keys(own, "AAAA", fields.text("salt_iv_ascii")));
}

TEST(WukongCrypto, PayloadVectorsBothWays) {
    int seen = 0;
    for (const auto* vector : vectors_of("crypto")) {
        if (!testing::name_of(*vector).starts_with("crypto-payload-")) continue;
        SCOPED_TRACE(testing::name_of(*vector));
        ++seen;
        const Fields fields(vector->at("fields"));
        Bytes wire = ">";
        encrypt_payload(vector_keys(), fields.text("plaintext_utf8"), wire);
        EXPECT_EQ(wire, ">" + Bytes(fields.text("wire_payload_ascii")));
        EXPECT_EQ(wire.size() - 1, encrypted_bytes(fields.text("plaintext_utf8").size()));
        Bytes plain = "what was there";
        ASSERT_TRUE(decrypt_payload(vector_keys(), fields.text("wire_payload_ascii"), plain));
        EXPECT_EQ(plain, fields.text("plaintext_utf8"));
    }
    EXPECT_EQ(seen, 4);
}

TEST(WukongCrypto, MsgKeyVectors) {
    const Fields send(vector_named("crypto-msgkey-send").at("fields"));
    EXPECT_EQ(view_of(send_msg_key(vector_keys(), std::get<Send>(testing::send_of(send)))),
              send.text("msg_key"));
    const Fields recv(vector_named("crypto-msgkey-recv").at("fields"));
    EXPECT_EQ(view_of(recv_msg_key(vector_keys(), std::get<Recv>(testing::recv_of(recv)))),
              recv.text("msg_key"));
}

TEST(WukongCrypto, EveryEncryptedFrameOfTheFileHasItsKeyAndItsText) {
    int seen = 0;
    for (const auto* vector : vectors_of("frame")) {
        if (!vector->contains("fields") || !vector->at("fields").contains("plaintext")) continue;
        SCOPED_TRACE(testing::name_of(*vector));
        ++seen;
        const Frame frame = testing::frame_of(*vector);
        BytesView payload;
        if (const auto* send = std::get_if<Send>(&frame)) {
            EXPECT_EQ(view_of(send_msg_key(vector_keys(), *send)), send->msg_key);
            payload = send->payload;
        } else {
            const auto& recv = std::get<Recv>(frame);
            EXPECT_EQ(view_of(recv_msg_key(vector_keys(), recv)), recv.msg_key);
            payload = recv.payload;
        }
        Bytes plain;
        ASSERT_TRUE(decrypt_payload(vector_keys(), payload, plain));
        EXPECT_EQ(plain, Fields(vector->at("fields")).text("plaintext"));
    }
    EXPECT_EQ(seen, 16);
}

TEST(WukongCrypto, SignaturesAreConcatenationsOfDecimals) {
    // So the same characters in other fields give the same key.
    const auto keys = vector_keys();
    Send send{};
    send.client_seq = 4294967295;
    send.channel_type = 255;
    Send same_send{};
    same_send.client_seq = 4;
    same_send.client_msg_no = "2949672";
    same_send.channel_id = "952";
    same_send.channel_type = 55;
    EXPECT_EQ(send_msg_key(keys, send), send_msg_key(keys, same_send));
    Recv recv{};
    recv.message_id = -9223372036854775807;
    recv.message_seq = 18446744073709551615U;
    recv.timestamp_s = -1;
    Recv same_recv{};
    same_recv.message_id = -9;
    same_recv.message_seq = 2;
    same_recv.client_msg_no = "2337203685477580718446744073709551615-";
    same_recv.timestamp_s = 1;
    EXPECT_EQ(recv_msg_key(keys, recv), recv_msg_key(keys, same_recv));
}

TEST(WukongCrypto, RandomPayloadsComeBackUnderChangingKeys) {
    std::mt19937 random(5);
    SessionKeys keys[3];
    for (SessionKeys& each : keys) {
        for (char& c : each.aes_key) c = static_cast<char>(random());
        for (char& c : each.iv) c = static_cast<char>(random());
    }
    keys[2].aes_key = keys[1].aes_key;  // the same key with another salt
    for (std::size_t size = 0; size < 200; ++size) {
        Bytes plain(size, '\0');
        for (char& c : plain) c = static_cast<char>(random());
        Bytes wires[3];
        for (int i = 0; i < 3; ++i) encrypt_payload(keys[i], plain, wires[i]);
        EXPECT_NE(wires[0], wires[1]);
        EXPECT_NE(wires[1], wires[2]);
        for (int i = 0; i < 3; ++i) {
            Bytes back;
            ASSERT_TRUE(decrypt_payload(keys[i], wires[i], back));
            EXPECT_EQ(back, plain);
            EXPECT_EQ(wires[i].size(), encrypted_bytes(size));
        }
    }
}

TEST(WukongCrypto, BadPayloadsAreRefused) {
    const auto keys = vector_keys();
    const auto refuses = [&](BytesView wire) {
        Bytes out = "x";
        return !decrypt_payload(keys, wire, out) && out.empty();
    };
    EXPECT_TRUE(refuses(""));
    EXPECT_TRUE(refuses("{\"type\":1}"));
    EXPECT_TRUE(refuses("AAAA"));                           // 3 bytes
    EXPECT_TRUE(refuses("7T9HivOgTR7cm6kCQJXkQg="));        // padding of the base64
    EXPECT_TRUE(refuses("7T9HivOgTR7cm6kCQJXk"));           // 15 bytes
    EXPECT_TRUE(refuses("7T9HivOgTR7cm6kCQJXkQgAA"));       // 18 bytes
    EXPECT_FALSE(refuses("7T9HivOgTR7cm6kCQJXkQg==\r\n"));  // line breaks are skipped
}

TEST(WukongCrypto, BadPaddingIsRefused) {
    // A block whose last bytes we choose: by flipping bits of the IV, which only the first block
    // depends on.
    const auto keys = vector_keys();
    Bytes wire;
    encrypt_payload(keys, "", wire);  // sixteen bytes of 16
    const auto with_last = [&](char last, char before) {
        SessionKeys flipped = keys;
        flipped.iv[15] = static_cast<char>(flipped.iv[15] ^ 16 ^ last);
        flipped.iv[14] = static_cast<char>(flipped.iv[14] ^ 16 ^ before);
        Bytes out;
        return decrypt_payload(flipped, wire, out) ? out.size() : 99;
    };
    EXPECT_EQ(with_last(16, 16), 0U);
    EXPECT_EQ(with_last(1, 16), 15U);
    EXPECT_EQ(with_last(2, 2), 14U);
    EXPECT_EQ(with_last(0, 16), 99U);
    EXPECT_EQ(with_last(17, 16), 99U);
    EXPECT_EQ(with_last(2, 16), 99U);
    EXPECT_EQ(with_last('\xff', 16), 99U);
}

TEST(WukongCrypto, ComparesWhatItIsGiven) {
    EXPECT_TRUE(equal_in_constant_time("", ""));
    EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
    EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
    EXPECT_FALSE(equal_in_constant_time("abc", "ab"));
}

}  // namespace
}  // namespace fenshen::wukong
