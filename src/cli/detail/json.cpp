// SPDX-License-Identifier: Apache-2.0
#include "cli/detail/json.h"

#include "cli/detail/text_width.h"

namespace fenshen::cli {
namespace {

/// The parser itself has no limit, and what it makes is walked by recursion.
bool is_too_deep(std::string_view text) {
    int depth = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string) {
            if (c == '\\') ++i;
            if (c == '"') in_string = false;
            continue;
        }
        if (c == '"') in_string = true;
        if (c == '{' || c == '[') ++depth;
        if (c == '}' || c == ']') --depth;
        if (depth > json_depth_max) return true;
    }
    return false;
}

}  // namespace

std::optional<Json> parse_json(std::string_view text) {
    if (is_too_deep(text)) return std::nullopt;
    Json value = Json::parse(text, nullptr, false);
    if (value.is_discarded()) return std::nullopt;
    return value;
}

const Json& member(const Json& object, std::string_view name) {
    static const Json nothing;
    if (!object.is_object()) return nothing;
    const auto found = object.find(std::string(name));
    return found == object.end() ? nothing : *found;
}

std::string text_of(const Json& object, std::string_view name) {
    const Json& value = member(object, name);
    return value.is_string() ? value.get<std::string>() : std::string();
}

bool is_true(const Json& object, std::string_view name) {
    const Json& value = member(object, name);
    return value.is_boolean() && value.get<bool>();
}

std::optional<std::int64_t> number_of(const Json& object, std::string_view name) {
    const Json& value = member(object, name);
    if (!value.is_number_integer()) return std::nullopt;
    return value.get<std::int64_t>();
}

std::string one_line(const Json& value) {
    const std::string text = value.dump();
    return printable(text) == text ? text : value.dump(-1, ' ', true);
}

std::string short_class_of(const Json& object) {
    const auto number = number_of(object, "class");
    if (!number) return {};
    const std::string name = text_of(object, "class_name");
    const std::string text = std::to_string(*number);
    if (name.empty() || name == "class " + text) return text;
    return text + " (" + name + ")";
}

std::string class_of(const Json& object) {
    const std::string text = short_class_of(object);
    return text.empty() ? text : "class " + text;
}

}  // namespace fenshen::cli
