// SPDX-License-Identifier: Apache-2.0
#include "service/devices/login_damper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fenshen::service {
namespace {

using ::testing::HasSubstr;

LoginSource source(const char* uid, std::uint8_t device_class, const char* device = "d") {
    LoginSource source;
    source.uid = Uid(uid);
    source.device_class = DeviceClass(device_class);
    source.device_id = DeviceId(device);
    source.address = "192.0.2.7";
    return source;
}

LoginSource known(LoginSource source) {
    source.is_known_device = true;
    return source;
}

void fail(LoginDamper& damper, const LoginSource& source, int times, MonoTime at = {}) {
    for (int i = 0; i < times; ++i) damper.failed(source, at);
}

constexpr MonoTime start{1'000'000};

TEST(LoginDamper, MoreThanSoManyFailuresAMinuteAreTooMany) {
    LoginDamper damper({.per_class = 30, .per_address = 300});
    fail(damper, source("ann", 1), 30, start);
    EXPECT_FALSE(damper.refusal(source("ann", 1), start));
    fail(damper, source("ann", 1, "another"), 1, start + Millis(10'000));
    const auto refusal = damper.refusal(source("ann", 1), start + Millis(10'000));
    ASSERT_TRUE(refusal);
    EXPECT_THAT(*refusal, HasSubstr("more than 30 logins a minute of this account and class"));
    EXPECT_THAT(*refusal, HasSubstr("try again in 50 s"));
    EXPECT_TRUE(damper.refusal(source("ann", 1), start + Millis(59'999)));
    EXPECT_FALSE(damper.refusal(source("ann", 1), start + Millis(60'000)));
}

TEST(LoginDamper, OtherClassesAndAccountsGoOn) {
    LoginDamper damper({.per_class = 30, .per_address = 300});
    fail(damper, source("ann", 1), 31, start);
    EXPECT_FALSE(damper.refusal(source("ann", 2), start));
    EXPECT_FALSE(damper.refusal(source("bob", 1), start));
}

TEST(LoginDamper, StrangersDoNotLockOutADeviceThatIsKnown) {
    LoginDamper damper({.per_class = 30, .per_address = 300});
    fail(damper, source("ann", 1, "stranger"), 1000, start);
    EXPECT_TRUE(damper.refusal(source("ann", 1, "phone"), start));
    EXPECT_FALSE(damper.refusal(known(source("ann", 1, "phone")), start));
    fail(damper, known(source("ann", 1, "phone")), LoginDamper::own_failures_max, start);
    EXPECT_FALSE(damper.refusal(known(source("ann", 1, "phone")), start));
    fail(damper, known(source("ann", 1, "phone")), 1, start);
    EXPECT_TRUE(damper.refusal(known(source("ann", 1, "phone")), start));
    EXPECT_FALSE(damper.refusal(known(source("ann", 1, "tablet")), start));
}

TEST(LoginDamper, AnAddressThatTriesManyAccountsIsDamped) {
    LoginDamper damper({.per_class = 30, .per_address = 300});
    for (int i = 0; i < 301; ++i) {
        fail(damper, source(("uid" + std::to_string(i)).c_str(), 0), 1, start);
    }
    EXPECT_THAT(damper.refusal(source("ann", 1), start).value_or(""), HasSubstr("this address"));
    LoginSource elsewhere = source("ann", 1);
    elsewhere.address = "192.0.2.8";
    EXPECT_FALSE(damper.refusal(elsewhere, start));
}

TEST(LoginDamper, ALimitOfNothingIsNoLimit) {
    LoginDamper damper({.per_class = 0, .per_address = 0});
    fail(damper, source("ann", 1), 1000, start);
    EXPECT_FALSE(damper.refusal(source("ann", 1), start));
}

TEST(LoginDamper, ForgetsWhoIsNotOverTheLimitWhenTooManyAreCounted) {
    LoginDamper damper({.per_class = 3, .per_address = 0});
    fail(damper, source("ann", 1), 4, start);
    for (std::size_t i = 0; i < LoginDamper::entries_max + 10; ++i) {
        fail(damper, source(("uid" + std::to_string(i)).c_str(), 0), 1, start);
    }
    EXPECT_TRUE(damper.refusal(source("ann", 1), start));
}

TEST(LoginDamper, OnlyWhatAGuesserWouldSeeCounts) {
    using domain::LoginWhy;
    EXPECT_TRUE(counts_as_failure(LoginWhy::wrong_token));
    EXPECT_TRUE(counts_as_failure(LoginWhy::unknown_account));
    EXPECT_TRUE(counts_as_failure(LoginWhy::token_revoked));
    EXPECT_FALSE(counts_as_failure(LoginWhy::ok));
    EXPECT_FALSE(counts_as_failure(LoginWhy::damped));
    EXPECT_FALSE(counts_as_failure(LoginWhy::limit_reached));
    EXPECT_FALSE(counts_as_failure(LoginWhy::banned));
}

}  // namespace
}  // namespace fenshen::service
