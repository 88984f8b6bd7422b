// SPDX-License-Identifier: Apache-2.0
#include "api/http/json_body.h"

#include <algorithm>
#include <optional>

#include "api/http/detail/json_state.h"
#include "api/http/message.h"
#include "base/base64.h"

namespace fenshen::http {

namespace dom = simdjson::dom;
using detail::JsonState;

namespace {

/// Client texts may be long or odd; errors show a little of them.
std::string shown(std::string_view name) {
    constexpr std::size_t shown_max = 40;
    if (name.size() <= shown_max) return '"' + std::string(name) + '"';
    std::size_t cut = shown_max;
    while (cut > 0 && (byte_at(name, cut) & 0xC0U) == 0x80) --cut;  // between characters
    return '"' + std::string(name.substr(0, cut)) + "…\"";
}

std::string too_many_fields(const JsonState& state) {
    return "has more than " + std::to_string(state.limits.fields_max) + " fields";
}

std::string range_text(auto min, auto max) {
    return "must be an integer from " + std::to_string(min) + " to " + std::to_string(max);
}

std::optional<std::int64_t> as_signed(dom::element element, std::int64_t min, std::int64_t max) {
    if (!element.is_int64()) return std::nullopt;  // a larger one of uint64 does not fit either
    const auto value = static_cast<std::int64_t>(element.get_int64().value_unsafe());
    if (value < min || value > max) return std::nullopt;
    return value;
}

std::optional<std::uint64_t> as_unsigned(dom::element element, std::uint64_t max) {
    if (!element.is_uint64()) return std::nullopt;  // true for an int64 that is not negative, too
    const std::uint64_t value = element.get_uint64().value_unsafe();
    if (value > max) return std::nullopt;
    return value;
}

/// The field's value, unless it is missing or null.
std::optional<dom::element> find(JsonState* state,
                                 const detail::JsonElement& object_box,
                                 std::string_view place,
                                 std::string_view name) {
    if (state == nullptr || !object_box.present) return std::nullopt;
    dom::object object;
    if (detail::unbox(object_box).get_object().get(object) != simdjson::SUCCESS) {
        return std::nullopt;
    }
    if (object.size() > state->limits.fields_max) {
        state->note(place.empty() ? "the body" : place, too_many_fields(*state));
        return std::nullopt;
    }
    std::optional<dom::element> found;
    bool seen = false;
    for (const auto& field : object) {
        const bool same =
            state->is_strict() ? field.key == name : same_ignoring_case(field.key, name);
        if (!same) continue;
        if (seen && state->is_strict()) {
            state->note(detail::joined(place, name), "stands twice");
        }
        seen = true;
        if (!field.value.is_null()) found = field.value;
    }
    return found;
}

}  // namespace

bool JsonObject::has(std::string_view name) const {
    return find(state_, element_, place_, name).has_value();
}

std::string JsonObject::string(std::string_view name, std::string_view fallback) {
    const auto value = find(state_, element_, place_, name);
    if (!value) return std::string(fallback);
    std::string_view text;
    if (value->get_string().get(text) != simdjson::SUCCESS) {
        state_->note_kind(detail::joined(place_, name), "a string", *value);
        return std::string(fallback);
    }
    return std::string(text);
}

std::int64_t JsonObject::signed_integer(std::string_view name,
                                        std::int64_t fallback,
                                        std::int64_t min,
                                        std::int64_t max) {
    const auto value = find(state_, element_, place_, name);
    if (!value) return fallback;
    const auto integer = as_signed(*value, min, max);
    if (!integer) {
        state_->note(detail::joined(place_, name), range_text(min, max));
    }
    return integer.value_or(fallback);
}

std::uint64_t JsonObject::unsigned_integer(std::string_view name,
                                           std::uint64_t fallback,
                                           std::uint64_t max) {
    const auto value = find(state_, element_, place_, name);
    if (!value) return fallback;
    const auto integer = as_unsigned(*value, max);
    if (!integer) {
        state_->note(detail::joined(place_, name), range_text(0, max));
    }
    return integer.value_or(fallback);
}

double JsonObject::number(std::string_view name, double fallback) {
    const auto value = find(state_, element_, place_, name);
    if (!value) return fallback;
    double number = 0;
    if (value->get_double().get(number) != simdjson::SUCCESS) {
        state_->note_kind(detail::joined(place_, name), "a number", *value);
        return fallback;
    }
    return number;
}

bool JsonObject::boolean(std::string_view name, bool fallback) {
    const auto value = find(state_, element_, place_, name);
    if (!value) return fallback;
    bool flag = false;
    if (value->get_bool().get(flag) != simdjson::SUCCESS) {
        state_->note_kind(detail::joined(place_, name), "true or false", *value);
        return fallback;
    }
    return flag;
}

Bytes JsonObject::base64(std::string_view name) {
    const auto value = find(state_, element_, place_, name);
    if (!value) return {};
    std::string_view text;
    if (value->get_string().get(text) != simdjson::SUCCESS) {
        state_->note_kind(detail::joined(place_, name), "a base64 string", *value);
        return {};
    }
    Bytes bytes;
    if (!append_from_base64(bytes, text)) {
        state_->note(detail::joined(place_, name), "is not base64 with padding");
    }
    return bytes;
}

std::vector<std::string> JsonObject::strings(std::string_view name) {
    const auto value = find(state_, element_, place_, name);
    if (!value) return {};
    return detail::strings_of(*state_, detail::joined(place_, name), *value);
}

std::vector<std::int64_t> JsonObject::signed_integers(std::string_view name,
                                                      std::int64_t min,
                                                      std::int64_t max) {
    const auto value = find(state_, element_, place_, name);
    if (!value) return {};
    std::vector<std::int64_t> integers;
    const std::string place = detail::joined(place_, name);
    detail::for_each(*state_, place, *value, [&](dom::element element, std::size_t i) {
        const auto integer = state_->is_zero(element) ? 0 : as_signed(element, min, max);
        if (!integer) {
            state_->note(detail::indexed(place, i), range_text(min, max));
        }
        integers.push_back(integer.value_or(0));
    });
    return integers;
}

std::vector<std::uint64_t> JsonObject::unsigned_integers(std::string_view name, std::uint64_t max) {
    const auto value = find(state_, element_, place_, name);
    if (!value) return {};
    std::vector<std::uint64_t> integers;
    const std::string place = detail::joined(place_, name);
    detail::for_each(*state_, place, *value, [&](dom::element element, std::size_t i) {
        const auto integer = state_->is_zero(element) ? 0 : as_unsigned(element, max);
        if (!integer) {
            state_->note(detail::indexed(place, i), range_text(0, max));
        }
        integers.push_back(integer.value_or(0));
    });
    return integers;
}

JsonObject JsonObject::object(std::string_view name) {
    JsonObject child;
    child.state_ = state_;
    child.place_ = detail::joined(place_, name);
    if (const auto value = find(state_, element_, place_, name)) {
        child.element_ = detail::object_or_note(*state_, child.place_, *value);
    }
    return child;
}

std::vector<JsonObject> JsonObject::objects(std::string_view name) {
    const auto value = find(state_, element_, place_, name);
    if (!value) return {};
    std::vector<JsonObject> children;
    const std::string place = detail::joined(place_, name);
    detail::for_each(*state_, place, *value, [&](dom::element element, std::size_t i) {
        JsonObject& child = children.emplace_back();
        child.state_ = state_;
        child.place_ = detail::indexed(place, i);
        child.element_ = detail::object_or_note(*state_, child.place_, element);
    });
    return children;
}

Bytes JsonObject::raw(std::string_view name) const {
    const auto value = find(state_, element_, place_, name);
    if (!value) return {};
    return simdjson::to_string(*value);
}

std::vector<std::string> JsonObject::names() {
    std::vector<std::string> names;
    dom::object object;
    if (state_ == nullptr || !element_.present) return names;
    if (detail::unbox(element_).get_object().get(object) != simdjson::SUCCESS) return names;
    if (object.size() > state_->limits.fields_max) {
        state_->note(place_.empty() ? "the body" : place_, too_many_fields(*state_));
        return names;
    }
    for (const auto& field : object) {
        if (state_->is_strict() && std::ranges::find(names, field.key) != names.end()) {
            state_->note(detail::joined(place_, shown(field.key)), "stands twice");
            continue;
        }
        names.emplace_back(field.key);
    }
    return names;
}

void JsonObject::require(std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names) {
        const auto value = find(state_, element_, place_, name);
        if (!value) {
            refuse(name, "is required");
            continue;
        }
        std::string_view text;
        if (value->get_string().get(text) == simdjson::SUCCESS && text.empty()) {
            refuse(name, "must not be empty");
        }
    }
}

void JsonObject::only(std::initializer_list<std::string_view> names) {
    if (state_ == nullptr || !element_.present) return;
    dom::object object;
    if (detail::unbox(element_).get_object().get(object) != simdjson::SUCCESS) return;
    for (const auto& field : object) {
        if (std::ranges::find(names, field.key) != names.end()) continue;
        state_->note(place_, "unknown field " + shown(field.key));
    }
}

void JsonObject::refuse(std::string_view name, std::string_view why) {
    if (state_ == nullptr) return;
    state_->note(detail::joined(place_, name), why);
}

}  // namespace fenshen::http
