// SPDX-License-Identifier: Apache-2.0
#include "cli/detail/policy_view.h"

#include <set>
#include <vector>

#include "cli/detail/text_width.h"

namespace fenshen::cli {
namespace {

struct Limit {
    std::string whose;  ///< "class 1", "phone (0, 4, 5)", "every other class"
    std::string limit;  ///< "4 devices"
    std::string over;
};

Limit limit_of(std::string whose, const Json& limit) {
    const auto number = number_of(limit, "limit");
    std::string over = text_of(limit, "over");
    if (over == "end_earliest") over = "the earliest login is ended";
    if (over == "refuse_newest") over = "the newest login is refused";
    if (!number) return {std::move(whose), "no limit", {}};
    if (*number == 0) return {std::move(whose), "none may log in", {}};
    return {std::move(whose), std::to_string(*number) + " online at once", std::move(over)};
}

std::string list_of(const Json& numbers) {
    std::string list;
    for (const Json& number : numbers) list += (list.empty() ? "" : ", ") + number.dump();
    return list;
}

std::string group_name(const Json& group) {
    return text_of(group, "name") + " (classes " + list_of(member(group, "classes")) + " together)";
}

std::vector<Limit> limits_of(const Json& policy) {
    std::vector<Limit> limits;
    if (is_true(policy, "single_device")) {
        limits.push_back({"all classes together", "1 online at once", {}});
    }
    const Json& classes = member(policy, "classes");
    if (classes.is_object()) {
        for (const auto& [number, limit] : classes.items()) {
            limits.push_back(limit_of("class " + number, limit));
        }
    }
    const Json& groups = member(policy, "groups");
    if (groups.is_array()) {
        for (const Json& group : groups) limits.push_back(limit_of(group_name(group), group));
    }
    const Json& otherwise = member(policy, "default");
    if (otherwise.is_object()) {
        limits.push_back(limit_of(limits.empty() ? "every class" : "every other class", otherwise));
    }
    const Json& msync = member(policy, "msync_default");
    if (msync.is_object()) limits.push_back(limit_of("the same, Easemob devices", msync));
    return limits;
}

/// What a table of limits has no column for, a line each.
std::string further_rules(const Json& policy) {
    std::string out;
    const Json& tabs = member(policy, "many_tabs");
    if (tabs.is_array() && !tabs.empty()) {
        out += "several connections of one device count once in class " + list_of(tabs) + "\n";
    }
    const Json& beside = member(policy, "only_with");
    if (!beside.is_object()) return out;
    for (const auto& [number, others] : beside.items()) {
        out += "class " + number + " only while one of class " + list_of(others) + " is online\n";
    }
    return out;
}

}  // namespace

std::string draw_policy(const Json& policy, const Terminal& terminal) {
    std::string out;
    const std::string preset = text_of(policy, "preset");
    if (!preset.empty()) out += "begins with the preset " + printable(preset) + "\n";
    Table table({"WHOSE DEVICES", "LIMIT", "OVER IT"});
    for (const Limit& limit : limits_of(policy)) table.add({limit.whose, limit.limit, limit.over});
    return out + table.draw(terminal) + further_rules(policy);
}

std::string policy_line(const Json& policy) {
    std::string line = text_of(policy, "preset");
    for (const Limit& limit : limits_of(policy)) {
        line += (line.empty() ? "" : "; ") + limit.whose + ": " + limit.limit;
    }
    return line;
}

std::string draw_would_end(const Json& answer, const Terminal& terminal) {
    const Json& sessions = member(answer, "would_end");
    if (!sessions.is_array() || sessions.empty()) return "nobody's session would be ended\n";
    Table table({"ACCOUNT", "DEVICE", "CLASS", "RULE"});
    std::set<std::string> accounts;
    for (const Json& session : sessions) {
        accounts.insert(text_of(session, "uid"));
        table.add({text_of(session, "uid"),
                   text_of(session, "device_id"),
                   short_class_of(session),
                   text_of(session, "rule")});
    }
    const std::size_t count = sessions.size();
    return table.draw(terminal) + std::to_string(count) + (count == 1 ? " session" : " sessions") +
           " of " + std::to_string(accounts.size()) +
           (accounts.size() == 1 ? " account" : " accounts") + " would be ended\n";
}

}  // namespace fenshen::cli
