// SPDX-License-Identifier: Apache-2.0
#include "domain/admit.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <tuple>

#include "domain/class_names.h"

namespace fenshen::domain {

namespace {

/// A device with the sessions that it still has.
struct Device {
    DeviceClass device_class;
    DeviceId device_id;
    WallTime login_at;
    std::vector<SessionRef> sessions;

    auto order() const { return std::tie(login_at, device_class, device_id); }
};

using InScope = std::function<bool(DeviceClass)>;

class World {
public:
    World(std::span<const LiveSession> live, const Newcomer& newcomer) : newcomer_(newcomer) {
        for (const auto& session : live) place(session);
        std::ranges::sort(others_, {}, &Device::order);
        for (auto& device : others_) std::ranges::sort(device.sessions);
    }

    bool is_returning() const { return own_login_at_.has_value(); }
    WallTime login_at(WallTime now) const { return own_login_at_.value_or(now); }

    void end_others_of_class(EndRule rule, const std::string& sentence) {
        std::erase_if(others_, [&](const Device& device) {
            if (device.device_class != newcomer_.device_class) return false;
            end(device, rule, sentence);
            return true;
        });
    }

    /// Makes room for the newcomer; the sentence of the refusal where there is none.
    std::optional<std::string> make_room(const Limit& limit,
                                         const InScope& in_scope,
                                         EndRule rule,
                                         const std::string& scope) {
        if (!limit.devices) return std::nullopt;
        const auto places = std::size_t{*limit.devices} - 1;  // without the newcomer's
        auto taken = static_cast<std::size_t>(std::ranges::count_if(
            others_, [&](const Device& device) { return in_scope(device.device_class); }));
        if (taken <= places) return std::nullopt;
        const std::string sentence =
            "at most " + std::to_string(*limit.devices) + " online in " + scope;
        // Who is in and only comes back is not the newest.
        if (limit.over == Over::refuse_newest && !is_returning()) return sentence;
        std::erase_if(others_, [&](const Device& device) {
            if (taken <= places || !in_scope(device.device_class)) return false;
            end(device, rule, sentence);
            --taken;
            return true;
        });
        return std::nullopt;
    }

    std::vector<Ended> take_ended() {
        std::ranges::sort(ended_, {}, &Ended::session);
        return std::move(ended_);
    }

private:
    void place(const LiveSession& session) {
        const bool is_own = session.device_class == newcomer_.device_class &&
                            session.device_id == newcomer_.device_id;
        if (is_own) {
            own_login_at_ = std::min(own_login_at_.value_or(session.login_at), session.login_at);
            ended_.push_back({session.session, EndRule::same_device, "the same device came back"});
            return;
        }
        const auto same = std::ranges::find_if(others_, [&](const Device& device) {
            return device.device_class == session.device_class &&
                   device.device_id == session.device_id;
        });
        if (same == others_.end()) {
            others_.push_back(
                {session.device_class, session.device_id, session.login_at, {session.session}});
        } else {
            same->login_at = std::min(same->login_at, session.login_at);
            same->sessions.push_back(session.session);
        }
    }

    void end(const Device& device, EndRule rule, const std::string& sentence) {
        for (const auto& session : device.sessions) ended_.push_back({session, rule, sentence});
    }

    const Newcomer& newcomer_;
    std::vector<Device> others_;  // earliest login first
    std::optional<WallTime> own_login_at_;
    std::vector<Ended> ended_;
};

bool contains(const ClassGroup& group, DeviceClass device_class) {
    return std::ranges::find(group.classes, device_class) != group.classes.end();
}

/// A scope of classes that the newcomer belongs to, with its limit.
struct Scope {
    Limit limit;
    InScope includes;
    EndRule rule;
    std::string name;
};

std::vector<Scope> scopes_of(const Newcomer& newcomer, const Policy& policy) {
    const DeviceClass own = newcomer.device_class;
    std::vector<Scope> scopes;
    scopes.push_back({policy.limit_of(own),
                      [own](DeviceClass other) { return other == own; },
                      EndRule::class_limit,
                      "class " + number_and_name(own)});
    for (const auto& group : policy.groups) {
        if (!contains(group, own)) continue;
        scopes.push_back({group.limit,
                          [&group](DeviceClass other) { return contains(group, other); },
                          EndRule::group_limit,
                          "group " + group.name});
    }
    if (policy.single_device) {
        scopes.push_back({Limit{1, Over::end_earliest},
                          [](DeviceClass) { return true; },
                          EndRule::single_device,
                          "all classes together"});
    }
    return scopes;
}

}  // namespace

Admission admit(std::span<const LiveSession> live,
                const Newcomer& newcomer,
                const Policy& policy,
                WallTime now) {
    const auto scopes = scopes_of(newcomer, policy);
    for (const auto& scope : scopes) {
        if (scope.limit.devices == 0U) {
            return Refuse{Refuse::Why::class_not_allowed, "no logins are allowed in " + scope.name};
        }
    }
    World world(live, newcomer);
    if (newcomer.level == DeviceLevel::main) {
        world.end_others_of_class(
            EndRule::main_device_alone,
            "main device alone in class " + number_and_name(newcomer.device_class));
    }
    for (const auto& scope : scopes) {
        if (auto refusal = world.make_room(scope.limit, scope.includes, scope.rule, scope.name)) {
            return Refuse{Refuse::Why::limit_reached, std::move(*refusal)};
        }
    }
    return Admit{world.login_at(now), world.take_ended()};
}

}  // namespace fenshen::domain
