// SPDX-License-Identifier: Apache-2.0
#include "domain/admit.h"

#include <gtest/gtest.h>

#include <string>

namespace fenshen::domain {
namespace {

constexpr WallTime now{1000};

SessionRef ref(std::uint64_t serial) {
    return {NodeId(1), LoopId(0), serial};
}

LiveSession secondary(std::uint64_t serial, int number, std::string id, std::int64_t login) {
    return {ref(serial),
            DeviceClass(static_cast<std::uint8_t>(number)),
            DeviceId(std::move(id)),
            DeviceLevel::secondary,
            Family::wukong,
            {login}};
}
LiveSession main_device(std::uint64_t serial, int number, std::string id, std::int64_t login) {
    auto session = secondary(serial, number, std::move(id), login);
    session.level = DeviceLevel::main;
    return session;
}
Newcomer new_secondary(int number, std::string id) {
    return {DeviceClass(static_cast<std::uint8_t>(number)), DeviceId(std::move(id))};
}
Newcomer new_main(int number, std::string id) {
    auto newcomer = new_secondary(number, std::move(id));
    newcomer.level = DeviceLevel::main;
    return newcomer;
}

/// "2: main device alone in class 5; 3: ..." or "refused: ...".
std::string text_of(const Admission& admission) {
    if (const auto* refused = std::get_if<Refuse>(&admission)) {
        return "refused: " + refused->sentence;
    }
    std::string text;
    for (const auto& ended : std::get<Admit>(admission).ended) {
        if (!text.empty()) text += "; ";
        text += std::to_string(ended.session.serial) + ": " + ended.sentence;
    }
    return text;
}

std::string admitted(const std::vector<LiveSession>& live,
                     const Newcomer& newcomer,
                     const Policy& policy = {}) {
    return text_of(admit(live, newcomer, policy, now));
}

Policy with_limit(int number, std::uint32_t devices, Over over = Over::end_earliest) {
    Policy policy;
    policy.classes[DeviceClass(static_cast<std::uint8_t>(number))] = {devices, over};
    return policy;
}

// --- the table of wukong-wire 5.7

TEST(AdmitWukong, AMainEndsOtherDevicesOfItsClassAndTellsThem) {
    const std::vector live{main_device(1, 5, "old", 10), secondary(2, 5, "third", 20)};
    EXPECT_EQ(admitted(live, new_main(5, "new")),
              "1: main device alone in class 5; 2: main device alone in class 5");
    const auto admission = admit(live, new_main(5, "new"), {}, now);
    for (const auto& ended : std::get<Admit>(admission).ended) EXPECT_TRUE(ended.is_told());
}

TEST(AdmitWukong, AMainReplacesItselfWithoutAWord) {
    const std::vector live{main_device(1, 5, "same", 10)};
    const auto admission = admit(live, new_main(5, "same"), {}, now);
    ASSERT_EQ(text_of(admission), "1: same device came back");
    EXPECT_FALSE(std::get<Admit>(admission).ended[0].is_told());
}

TEST(AdmitWukong, SecondariesOfOneClassLiveSideBySide) {
    const std::vector live{secondary(1, 1, "a", 10), secondary(2, 1, "b", 20)};
    EXPECT_EQ(admitted(live, new_secondary(1, "c")), "");
}

TEST(AdmitWukong, ASecondaryReplacesItself) {
    const std::vector live{secondary(1, 1, "a", 10), secondary(2, 1, "b", 20)};
    EXPECT_EQ(admitted(live, new_secondary(1, "b")), "2: same device came back");
}

TEST(AdmitWukong, ASecondaryNeverEndsAMain) {
    const std::vector live{main_device(1, 1, "a", 10)};
    EXPECT_EQ(admitted(live, new_secondary(1, "b")), "");
}

TEST(AdmitWukong, OtherClassesAreNeverTouched) {
    const std::vector live{main_device(1, 4, "x", 10), main_device(2, 5, "x", 20)};
    EXPECT_EQ(admitted(live, new_main(6, "x")), "");
}

TEST(AdmitWukong, TwoEmptyDeviceIdsAreTheSameDevice) {
    const std::vector live{secondary(1, 1, "", 10), secondary(2, 1, "a", 20)};
    EXPECT_EQ(admitted(live, new_secondary(1, "")), "1: same device came back");
}

TEST(AdmitWukong, TheSameDeviceIdInAnotherClassIsAnotherDevice) {
    const std::vector live{secondary(1, 1, "a", 10)};
    EXPECT_EQ(admitted(live, new_secondary(2, "a")), "");
}

// The recipe of requirements D2: phones of both systems, each of them main.
TEST(AdmitWukong, AndroidAndIosBothMainStayOnline) {
    const std::vector live{main_device(1, 4, "android_device_001", 10)};
    EXPECT_EQ(admitted(live, new_main(5, "ios_device_001")), "");
}

TEST(Admit, ComingBackKeepsTheLoginTime) {
    const std::vector live{secondary(1, 1, "a", 10)};
    const auto back = admit(live, new_secondary(1, "a"), {}, now);
    EXPECT_EQ(std::get<Admit>(back).login_at, WallTime{10});
    const auto first = admit(live, new_secondary(1, "b"), {}, now);
    EXPECT_EQ(std::get<Admit>(first).login_at, now);
}

// --- limits

TEST(AdmitLimit, TheEarliestLoginOfTheClassEnds) {
    const std::vector live{secondary(1, 1, "a", 30),
                           secondary(2, 1, "b", 10),
                           secondary(3, 4, "c", 5),
                           secondary(4, 1, "d", 20)};
    EXPECT_EQ(admitted(live, new_secondary(1, "e"), with_limit(1, 3)),
              "2: at most 3 devices in class 1");
}

TEST(AdmitLimit, DevicesCountNotSessions) {
    const std::vector live{secondary(1, 1, "a", 10), secondary(2, 1, "a", 11)};
    EXPECT_EQ(admitted(live, new_secondary(1, "b"), with_limit(1, 2)), "");
}

TEST(AdmitLimit, AllSessionsOfTheEndedDeviceEnd) {
    const std::vector live{secondary(1, 1, "a", 10), secondary(2, 1, "a", 90)};
    EXPECT_EQ(admitted(live, new_secondary(1, "b"), with_limit(1, 1)),
              "1: at most 1 device in class 1; 2: at most 1 device in class 1");
}

TEST(AdmitLimit, RefuseNewestRefusesAndEndsNobody) {
    const std::vector live{secondary(1, 6, "a", 10), secondary(2, 6, "b", 20)};
    const auto policy = with_limit(6, 2, Over::refuse_newest);
    EXPECT_EQ(admitted(live, new_secondary(6, "c"), policy),
              "refused: at most 2 devices in class 6");
    EXPECT_EQ(admitted(live, new_secondary(6, "a"), policy), "1: same device came back");
}

TEST(AdmitLimit, ZeroLetsNobodyIn) {
    const auto admission = admit({}, new_main(6, "a"), with_limit(6, 0), now);
    ASSERT_TRUE(std::holds_alternative<Refuse>(admission));
    EXPECT_EQ(std::get<Refuse>(admission).why, Refuse::Why::class_not_allowed);
    EXPECT_EQ(text_of(admission), "refused: no device is allowed in class 6");
    EXPECT_EQ(admitted({}, new_main(5, "a"), with_limit(6, 0)), "");
}

TEST(AdmitLimit, AMainStaysAloneWhateverTheLimit) {
    const std::vector live{secondary(1, 1, "a", 10), secondary(2, 1, "b", 20)};
    EXPECT_EQ(admitted(live, new_main(1, "c"), with_limit(1, 4)),
              "1: main device alone in class 1; 2: main device alone in class 1");
    EXPECT_EQ(admitted(live, new_main(1, "c"), with_limit(1, 1, Over::refuse_newest)),
              "1: main device alone in class 1; 2: main device alone in class 1");
}

TEST(AdmitLimit, ASecondaryDoesNotTakeTheMainsPlace) {
    const std::vector live{main_device(1, 1, "a", 10), secondary(2, 1, "b", 20)};
    EXPECT_EQ(admitted(live, new_secondary(1, "c"), with_limit(1, 2)),
              "2: at most 2 devices in class 1");
    EXPECT_EQ(admitted(live, new_secondary(1, "c"), with_limit(1, 1)),
              "refused: at most 1 device in class 1, and a main device holds it");
}

// Where a limit was lowered, those beyond it lose their place when they reconnect; the others keep
// it.
TEST(AdmitLimit, AfterALowerLimitTheNewestOnesAreRefused) {
    const std::vector live{secondary(1, 1, "a", 10), secondary(2, 1, "b", 20)};
    const auto policy = with_limit(1, 1, Over::refuse_newest);
    EXPECT_EQ(admitted(live, new_secondary(1, "a"), policy), "1: same device came back");
    EXPECT_EQ(admitted(live, new_secondary(1, "b"), policy),
              "refused: at most 1 device in class 1");
}

TEST(AdmitLimit, EasemobPlatformsHoldFourDevices) {
    std::vector<LiveSession> live;
    for (std::uint64_t i = 1; i <= 4; ++i) {
        live.push_back(secondary(i, 1, "web" + std::to_string(i), static_cast<std::int64_t>(i)));
    }
    auto newcomer = new_secondary(1, "web5");
    EXPECT_EQ(admitted(live, newcomer), "");  // wkproto sets no limit
    newcomer.family = Family::msync;
    EXPECT_EQ(admitted(live, newcomer), "1: at most 4 devices in class 1");
    EXPECT_EQ(admitted(live, new_secondary(1, "web5"), *preset_of("easemob")),
              "1: at most 4 devices in class 1");
    EXPECT_EQ(admitted(live, newcomer, *preset_of("unlimited")), "");
}

// --- across classes

TEST(AdmitGroups, AGroupSharesItsPlaces) {
    const auto policy = *preset_of("wechat");
    const std::vector live{
        main_device(1, 4, "a", 10), secondary(2, 10, "pad", 20), secondary(3, 1, "tab", 30)};
    EXPECT_EQ(admitted(live, new_main(5, "b"), policy), "1: at most 1 device in group phone");
    EXPECT_EQ(admitted(live, new_secondary(7, "c"), policy), "");
    EXPECT_EQ(admitted(live, new_secondary(6, "c"), policy), "3: at most 1 device in group web");
}

TEST(AdmitGroups, AGroupMayRefuse) {
    Policy policy;
    policy.groups.push_back({"desk", {DeviceClass(1), DeviceClass(2)}, {1, Over::refuse_newest}});
    const std::vector live{secondary(1, 2, "pc", 10), main_device(2, 1, "w", 20)};
    EXPECT_EQ(admitted({live[0]}, new_secondary(1, "x"), policy),
              "refused: at most 1 device in group desk");
    // A main displaces its class first; that may be place enough.
    EXPECT_EQ(admitted({live[1]}, new_main(1, "x"), policy), "2: main device alone in class 1");
}

TEST(AdmitGroups, ARefusalAfterAnEndingEndsNobody) {
    Policy policy = with_limit(1, 1);
    policy.groups.push_back({"all", {DeviceClass(1), DeviceClass(2)}, {1, Over::refuse_newest}});
    const std::vector live{secondary(1, 1, "a", 10), secondary(2, 2, "b", 20)};
    EXPECT_EQ(admitted(live, new_secondary(1, "c"), policy),
              "refused: at most 1 device in group all");
}

TEST(AdmitSingle, ANewLoginEndsTheOneThatIsOnline) {
    const auto policy = *preset_of("single");
    const std::vector live{main_device(1, 4, "phone", 10)};
    EXPECT_EQ(admitted(live, new_secondary(1, "web"), policy), "1: one device at a time");
}

TEST(AdmitTabs, TabsOfOneDeviceLiveSideBySideAndCountOnce) {
    Policy policy = with_limit(1, 2);
    policy.many_tabs = {DeviceClass(1)};
    const std::vector live{secondary(1, 1, "a", 10), secondary(2, 1, "a", 11)};
    const auto admission = admit(live, new_secondary(1, "a"), policy, now);
    EXPECT_EQ(text_of(admission), "");
    EXPECT_EQ(std::get<Admit>(admission).login_at, WallTime{10});
    EXPECT_EQ(admitted(live, new_main(1, "a"), policy), "");
    EXPECT_EQ(admitted(live, new_secondary(1, "b"), policy), "");
}

// --- putting a policy in force

std::string enforced(const std::vector<LiveSession>& live, const Policy& policy) {
    return text_of(Admission(Admit{now, enforce(live, policy)}));
}

TEST(Enforce, EndsTheEarliestOrTheNewest) {
    const std::vector live{secondary(1, 1, "a", 10),
                           secondary(2, 1, "b", 20),
                           secondary(3, 1, "c", 30),
                           main_device(4, 5, "d", 5)};
    EXPECT_EQ(enforced(live, with_limit(1, 2)), "1: at most 2 devices in class 1");
    EXPECT_EQ(enforced(live, with_limit(1, 2, Over::refuse_newest)),
              "3: at most 2 devices in class 1");
    EXPECT_EQ(enforced(live, with_limit(5, 0)), "4: no device is allowed in class 5");
    EXPECT_EQ(enforced(live, *preset_of("single")),
              "1: one device at a time; 2: one device at a time; 4: one device at a time");
    EXPECT_EQ(enforced(live, {}), "");
}

TEST(Enforce, AMainIsNotEndedForASecondaryOfItsClass) {
    const std::vector live{main_device(1, 1, "a", 10), secondary(2, 1, "b", 20)};
    EXPECT_EQ(enforced(live, with_limit(1, 1)), "2: at most 1 device in class 1");
}

// Who is refused by a later rule must not have ended anybody by an earlier one.
TEST(Enforce, ADeviceThatIsRefusedTakesNobodysPlace) {
    Policy policy = with_limit(1, 1);
    policy.groups.push_back({"all", {DeviceClass(1), DeviceClass(2)}, {1, Over::refuse_newest}});
    const std::vector live{
        secondary(1, 1, "a", 10), secondary(2, 2, "b", 20), secondary(3, 1, "c", 30)};
    EXPECT_EQ(enforced(live, policy),
              "1: at most 1 device in class 1; 2: at most 1 device in group all");
}

}  // namespace
}  // namespace fenshen::domain
