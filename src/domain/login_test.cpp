// SPDX-License-Identifier: Apache-2.0
#include "domain/login.h"

#include <gtest/gtest.h>

#include <set>

#include "model/names.h"

namespace fenshen::domain {
namespace {

const Bytes hash_of_app = "hash-of-the-app-token";
const Bytes hash_of_web = "hash-of-the-web-token";
const Bytes hash_of_none = "hash-of-another-token";
constexpr WallTime registered{5000};

KnownToken token(int number, Bytes hash, DeviceLevel level = DeviceLevel::main) {
    return {DeviceClass(static_cast<std::uint8_t>(number)), level, std::move(hash), registered};
}

/// ann has a main token for class 0 and a secondary one for class 1.
Credentials ann() {
    return {.account_exists = true,
            .banned = false,
            .tokens = {token(1, hash_of_web, DeviceLevel::secondary), token(0, hash_of_app)}};
}
Credentials ann_with_app_only() {
    return {.account_exists = true, .banned = false, .tokens = {token(0, hash_of_app)}};
}

LoginAttempt attempt(int number, Bytes hash, std::string uid = "ann") {
    LoginAttempt attempt;
    attempt.uid = Uid(std::move(uid));
    attempt.device_class = DeviceClass(static_cast<std::uint8_t>(number));
    attempt.device_id = DeviceId("d1");
    attempt.token_hash = std::move(hash);
    return attempt;
}

LoginDecision decide(const LoginAttempt& attempt, const Credentials& credentials = ann()) {
    return decide_login(attempt, credentials, {});
}

TEST(Login, TheRightTokenGetsItsLevel) {
    const auto app = decide(attempt(0, hash_of_app));
    EXPECT_EQ(app.why, LoginWhy::ok);
    EXPECT_EQ(app.level, DeviceLevel::main);
    EXPECT_EQ(app.sentence, "");
    EXPECT_TRUE(app.mend.empty());
    const auto web = decide(attempt(1, hash_of_web));
    EXPECT_EQ(web.why, LoginWhy::ok);
    EXPECT_EQ(web.level, DeviceLevel::secondary);
}

// The trap of requirements T2: registered for class 0, and the JavaScript SDK asks for class 1.
TEST(Login, AClassWithoutATokenIsExplained) {
    const auto decision = decide(attempt(1, hash_of_none), ann_with_app_only());
    EXPECT_EQ(decision.why, LoginWhy::no_token_for_class);
    EXPECT_EQ(decision.sentence,
              "ann asked for class 1 (web); tokens are registered for class 0 (app) only.");
    ASSERT_EQ(decision.classes_with_token.size(), 1U);
    EXPECT_EQ(decision.classes_with_token[0].device_class, DeviceClass(0));
    EXPECT_EQ(decision.classes_with_token[0].level, DeviceLevel::main);
    EXPECT_EQ(decision.classes_with_token[0].registered_at, registered);
    const Mend mend{"Register a token for class 1",
                    "POST",
                    "/user/token",
                    R"({"uid":"ann","device_flag":1,"device_level":1,"token":"<token>"})"};
    EXPECT_EQ(decision.mend, std::vector{mend});
    EXPECT_EQ(
        decision.hints,
        std::vector<std::string>{"The JavaScript SDK connects as class 1 unless told otherwise."});
}

TEST(Login, ATokenOfTheClassThatIsThereIsRecognised) {
    const auto decision = decide(attempt(1, hash_of_app), ann_with_app_only());
    EXPECT_EQ(decision.why, LoginWhy::no_token_for_class);
    ASSERT_FALSE(decision.hints.empty());
    EXPECT_EQ(decision.hints[0], "The token given is the one registered for class 0 (app).");
}

TEST(Login, SeveralClassesAreListedInOrder) {
    const auto decision = decide(attempt(77, hash_of_none));
    EXPECT_EQ(decision.sentence,
              "ann asked for class 77; tokens are registered for classes 0 (app), 1 (web) only.");
    EXPECT_TRUE(decision.hints.empty());
}

TEST(Login, ATokenOfAnotherClass) {
    const auto decision = decide(attempt(1, hash_of_app));
    EXPECT_EQ(decision.why, LoginWhy::token_of_another_class);
    EXPECT_EQ(decision.sentence,
              "ann asked for class 1 (web) with the token that is registered for class 0 (app).");
}

TEST(Login, AWrongToken) {
    const auto decision = decide(attempt(0, hash_of_none));
    EXPECT_EQ(decision.why, LoginWhy::wrong_token);
    EXPECT_EQ(decision.sentence,
              "ann asked for class 0 (app) with a token that is not the one registered for it.");
    ASSERT_EQ(decision.mend.size(), 1U);
    EXPECT_EQ(decision.mend[0].text, "Register a token for class 0");
}

TEST(Login, NoToken) {
    const auto decision = decide(attempt(0, ""));
    EXPECT_EQ(decision.why, LoginWhy::no_token_given);
    EXPECT_EQ(decision.sentence, "ann asked for class 0 (app) without a token.");
    EXPECT_TRUE(decision.mend.empty());  // there is a token; registering another is no remedy
}

TEST(Login, TheManagersTokenIsRecognised) {
    auto with_manager_token = attempt(0, hash_of_none);
    with_manager_token.is_manager_token = true;
    EXPECT_EQ(decide(with_manager_token).why, LoginWhy::token_of_manager);
    with_manager_token.device_class = DeviceClass(9);
    const auto decision = decide(with_manager_token);
    EXPECT_EQ(decision.why, LoginWhy::no_token_for_class);
    EXPECT_EQ(decision.hints.at(0), "The token given is the manager token.");
}

// After /user/device_quit the stored token is empty, and matches nothing (wukong-wire 5.4).
TEST(Login, ARevokedToken) {
    Credentials credentials{
        .account_exists = true, .banned = false, .tokens = {token(0, ""), token(1, hash_of_web)}};
    for (const Bytes& hash : {Bytes(), hash_of_none, hash_of_web}) {
        const auto decision = decide(attempt(0, hash), credentials);
        EXPECT_EQ(decision.why, LoginWhy::token_revoked);
        EXPECT_EQ(decision.classes_with_token.size(), 1U);
        EXPECT_EQ(decision.mend.size(), 1U);
    }
}

TEST(Login, AllTokensRevoked) {
    Credentials credentials{.account_exists = true, .banned = false, .tokens = {token(0, "")}};
    const auto decision = decide(attempt(1, hash_of_none), credentials);
    EXPECT_EQ(decision.why, LoginWhy::no_token_for_class);
    EXPECT_EQ(decision.sentence, "ann asked for class 1 (web); no class has a token.");
}

TEST(Login, NoTokenIsNotTheRevokedOneOfAnotherClass) {
    Credentials credentials{.account_exists = true, .banned = false, .tokens = {token(0, "")}};
    const auto decision = decide(attempt(9, ""), credentials);
    EXPECT_EQ(decision.why, LoginWhy::no_token_for_class);
    EXPECT_TRUE(decision.hints.empty());
}

TEST(Login, AnAccountNeverSeen) {
    const auto decision = decide(attempt(1, hash_of_web), {});
    EXPECT_EQ(decision.why, LoginWhy::unknown_account);
    EXPECT_EQ(decision.sentence,
              "ann asked for class 1 (web); no token was ever registered for this account.");
    EXPECT_EQ(decision.mend.size(), 1U);
}

TEST(Login, WithoutTokenChecksEverybodyIsSecondary) {
    const LoginRules off{.token_checks = false};
    for (const Bytes& hash : {Bytes(), hash_of_none, hash_of_app}) {
        const auto decision = decide_login(attempt(0, hash), ann(), off);
        EXPECT_EQ(decision.why, LoginWhy::ok);
        EXPECT_EQ(decision.level, DeviceLevel::secondary);
        ASSERT_EQ(decision.hints.size(), 1U);
        EXPECT_TRUE(decision.hints[0].starts_with("Token checks are off"));
    }
}

TEST(Login, VisitorsPassOnlyWhereASuffixIsConfigured) {
    const auto visitor = attempt(1, "", "v1___vstr");
    EXPECT_EQ(decide_login(visitor, {}, {}).why, LoginWhy::unknown_account);
    const LoginRules rules{.visitors_suffix = "___vstr"};
    EXPECT_EQ(decide_login(visitor, {}, rules).why, LoginWhy::ok);
    EXPECT_EQ(decide_login(visitor, {}, rules).level, DeviceLevel::secondary);
    EXPECT_EQ(decide_login(attempt(1, ""), {}, rules).why, LoginWhy::unknown_account);
}

TEST(Login, ADiagnosisMaySupposeTheRightToken) {
    auto asking = attempt(0, "");
    asking.supposes_right_token = true;
    EXPECT_EQ(decide(asking).why, LoginWhy::ok);
    EXPECT_EQ(decide(asking).level, DeviceLevel::main);
    EXPECT_EQ(decide(asking, {}).why, LoginWhy::unknown_account);
    asking.device_class = DeviceClass(9);
    EXPECT_EQ(decide(asking).why, LoginWhy::no_token_for_class);
    EXPECT_EQ(decide(asking, {true, false, {token(9, "")}}).why, LoginWhy::token_revoked);
}

// --- names (wukong-wire 5.2)

TEST(LoginNames, ReservedOnesAreAlwaysRefused) {
    for (const bool token_checks : {true, false}) {
        const LoginRules rules{.token_checks = token_checks};
        EXPECT_EQ(decide_login(attempt(0, hash_of_app, "____system"), ann(), rules).why,
                  LoginWhy::reserved_name);
        auto as_device = attempt(0, hash_of_app);
        as_device.device_id = DeviceId("____device");
        EXPECT_EQ(decide_login(as_device, ann(), rules).why, LoginWhy::reserved_name);
    }
}

TEST(LoginNames, TheManagerNeedsItsToken) {
    for (const bool token_checks : {true, false}) {
        const LoginRules rules{.token_checks = token_checks};
        auto manager = attempt(0, "", "____manager");
        EXPECT_EQ(decide_login(manager, {}, rules).why, LoginWhy::no_token_given);
        manager.token_hash = hash_of_none;
        EXPECT_EQ(decide_login(manager, {}, rules).why, LoginWhy::wrong_token);
        manager.is_manager_token = true;
        EXPECT_EQ(decide_login(manager, {}, rules).why, LoginWhy::ok);
        EXPECT_EQ(decide_login(manager, {}, rules).level, DeviceLevel::secondary);
    }
}

TEST(LoginNames, UnusableOnesAreRefused) {
    for (const std::string uid : {"", " ", "a@b", "a#b", "a&b", "a\nb", "\xC3", "\xED\xA0\x80"}) {
        EXPECT_EQ(decide(attempt(0, hash_of_app, uid)).why, LoginWhy::bad_name) << uid;
    }
    EXPECT_EQ(decide(attempt(0, "", std::string(name_bytes_max + 1, 'x'))).why, LoginWhy::bad_name);
    for (const std::string id : {"a\nb", "\xFF"}) {
        auto odd = attempt(0, hash_of_app);
        odd.device_id = DeviceId(id);
        EXPECT_EQ(decide(odd).why, LoginWhy::bad_name);
    }
    auto nameless = attempt(0, hash_of_app);
    nameless.device_id = DeviceId("");
    EXPECT_EQ(decide(nameless).why, LoginWhy::ok);
}

// --- the order of wukong-wire 5.3: token, ban, key

TEST(LoginOrder, TokenThenBanThenKey) {
    auto credentials = ann();
    credentials.banned = true;
    auto all_wrong = attempt(0, hash_of_none);
    all_wrong.key_missing = true;
    all_wrong.key_broken = true;
    EXPECT_EQ(decide(all_wrong, credentials).why, LoginWhy::wrong_token);
    all_wrong.token_hash = hash_of_app;
    const auto banned = decide(all_wrong, credentials);
    EXPECT_EQ(banned.why, LoginWhy::banned);
    EXPECT_EQ(banned.sentence, "ann is banned.");
    EXPECT_EQ(banned.level, DeviceLevel::secondary);
    ASSERT_EQ(banned.mend.size(), 1U);
    EXPECT_EQ(banned.mend[0].path, "/channel/info");
    EXPECT_EQ(banned.mend[0].body, R"({"channel_id":"ann","channel_type":1,"ban":0})");
    credentials.banned = false;
    EXPECT_EQ(decide(all_wrong, credentials).why, LoginWhy::client_key_missing);
    all_wrong.key_missing = false;
    EXPECT_EQ(decide(all_wrong, credentials).why, LoginWhy::client_key_broken);
    all_wrong.key_broken = false;
    EXPECT_EQ(decide(all_wrong, credentials).why, LoginWhy::ok);
}

TEST(LoginOrder, ABanCountsWithoutTokenChecksToo) {
    auto credentials = ann();
    credentials.banned = true;
    EXPECT_EQ(decide_login(attempt(0, ""), credentials, {.token_checks = false}).why,
              LoginWhy::banned);
}

TEST(Login, APolicyMayRefuseWhoHasTheRightToken) {
    auto decision = decide(attempt(1, hash_of_web));
    refuse_by_policy(decision, LoginWhy::limit_reached, "at most 2 devices in class 1");
    EXPECT_FALSE(decision.accepted());
    EXPECT_EQ(decision.sentence, "ann asked for class 1 (web); at most 2 devices in class 1.");
}

TEST(Login, MainMayBeTheOtherNumber) {
    const auto decision = decide_login(attempt(1, ""), ann_with_app_only(), {.main_level = 0});
    ASSERT_EQ(decision.mend.size(), 1U);
    EXPECT_EQ(decision.mend[0].body,
              R"({"uid":"ann","device_flag":1,"device_level":0,"token":"<token>"})");
}

TEST(Login, MendsAreProperJson) {
    const auto decision = decide(attempt(1, "", "a\"b\\c"), {});
    EXPECT_EQ(decision.mend.at(0).body,
              R"({"uid":"a\"b\\c","device_flag":1,"device_level":1,"token":"<token>"})");
}

// --- what is shown

TEST(Describe, ARefusalInFull) {
    EXPECT_EQ(
        describe(decide(attempt(1, hash_of_none), ann_with_app_only())),
        R"(login refused: uid "ann", class 1 (web), device "d1", why no_token_for_class. )"
        R"(ann asked for class 1 (web); tokens are registered for class 0 (app) only. )"
        R"(Classes with a token: 0 (app) main. Register a token for class 1: POST /user/token )"
        R"({"uid":"ann","device_flag":1,"device_level":1,"token":"<token>"} )"
        R"(The JavaScript SDK connects as class 1 unless told otherwise.)");
}

TEST(Describe, AnAcceptedLogin) {
    EXPECT_EQ(describe(decide(attempt(0, hash_of_app))),
              R"(login accepted: uid "ann", class 0 (app), device "d1", level main)");
}

TEST(Describe, StaysOnOneLineAndShort) {
    auto odd = attempt(0, "", "a\nlogin accepted: uid \"root\"" + std::string(100'000, 'x'));
    odd.device_id = DeviceId("\r\n\xFF");
    const auto text = describe(decide(odd));
    EXPECT_EQ(text.find_first_of("\r\n"), std::string::npos);
    EXPECT_LT(text.size(), 600U);
    EXPECT_TRUE(text.starts_with(R"(login refused: uid "a\nlogin accepted: uid \"root\"xxx)"));
}

TEST(Describe, NeverShowsATokenOrItsHash) {
    for (int number = 0; number < 3; ++number) {
        for (const Bytes& hash : {hash_of_app, hash_of_web, hash_of_none}) {
            const auto decision = decide(attempt(number, hash));
            EXPECT_EQ(describe(decision).find("hash-of"), std::string::npos);
            for (const auto& each : decision.classes_with_token) EXPECT_EQ(each.hash, "");
        }
    }
}

TEST(LoginWhyNames, AreThereAndDiffer) {
    std::set<std::string_view> names;
    for (std::uint8_t i = 0; i < static_cast<std::uint8_t>(LoginWhy::count_); ++i) {
        const auto name = name_of(static_cast<LoginWhy>(i));
        EXPECT_FALSE(name.empty()) << int{i};
        EXPECT_TRUE(names.insert(name).second) << name;
    }
    EXPECT_EQ(name_of(LoginWhy::client_key_broken), "client_key_broken");
    EXPECT_EQ(name_of(LoginWhy::limit_reached), "limit_reached");
}

TEST(EqualInConstantTime, IsEquality) {
    EXPECT_TRUE(equal_in_constant_time("", ""));
    EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
    EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
    EXPECT_FALSE(equal_in_constant_time("abc",
                                        "\x01"
                                        "bc"));
    EXPECT_FALSE(equal_in_constant_time("abc", "ab"));
    EXPECT_FALSE(equal_in_constant_time("\xFF\x01", std::string_view("\x01\xFF", 2)));
}

}  // namespace
}  // namespace fenshen::domain
