// SPDX-License-Identifier: Apache-2.0
#include "domain/detail/admit_oracle.h"

#include <algorithm>
#include <bitset>
#include <functional>
#include <map>
#include <set>

namespace fenshen::domain::oracle {

namespace {

using Name = std::pair<std::uint8_t, std::string>;  // class and device id

Name name_of(const LiveSession& session) {
    return {session.device_class.value(), session.device_id.value()};
}
Name name_of(const Newcomer& newcomer) {
    return {newcomer.device_class.value(), newcomer.device_id.value()};
}

struct Scope {
    std::bitset<256> classes;
    Limit limit;
    EndRule rule;
    bool contains(std::uint8_t number) const { return classes[number]; }
};
Scope scope_of_class(std::uint8_t number, Limit limit) {
    Scope scope{{}, limit, EndRule::class_limit};
    scope.classes.set(number);
    return scope;
}

std::vector<Scope> scopes_of(std::uint8_t number, Family family, const Policy& policy) {
    std::vector<Scope> scopes;
    Limit own = family == Family::msync ? policy.msync_default : policy.default_limit;
    if (policy.classes.contains(DeviceClass(number))) own = policy.classes.at(DeviceClass(number));
    scopes.push_back(scope_of_class(number, own));
    for (const auto& group : policy.groups) {
        Scope scope{{}, group.limit, EndRule::group_limit};
        for (const auto each : group.classes) scope.classes.set(each.value());
        if (scope.contains(number)) scopes.push_back(scope);
    }
    if (policy.single_device) {
        scopes.push_back(
            {std::bitset<256>{}.set(), {1, Over::end_earliest}, EndRule::single_device});
    }
    return scopes;
}

WallTime login_of(const Live& live, const Name& name) {
    WallTime earliest{INT64_MAX};
    for (const auto& session : live) {
        if (name_of(session) == name) earliest = std::min(earliest, session.login_at);
    }
    return earliest;
}

bool is_main(const Live& live, const Name& name) {
    return std::ranges::any_of(live, [&](const LiveSession& session) {
        return name_of(session) == name && session.level == DeviceLevel::main;
    });
}

std::set<Name> devices_in(const Live& live, const Scope& scope) {
    std::set<Name> names;
    for (const auto& session : live) {
        if (scope.contains(session.device_class.value())) names.insert(name_of(session));
    }
    return names;
}

using Ends = std::map<SessionRef, EndRule>;

void end_device(Live& online, const Name& name, EndRule rule, Ends& ends) {
    std::erase_if(online, [&](const LiveSession& session) {
        if (name_of(session) != name) return false;
        ends[session.session] = rule;
        return true;
    });
}

/// The device that has to go next; none: nobody may be ended.
std::optional<Name> next_to_go(const Live& online, const Scope& scope, const Newcomer& newcomer) {
    std::optional<Name> next;
    for (const auto& name : devices_in(online, scope)) {
        if (name == name_of(newcomer)) continue;
        const bool is_protected = scope.rule == EndRule::class_limit &&
                                  newcomer.level == DeviceLevel::secondary && is_main(online, name);
        if (is_protected) continue;
        const auto order = [&](const Name& who) { return std::pair{login_of(online, who), who}; };
        if (!next || order(name) < order(*next)) next = name;
    }
    return next;
}

/// Whether the newcomer has a place among the earliest logins.
bool is_early_enough(const Live& live, const Live& online, const Scope& scope, const Name& own) {
    if (login_of(live, own) == WallTime{INT64_MAX}) return false;  // it was not online
    std::uint32_t rank = 1;
    for (const auto& name : devices_in(online, scope)) {
        const bool is_before =
            std::pair{login_of(online, name), name} < std::pair{login_of(live, own), own};
        if (name != own && is_before) ++rank;
    }
    return rank <= *scope.limit.devices;
}

}  // namespace

Admission admit(const Live& live, const Newcomer& newcomer, const Policy& policy, WallTime now) {
    const Name own = name_of(newcomer);
    const auto scopes = scopes_of(own.first, newcomer.family, policy);
    for (const auto& scope : scopes) {
        if (scope.limit.devices == 0U) return Refuse{Refuse::Why::class_not_allowed, {}};
    }
    if (policy.only_with.contains(newcomer.device_class)) {
        Scope company{{}, {}, EndRule::class_limit};
        for (const auto each : policy.only_with.at(newcomer.device_class)) {
            company.classes.set(each.value());
        }
        if (devices_in(live, company).empty()) return Refuse{Refuse::Why::class_not_allowed, {}};
    }
    const bool was_online = login_of(live, own) != WallTime{INT64_MAX};
    Live online = live;
    Ends ends;
    if (newcomer.level == DeviceLevel::main) {
        for (const auto& session : live) {
            const bool meant = session.device_class == newcomer.device_class;
            if (meant && name_of(session) != own) {
                end_device(online, name_of(session), EndRule::main_device_alone, ends);
            }
        }
    }
    for (const auto& scope : scopes) {
        if (!scope.limit.devices) continue;
        for (;;) {
            auto inside = devices_in(online, scope);
            inside.insert(own);
            if (inside.size() <= *scope.limit.devices) break;
            if (scope.limit.over == Over::refuse_newest) {
                if (is_early_enough(live, online, scope, own)) break;
                return Refuse{Refuse::Why::limit_reached, {}};
            }
            const auto next = next_to_go(online, scope, newcomer);
            if (!next) return Refuse{Refuse::Why::limit_reached, {}};
            end_device(online, *next, scope.rule, ends);
        }
    }
    if (!policy.many_tabs.contains(newcomer.device_class)) {
        end_device(online, own, EndRule::same_device, ends);
    }
    Admit admitted{was_online ? login_of(live, own) : now, {}};
    for (const auto& [session, rule] : ends) admitted.ended.push_back({session, rule, {}});
    return admitted;
}

namespace {

std::string fault_of_ended(const Ended& ended,
                           const LiveSession& session,
                           const Newcomer& newcomer) {
    const bool is_own = name_of(session) == name_of(newcomer);
    if (is_own != (ended.rule == EndRule::same_device)) return "a device ended by its own rule";
    if (is_own && ended.is_told()) return "the device itself is told";
    if (!is_own && !ended.is_told()) return "another device is not told";
    if (ended.sentence.empty()) return "no reason given";
    const bool across = ended.rule == EndRule::group_limit || ended.rule == EndRule::single_device;
    if (!across && session.device_class != newcomer.device_class) return "another class ended";
    const bool main_by_secondary =
        session.level == DeviceLevel::main && newcomer.level == DeviceLevel::secondary && !is_own;
    if (!across && main_by_secondary) return "a main ended by a secondary of its class";
    return {};
}

}  // namespace

std::string fault_of(const Admission& admission,
                     const Live& live,
                     const Newcomer& newcomer,
                     const Policy& policy,
                     WallTime now) {
    if (const auto* refused = std::get_if<Refuse>(&admission)) {
        return refused->sentence.empty() ? "refused without a reason" : "";
    }
    const auto& admitted = std::get<Admit>(admission);
    if (!std::ranges::is_sorted(admitted.ended, std::less_equal{}, &Ended::session)) {
        return "sessions ended twice, or out of order";
    }
    Live after = live;
    for (const auto& ended : admitted.ended) {
        const auto session = std::ranges::find(after, ended.session, &LiveSession::session);
        if (session == after.end()) return "a session ended that is not there";
        if (auto fault = fault_of_ended(ended, *session, newcomer); !fault.empty()) return fault;
        after.erase(session);
    }
    const Name own = name_of(newcomer);
    for (const auto& session : after) {
        const bool is_own = name_of(session) == own;
        if (is_own && !policy.many_tabs.contains(newcomer.device_class)) return "old self stays";
        const bool is_beside = session.device_class == newcomer.device_class && !is_own;
        if (is_beside && newcomer.level == DeviceLevel::main) return "a main is not alone";
        const bool was_split = std::ranges::any_of(admitted.ended, [&](const Ended& ended) {
            const auto there = std::ranges::find(live, ended.session, &LiveSession::session);
            return !is_own && name_of(*there) == name_of(session);
        });
        if (was_split) return "a device ended by half";
    }
    const bool was_online = login_of(live, own) != WallTime{INT64_MAX};
    if (admitted.login_at != (was_online ? login_of(live, own) : now)) return "wrong login time";
    after.push_back({SessionRef{},
                     newcomer.device_class,
                     newcomer.device_id,
                     newcomer.level,
                     newcomer.family,
                     admitted.login_at});
    for (const auto& scope : scopes_of(own.first, newcomer.family, policy)) {
        if (!scope.limit.devices) continue;
        const auto most = std::size_t{*scope.limit.devices};
        const auto before = devices_in(live, scope).size();
        const bool keeps_place = was_online && scope.limit.over == Over::refuse_newest;
        const auto allowed = keeps_place ? std::max(most, before) : most;
        if (devices_in(after, scope).size() > allowed) return "over the limit";
    }
    return {};
}

bool keeps_limits(const Live& live, const Policy& policy) {
    return std::ranges::all_of(live, [&](const LiveSession& session) {
        const auto scopes = scopes_of(session.device_class.value(), session.family, policy);
        return std::ranges::all_of(scopes, [&](const Scope& scope) {
            return !scope.limit.devices || devices_in(live, scope).size() <= *scope.limit.devices;
        });
    });
}

bool is_same(const Admission& one, const Admission& other) {
    if (one.index() != other.index()) return false;
    if (const auto* refused = std::get_if<Refuse>(&one)) {
        return refused->why == std::get<Refuse>(other).why;
    }
    const auto& a = std::get<Admit>(one);
    const auto& b = std::get<Admit>(other);
    return a.login_at == b.login_at &&
           std::ranges::equal(a.ended, b.ended, [](const Ended& x, const Ended& y) {
               return x.session == y.session && x.rule == y.rule;
           });
}

std::string text_of(const Live& live) {
    std::string text;
    for (const auto& session : live) {
        text +=
            "\n  session " + std::to_string(session.session.serial) + ": class " +
            std::to_string(session.device_class.value()) + " device '" + session.device_id.value() +
            "' " + (session.level == DeviceLevel::main ? "main" : "secondary") + " login " +
            std::to_string(session.login_at.ms) + (session.family == Family::msync ? " msync" : "");
    }
    return text;
}

std::string text_of(const Admission& admission) {
    if (const auto* refused = std::get_if<Refuse>(&admission)) {
        return refused->why == Refuse::Why::class_not_allowed ? "class not allowed"
                                                              : "limit reached";
    }
    const auto& admitted = std::get<Admit>(admission);
    std::string text = "in at " + std::to_string(admitted.login_at.ms);
    for (const auto& ended : admitted.ended) {
        text += "; " + std::to_string(ended.session.serial) + " by rule " +
                std::to_string(static_cast<int>(ended.rule));
    }
    return text;
}

}  // namespace fenshen::domain::oracle
