// SPDX-License-Identifier: Apache-2.0
#include "service/credentials/easemob_token.h"

#include <gtest/gtest.h>

#include "base/base64.h"
#include "base/hex.h"
#include "service/credentials/password_hash.h"

namespace fenshen::service {
namespace {

const Bytes key(32, 'k');

EasemobRules rules_with_client() {
    EasemobRules rules;
    rules.client_id = "YXA6id";
    rules.client_secret = Secret("YXA6secret");
    return rules;
}

EasemobToken token_of(std::string_view uid) {
    EasemobToken token;
    token.uid = Uid(std::string(uid));
    token.issued_at = WallTime{1'776'844'800'000};
    token.expires_at = WallTime{1'776'844'860'000};
    token.generation = 0xFEDC'BA98'7654'3210;
    return token;
}

TEST(EasemobToken, ComesBackAsItWas) {
    const auto rules = rules_with_client();
    const auto token = token_of("alice");
    const Bytes text = seal_token(key, rules, token);
    EXPECT_TRUE(text.starts_with("YWMt"));
    EXPECT_EQ(text.find_first_of("+/="), Bytes::npos) << text;
    EXPECT_EQ(open_token(key, rules, text), token);
    auto for_ever = token;
    for_ever.expires_at.reset();
    EXPECT_EQ(open_token(key, rules, seal_token(key, rules, for_ever)), for_ever);
}

TEST(EasemobToken, OfAnotherServerOrChangedOnTheWayIsNone) {
    const auto rules = rules_with_client();
    const Bytes text = seal_token(key, rules, token_of("alice"));
    EXPECT_FALSE(open_token(Bytes(32, 'x'), rules, text));
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
        Bytes changed = text;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(open_token(key, rules, changed)) << i;
        EXPECT_FALSE(open_token(key, rules, text.substr(0, i))) << i;
    }
    EXPECT_FALSE(open_token(key, rules, Bytes(easemob_token_bytes_max + 1, 'Y')));
}

TEST(EasemobToken, AnAppTokenDiesWithTheSecret) {
    auto rules = rules_with_client();
    EasemobToken app;
    app.kind = EasemobToken::Kind::app;
    const Bytes text = seal_token(key, rules, app);
    EXPECT_EQ(open_token(key, rules, text), app);
    const Bytes of_user = seal_token(key, rules, token_of("alice"));
    rules.client_secret = Secret("another");
    EXPECT_FALSE(open_token(key, rules, text));
    EXPECT_TRUE(open_token(key, rules, of_user));
    rules.client_id.clear();
    EXPECT_FALSE(open_token(key, rules, seal_token(key, rules, app)));
}

/// Signature by: printf '%s' 'YXA6idfenshen#demoalice17768448003600YXA6secret' | sha256sum
constexpr std::string_view dynamic_json =
    R"({"signature":"SIGNATURE","appkey":"fenshen#demo","userId":"alice","curTime":1776844800,"ttl":3600})";

Bytes dynamic_with(std::string_view signature) {
    Bytes json(dynamic_json);
    json.replace(json.find("SIGNATURE"), 9, signature);
    return json;
}

TEST(EasemobToken, OfTheAppsOwnBackEndIsTakenEitherWayItIsWritten) {
    const auto rules = rules_with_client();
    const Bytes json =
        dynamic_with("ca6edb56f3ac7a7234ea548eb742b78ab884f5622519443216ecaf7bbf41c79c");
    Bytes whole;
    append_base64(whole, "dt-" + json);
    Bytes behind;
    append_base64(behind, json);
    for (const Bytes& text : {whole, "dt-" + behind}) {
        const auto token = open_token(key, rules, text);
        ASSERT_TRUE(token) << text;
        EXPECT_EQ(token->kind, EasemobToken::Kind::dynamic);
        EXPECT_EQ(token->uid, Uid("alice"));
        EXPECT_EQ(token->expires_at, (WallTime{1'776'848'400'000}));
        EXPECT_FALSE(open_token(key, EasemobRules{}, text));
    }
}

TEST(EasemobToken, OfABackEndWithAnotherSecretOrAppIsNone) {
    auto rules = rules_with_client();
    const auto sealed = [](const Bytes& json) {
        Bytes text;
        append_base64(text, json);
        return "dt-" + text;
    };
    EXPECT_FALSE(open_token(key, rules, sealed(dynamic_with(Bytes(64, '0')))));
    EXPECT_FALSE(open_token(key, rules, sealed(dynamic_with(""))));
    EXPECT_FALSE(open_token(key, rules, sealed("{}")));
    EXPECT_FALSE(open_token(key, rules, sealed("[")));
    EXPECT_FALSE(open_token(key, rules, sealed("")));
    rules.app = "other";
    EXPECT_FALSE(open_token(
        key,
        rules,
        sealed(dynamic_with("ca6edb56f3ac7a7234ea548eb742b78ab884f5622519443216ecaf7bbf41c79c"))));
}

/// RFC 7914, section 12: N = 2^14, r = 8, p = 1; its first 32 bytes.
TEST(PasswordHash, IsScrypt) {
    EXPECT_EQ(to_hex(hash_password("pleaseletmein", "SodiumChloride", 14)),
              "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2");
}

TEST(PasswordHash, SaltsAndGenerationsDiffer) {
    EXPECT_NE(make_salt(), make_salt());
    EXPECT_EQ(make_salt().size(), 16U);
    EXPECT_NE(make_generation(), make_generation());
}

}  // namespace
}  // namespace fenshen::service
