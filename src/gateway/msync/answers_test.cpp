// SPDX-License-Identifier: Apache-2.0
// The words that the web SDK tells apart, against the tables of msync-wire 7.
#include "gateway/msync/answers.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "gateway/msync/platform.h"

namespace fenshen::gateway {
namespace {

using domain::LoginWhy;
using msync::StatusCode;

TEST(MsyncAnswers, RefusedLogins) {
    const auto is = [](LoginWhy why, StatusCode code, std::string_view reason) {
        EXPECT_EQ(refusal_of(why).code, code) << domain::name_of(why);
        EXPECT_EQ(refusal_of(why).reason, reason) << domain::name_of(why);
    };
    is(LoginWhy::token_expired, StatusCode::fail, "Sorry, token expired");
    is(LoginWhy::unknown_account, StatusCode::fail, "Sorry, user not found");
    for (const auto why :
         {LoginWhy::wrong_token, LoginWhy::no_token_given, LoginWhy::token_revoked}) {
        is(why, StatusCode::fail, "Sorry, token or password does not match login info");
    }
    is(LoginWhy::banned, StatusCode::im_forbidden, "");
    is(LoginWhy::limit_reached, StatusCode::too_many_devices, "");
    is(LoginWhy::class_not_allowed, StatusCode::too_many_devices, "");
    is(LoginWhy::other_device_online, StatusCode::resource_changed, "");
    is(LoginWhy::bad_name, StatusCode::wrong_parameter, "");
    // Whatever else: never a success.
    for (int why = 1; why < static_cast<int>(LoginWhy::count_); ++why) {
        EXPECT_NE(refusal_of(static_cast<LoginWhy>(why)).code, StatusCode::ok);
    }
}

TEST(MsyncAnswers, RefusedSends) {
    const auto person = ChannelType::person;
    const auto group = ChannelType::group;
    EXPECT_EQ(refusal_of(Errc::denied, person).reason, "blocked");
    EXPECT_EQ(refusal_of(Errc::not_allowed, person).reason, "nonroster");
    EXPECT_EQ(refusal_of(Errc::not_allowed, group).reason, "not in group or chatroom white list");
    EXPECT_EQ(refusal_of(Errc::not_a_member, group).reason, "not in group or chatroom");
    EXPECT_EQ(refusal_of(Errc::channel_disbanded, group).reason, "group not found");
    EXPECT_EQ(refusal_of(Errc::channel_banned, group).reason, "group is disabled");
    EXPECT_EQ(refusal_of_change(Errc::conflict, false).reason, "exceed recall time limit");
    EXPECT_EQ(refusal_of_change(Errc::denied, true).reason, "Sorry, You do not have permission");
    EXPECT_EQ(refusal_of_change(Errc::not_found, true).reason, "Sorry, message does not exist");
    EXPECT_EQ(refusal_of_change(Errc::rate_limited, true).reason, "Sorry, edit limit reached");
    // With another text behind this code the SDK's promise is never settled (msync-wire 7.3).
    constexpr std::string_view known[] = {"sensitive words",
                                          "blocked by mod_antispam",
                                          "user is mute",
                                          "traffic limit",
                                          "Sorry, data is too large"};
    for (int error = 0; error < static_cast<int>(Errc::count_); ++error) {
        for (const auto type : {person, group}) {
            const auto refusal = refusal_of(static_cast<Errc>(error), type);
            EXPECT_NE(refusal.code, StatusCode::ok);
            if (refusal.code != StatusCode::permission_denied) continue;
            EXPECT_NE(std::ranges::find(known, refusal.reason), std::end(known)) << refusal.reason;
        }
    }
}

TEST(MsyncAnswers, Kicks) {
    using Operation = msync::StatisticsBody::Operation;
    EXPECT_EQ(kick_of("replaced"), Operation::user_login_another_device);
    EXPECT_EQ(kick_of("limit"), Operation::user_login_another_device);
    EXPECT_EQ(kick_of("password_changed"), Operation::user_kicked_by_change_password);
    EXPECT_EQ(kick_of("user_removed"), Operation::user_removed);
    EXPECT_EQ(kick_of("kicked"), Operation::user_kicked_by_other_device);
    EXPECT_EQ(kick_of("banned"), Operation::user_kicked_by_other_device);
    EXPECT_EQ(kick_of("token_expired"), std::nullopt);
}

TEST(MsyncAnswers, PlatformsAreClasses) {
    const auto is = [](std::optional<msync::OsType> os, std::optional<std::uint32_t> custom) {
        msync::Provision provision;
        provision.os_type = os;
        provision.os_custom_value = custom;
        return device_class_of(provision);
    };
    using msync::OsType;
    EXPECT_EQ(is(std::nullopt, std::nullopt), DeviceClass(1));
    EXPECT_EQ(is(OsType::other, std::nullopt), DeviceClass(1));
    EXPECT_EQ(is(OsType::android, 7), DeviceClass(4));
    EXPECT_EQ(is(OsType::ios, std::nullopt), DeviceClass(5));
    EXPECT_EQ(is(OsType::custom, 1), DeviceClass(101));
    EXPECT_EQ(is(OsType::custom, 100), DeviceClass(200));
    for (const auto none : {0U, 101U, 4'000'000'000U}) {
        EXPECT_EQ(is(OsType::custom, none), std::nullopt);
    }
    EXPECT_EQ(is(OsType::custom, std::nullopt), std::nullopt);
}

}  // namespace
}  // namespace fenshen::gateway
