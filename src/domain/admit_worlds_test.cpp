// SPDX-License-Identifier: Apache-2.0
// Every world of up to four sessions under many policies, and larger ones by chance, against the
// slow rule and the properties of detail/admit_oracle.h.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>

#include "domain/admit.h"
#include "domain/detail/admit_oracle.h"

namespace fenshen::domain {
namespace {

using oracle::Live;

constexpr WallTime now{1000};

LiveSession session_of(std::size_t serial, std::uint8_t number, const char* id, bool is_main) {
    LiveSession session;
    session.session = {NodeId(1), LoopId(static_cast<std::uint16_t>(serial % 2)), serial};
    session.device_class = DeviceClass(number);
    session.device_id = DeviceId(id);
    session.level = is_main ? DeviceLevel::main : DeviceLevel::secondary;
    return session;
}

struct Kind {
    std::uint8_t device_class;
    const char* device_id;
    bool is_main;
};
// Three devices of one class, one of a class beside it, one that is apart.
constexpr std::array session_kinds{
    Kind{1, "a", false},
    Kind{1, "a", true},
    Kind{1, "b", false},
    Kind{1, "b", true},
    Kind{1, "", false},
    Kind{4, "a", false},
    Kind{4, "a", true},
    Kind{7, "a", false},
};
constexpr std::array newcomer_kinds{
    Kind{1, "a", false},
    Kind{1, "a", true},
    Kind{1, "c", false},
    Kind{1, "c", true},
    Kind{4, "a", false},
    Kind{4, "a", true},
    Kind{4, "c", false},
    Kind{1, "", false},
};

Newcomer newcomer_of(const Kind& kind) {
    return {DeviceClass(kind.device_class),
            DeviceId(kind.device_id),
            kind.is_main ? DeviceLevel::main : DeviceLevel::secondary,
            Family::wukong};
}

struct Case {
    const char* name;
    Policy policy;
};

ClassGroup group(const char* name, std::initializer_list<int> numbers, Limit limit) {
    ClassGroup made{name, {}, limit};
    for (const int number : numbers) {
        made.classes.emplace_back(static_cast<std::uint8_t>(number));
    }
    return made;
}

std::vector<Case> cases() {
    std::vector<Case> all{{"wukong", {}}};
    constexpr std::array limit_names{"limit_0", "limit_1", "limit_2", "limit_3"};
    constexpr std::array refuse_names{"refuse_0", "refuse_1", "refuse_2", "refuse_3"};
    for (std::uint32_t devices = 0; devices <= 3; ++devices) {
        Policy policy;
        policy.default_limit = {devices, Over::end_earliest};
        if (devices > 0) all.push_back({limit_names[devices], policy});
        policy.default_limit.over = Over::refuse_newest;
        all.push_back({refuse_names[devices], policy});
    }
    Policy mixed;
    mixed.classes[DeviceClass(1)] = {2, Over::end_earliest};
    mixed.classes[DeviceClass(4)] = {1, Over::refuse_newest};
    mixed.groups = {group("desk", {1, 7}, {2, Over::end_earliest})};
    all.push_back({"mixed", mixed});
    Policy groups;
    groups.groups = {group("one", {1, 4}, {1, Over::end_earliest}),
                     group("two", {4, 7}, {1, Over::refuse_newest})};
    all.push_back({"overlapping_groups", groups});
    groups.groups = {group("late", {1, 4, 7}, {2, Over::refuse_newest})};
    all.push_back({"refusing_group", groups});
    all.push_back({"single", *preset_of("single")});
    Policy tabs;
    tabs.classes[DeviceClass(1)] = {2, Over::end_earliest};
    tabs.many_tabs = {DeviceClass(1)};
    all.push_back({"many_tabs", tabs});
    Policy beside;
    beside.only_with[DeviceClass(1)] = {DeviceClass(4), DeviceClass(9)};
    beside.groups = {group("one", {4, 7}, {1, Over::end_earliest})};
    all.push_back({"only_beside_another", beside});
    return all;
}

/// Empty: as the oracle says, and sound.
std::string difference(const Live& live, const Newcomer& newcomer, const Policy& policy) {
    const auto slow = oracle::admit(live, newcomer, policy, now);
    // The order in the container must not matter: the oracle got another one.
    Live turned(live.rbegin(), live.rend());
    const auto fast = admit(turned, newcomer, policy, now);
    if (!oracle::is_same(slow, fast)) {
        return "should be: " + oracle::text_of(slow) + ", but is: " + oracle::text_of(fast);
    }
    return oracle::fault_of(fast, live, newcomer, policy, now);
}

class SmallWorlds : public testing::TestWithParam<Case> {};

TEST_P(SmallWorlds, AreJudgedAsTheOracleDoes) {
    const Policy& policy = GetParam().policy;
    std::size_t judged = 0;
    for (std::size_t size = 0; size <= 4; ++size) {
        std::array<std::size_t, 4> choice{};
        for (bool more = true; more;) {
            Live live;
            for (std::size_t i = 0; i < size; ++i) {
                const Kind& kind = session_kinds[choice[i]];
                live.push_back(session_of(i + 1, kind.device_class, kind.device_id, kind.is_main));
                live.back().login_at = {static_cast<std::int64_t>(10 * i)};
            }
            for (const auto& kind : newcomer_kinds) {
                const auto problem = difference(live, newcomer_of(kind), policy);
                ASSERT_TRUE(problem.empty())
                    << problem << "\n  "
                    << "newcomer: class " << int{kind.device_class} << " '" << kind.device_id
                    << "' main " << kind.is_main << oracle::text_of(live);
                ++judged;
            }
            // The next choice of `size` kinds, each in each place: so also each order of logins.
            more = false;
            for (std::size_t i = 0; i < size && !more; ++i) {
                choice[i] = (choice[i] + 1) % session_kinds.size();
                more = choice[i] != 0;
            }
        }
    }
    EXPECT_EQ(judged, (1U + 8 + 64 + 512 + 4096) * newcomer_kinds.size());
}

INSTANTIATE_TEST_SUITE_P(Policies, SmallWorlds, testing::ValuesIn(cases()), [](const auto& each) {
    return std::string(each.param.name);
});

// --- by chance

class Chance {
public:
    explicit Chance(std::uint32_t seed) : dice_(seed) {}

    std::uint32_t below(std::uint32_t bound) { return dice_() % bound; }
    bool one_in(std::uint32_t n) { return below(n) == 0; }

    Limit limit() {
        Limit limit;
        if (!one_in(3)) limit.devices = one_in(12) ? 0 : 1 + below(4);
        limit.over = one_in(3) ? Over::refuse_newest : Over::end_earliest;
        return limit;
    }
    DeviceClass device_class() {
        constexpr std::array<std::uint8_t, 6> numbers{0, 1, 4, 5, 7, 255};
        return DeviceClass(numbers[below(numbers.size())]);
    }
    DeviceId device_id() {
        constexpr std::array ids{"", "a", "b", "c", "d", "e"};
        return DeviceId(ids[below(ids.size())]);
    }
    DeviceLevel level() { return one_in(3) ? DeviceLevel::main : DeviceLevel::secondary; }
    Family family() { return one_in(4) ? Family::msync : Family::wukong; }

    Policy policy() {
        Policy policy;
        policy.default_limit = limit();
        policy.msync_default = limit();
        policy.single_device = one_in(10);
        for (auto n = below(3); n > 0; --n) policy.classes[device_class()] = limit();
        for (auto n = below(3); n > 0; --n) {
            ClassGroup made{"g" + std::to_string(n), {}, limit()};
            for (auto c = 1 + below(3); c > 0; --c) made.classes.push_back(device_class());
            policy.groups.push_back(made);
        }
        if (one_in(3)) policy.many_tabs.insert(device_class());
        if (one_in(5)) policy.only_with[device_class()] = {device_class(), device_class()};
        return policy;
    }
    /// With ties among the login times.
    Live live() {
        Live live;
        for (std::size_t i = below(13); i > 0; --i) {
            live.push_back({{NodeId(1), LoopId(static_cast<std::uint16_t>(below(3))), i},
                            device_class(),
                            device_id(),
                            level(),
                            family(),
                            {below(8)}});
        }
        return live;
    }
    Newcomer newcomer() { return {device_class(), device_id(), level(), family()}; }
    std::mt19937& dice() { return dice_; }

private:
    std::mt19937 dice_;
};

TEST(RandomWorlds, AreJudgedAsTheOracleDoes) {
    for (std::uint32_t seed = 0; seed < 20'000; ++seed) {
        Chance chance(seed);
        const auto policy = chance.policy();
        const auto live = chance.live();
        const auto newcomer = chance.newcomer();
        ASSERT_EQ(difference(live, newcomer, policy), "")
            << "seed " << seed << oracle::text_of(live);
    }
}

TEST(RandomWorlds, EnforcingKeepsTheLimitsAndDoesSoOnce) {
    for (std::uint32_t seed = 0; seed < 20'000; ++seed) {
        Chance chance(seed);
        const auto policy = chance.policy();
        auto live = chance.live();
        const auto ended = enforce(live, policy);
        std::ranges::shuffle(live, chance.dice());
        ASSERT_EQ(enforce(live, policy), ended) << "the order matters, seed " << seed;
        std::erase_if(live, [&](const LiveSession& session) {
            return std::ranges::find(ended, session.session, &Ended::session) != ended.end();
        });
        ASSERT_EQ(enforce(live, policy).size(), 0U) << "seed " << seed << oracle::text_of(live);
        const bool one_limit_for_all = policy.default_limit == policy.msync_default;
        if (one_limit_for_all) {
            ASSERT_TRUE(oracle::keeps_limits(live, policy)) << "seed " << seed;
        }
    }
}

// An account's devices come, go and come back, under one policy: it is kept at every step, and
// putting it in force again changes nothing.
TEST(RandomWorlds, KeepTheirPolicyThroughComingAndGoing) {
    for (std::uint32_t seed = 0; seed < 300; ++seed) {
        Chance chance(seed);
        auto policy = chance.policy();
        policy.msync_default = policy.default_limit;
        Live live;
        for (std::size_t step = 1; step <= 60; ++step) {
            const WallTime time{static_cast<std::int64_t>(step)};
            if (!live.empty() && chance.one_in(4)) {
                live.erase(live.begin() + chance.below(static_cast<std::uint32_t>(live.size())));
                continue;
            }
            const auto newcomer = chance.newcomer();
            const auto admission = admit(live, newcomer, policy, time);
            ASSERT_EQ(oracle::fault_of(admission, live, newcomer, policy, time), "")
                << "seed " << seed << " step " << step << oracle::text_of(live);
            const auto* in = std::get_if<Admit>(&admission);
            if (in == nullptr) continue;
            std::erase_if(live, [&](const LiveSession& session) {
                return std::ranges::find(in->ended, session.session, &Ended::session) !=
                       in->ended.end();
            });
            live.push_back({{NodeId(1), LoopId(0), step},
                            newcomer.device_class,
                            newcomer.device_id,
                            newcomer.level,
                            newcomer.family,
                            in->login_at});
            ASSERT_TRUE(oracle::keeps_limits(live, policy)) << "seed " << seed << " step " << step;
            ASSERT_EQ(enforce(live, policy).size(), 0U)
                << "seed " << seed << " step " << step << oracle::text_of(live);
        }
    }
}

}  // namespace
}  // namespace fenshen::domain
