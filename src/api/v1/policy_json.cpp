// SPDX-License-Identifier: Apache-2.0
#include "api/v1/policy_json.h"

#include <algorithm>

#include "api/http/message.h"

namespace fenshen::api::v1 {

namespace {

constexpr std::string_view class_rule = "is no class; these are the integers from 0 to 255";
constexpr std::size_t class_digits_max = 3;
constexpr std::string_view over_rule = "must be end_earliest or refuse_newest";

/// Of an object that may have other fields, too.
domain::Limit read_limit(http::JsonObject& object) {
    domain::Limit limit;
    const auto names = object.names();
    if (std::ranges::find(names, "limit") == names.end()) {
        object.refuse("limit", "is required; null is no limit");
    }
    if (object.has("limit")) limit.devices = object.integer<std::uint32_t>("limit");
    const auto over = domain::over_of(object.string("over", domain::name_of(limit.over)));
    if (!over) object.refuse("over", over_rule);
    limit.over = over.value_or(limit.over);
    return limit;
}

domain::Limit read_only_limit(http::JsonObject object) {
    object.only({"limit", "over"});
    return read_limit(object);
}

/// The class that a member is named after; none: it is no class, which is noted.
std::optional<DeviceClass> class_named(http::JsonObject& object, const std::string& name) {
    const auto number = http::to_integer<std::uint8_t>(name);
    if (number && std::to_string(*number) == name) return DeviceClass(*number);
    object.refuse(name.size() > class_digits_max ? "a name" : name, class_rule);
    return std::nullopt;
}

std::map<DeviceClass, domain::Limit> read_classes(http::JsonObject object) {
    std::map<DeviceClass, domain::Limit> classes;
    for (const std::string& name : object.names()) {
        const auto device_class = class_named(object, name);
        if (device_class) classes[*device_class] = read_only_limit(object.object(name));
    }
    return classes;
}

std::vector<DeviceClass> read_class_list(http::JsonObject& object, std::string_view name) {
    std::vector<DeviceClass> classes;
    for (const auto number : object.integers<std::uint8_t>(name)) classes.emplace_back(number);
    return classes;
}

std::map<DeviceClass, std::set<DeviceClass>> read_only_with(http::JsonObject object) {
    std::map<DeviceClass, std::set<DeviceClass>> only_with;
    for (const std::string& name : object.names()) {
        const auto device_class = class_named(object, name);
        if (!device_class) continue;
        const auto others = read_class_list(object, name);
        only_with[*device_class] = {others.begin(), others.end()};
    }
    return only_with;
}

std::vector<domain::ClassGroup> read_groups(http::JsonObject& object) {
    std::vector<domain::ClassGroup> groups;
    auto read = object.objects("groups");
    if (read.size() > domain::policy_groups_max) {
        object.refuse("groups", "are more than " + std::to_string(domain::policy_groups_max));
        return groups;
    }
    for (auto& each : read) {
        each.only({"name", "classes", "limit", "over"});
        each.require({"name", "classes"});
        domain::ClassGroup& group = groups.emplace_back();
        group.name = each.string("name");
        group.classes = read_class_list(each, "classes");
        group.limit = read_limit(each);
    }
    return groups;
}

std::string list_of_presets() {
    std::string list;
    for (const auto name : domain::preset_names) list.append(list.empty() ? "" : ", ").append(name);
    return list;
}

void write_limit_members(JsonWriter& json, const domain::Limit& limit) {
    json.key("limit");
    limit.devices ? json.number(*limit.devices) : json.null();
    json.member("over", domain::name_of(limit.over));
}

void write_limit(JsonWriter& json, const domain::Limit& limit) {
    json.begin_object();
    write_limit_members(json, limit);
    json.end_object();
}

template <class Classes>
void write_class_list(JsonWriter& json, const Classes& classes) {
    json.begin_array();
    for (const DeviceClass device_class : classes) json.number(device_class.value());
    json.end_array();
}

}  // namespace

domain::Policy read_policy(http::JsonObject& object) {
    object.only({"preset",
                 "single_device",
                 "default",
                 "msync_default",
                 "classes",
                 "groups",
                 "many_tabs",
                 "only_with"});
    const auto preset = domain::preset_of(object.string("preset", domain::Policy{}.preset));
    if (!preset) object.refuse("preset", "must be one of " + list_of_presets());
    domain::Policy policy = preset.value_or(domain::Policy{});
    policy.single_device = object.boolean("single_device", policy.single_device);
    if (object.has("default")) {
        policy.default_limit = read_only_limit(object.object("default"));
        policy.msync_default = policy.default_limit;
    }
    if (object.has("msync_default")) {
        policy.msync_default = read_only_limit(object.object("msync_default"));
    }
    if (object.has("classes")) policy.classes = read_classes(object.object("classes"));
    if (object.has("groups")) policy.groups = read_groups(object);
    if (object.has("many_tabs")) {
        const auto classes = read_class_list(object, "many_tabs");
        policy.many_tabs = {classes.begin(), classes.end()};
    }
    if (object.has("only_with")) policy.only_with = read_only_with(object.object("only_with"));
    if (const auto problem = domain::problem_of(policy)) object.refuse({}, *problem);
    return policy;
}

void write_policy(JsonWriter& json, const domain::Policy& policy) {
    json.begin_object()
        .member("preset", policy.preset)
        .member("single_device", policy.single_device)
        .key("default");
    write_limit(json, policy.default_limit);
    if (policy.msync_default != policy.default_limit) {
        json.key("msync_default");
        write_limit(json, policy.msync_default);
    }
    json.key("classes").begin_object();
    for (const auto& [device_class, limit] : policy.classes) {
        json.key(std::to_string(device_class.value()));
        write_limit(json, limit);
    }
    json.end_object().key("groups").begin_array();
    for (const auto& group : policy.groups) {
        json.begin_object().member("name", group.name).key("classes");
        write_class_list(json, group.classes);
        write_limit_members(json, group.limit);
        json.end_object();
    }
    json.end_array();
    if (!policy.many_tabs.empty()) {
        json.key("many_tabs");
        write_class_list(json, policy.many_tabs);
    }
    if (!policy.only_with.empty()) {
        json.key("only_with").begin_object();
        for (const auto& [device_class, others] : policy.only_with) {
            json.key(std::to_string(device_class.value()));
            write_class_list(json, others);
        }
        json.end_object();
    }
    json.end_object();
}

}  // namespace fenshen::api::v1
