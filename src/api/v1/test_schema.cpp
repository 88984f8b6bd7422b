// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <regex>
#include <set>

#include "api/v1/detail/test_schema.h"

namespace fenshen::api::v1::testing_support {

using Json = nlohmann::json;

namespace {

const std::set<std::string> notes{
    "title", "description", "default", "example", "examples", "format", "deprecated"};

bool is_of_type(const Json& value, const std::string& type) {
    if (type == "integer") return value.is_number_integer();
    if (type == "number") return value.is_number();
    return value.type_name() == type;
}

bool has_match(const std::string& text, const Json& pattern) {
    return std::regex_search(text, std::regex(pattern.get<std::string>()));
}

}  // namespace

/// One word of a schema, and what it is held against.
struct Description::Word {
    const std::string& name;
    const Json& argument;
    const Json& schema;
    const Json& value;
    const std::string& place;
};

Description::Description(std::string_view text) : document_(Json::parse(text)) {}

const Json& Description::resolved(const Json& node) const {
    const Json* at = &node;
    while (at->is_object() && at->contains("$ref")) {
        const auto target = (*at)["$ref"].get<std::string>();
        at = &document_.at(Json::json_pointer(target.substr(1)));
    }
    return *at;
}

bool Description::fits(const Json& schema, const Json& value) const {
    std::vector<std::string> complaints;
    judge(schema, value, "", complaints);
    return complaints.empty();
}

void Description::judge(const Json& schema,
                        const Json& value,
                        const std::string& place,
                        std::vector<std::string>& complaints) const {
    for (const auto& [name, argument] : schema.items()) {
        if (notes.contains(name)) continue;
        const Word word{name, argument, schema, value, place};
        if (name == "$ref") {
            judge(resolved(schema), value, place, complaints);
        } else if (name == "allOf") {
            for (const Json& one : argument) judge(one, value, place, complaints);
        } else if (name == "properties" || name == "additionalProperties" || name == "items" ||
                   name == "propertyNames") {
            judge_members(word, complaints);
        } else if (!judge_word(word, complaints)) {
            complaints.push_back(place + " = " + value.dump() + " is not as " + name + " " +
                                 argument.dump());
        }
    }
}

void Description::judge_members(const Word& word, std::vector<std::string>& complaints) const {
    const Json& value = word.value;
    if (word.name == "items") {
        for (std::size_t i = 0; value.is_array() && i < value.size(); ++i) {
            judge(word.argument, value[i], word.place + '[' + std::to_string(i) + ']', complaints);
        }
        return;
    }
    if (!value.is_object()) return;
    const Json known = word.schema.value("properties", Json::object());
    for (const auto& [member, part] : value.items()) {
        const std::string place = word.place + '.' + member;
        if (word.name == "propertyNames") {
            judge(word.argument, Json(member), place, complaints);
        } else if (word.name == "properties") {
            if (known.contains(member)) judge(known[member], part, place, complaints);
        } else if (!known.contains(member)) {
            if (word.argument == Json(false)) {
                complaints.push_back(place + " is not described");
            } else {
                judge(word.argument, part, place, complaints);
            }
        }
    }
}

bool Description::judge_word(const Word& word, std::vector<std::string>& complaints) const {
    const auto& [name, argument, schema, value, place] = word;
    const auto fitting = [&] {
        return std::ranges::count_if(argument, [&](const Json& one) { return fits(one, value); });
    };
    if (name == "oneOf") return fitting() == 1;
    if (name == "anyOf") return fitting() > 0;
    if (name == "const") return value == argument;
    if (name == "enum") return std::ranges::find(argument, value) != argument.end();
    if (name == "type") {
        const Json types = argument.is_array() ? argument : Json::array({argument});
        return std::ranges::any_of(
            types, [&](const Json& type) { return is_of_type(value, type.get<std::string>()); });
    }
    if (name == "required") {
        for (const Json& member : argument) {
            if (value.is_object() && !value.contains(member.get<std::string>())) {
                complaints.push_back(place + " lacks " + member.dump());
            }
        }
        return true;
    }
    return judge_number_or_text(word);
}

bool Description::judge_number_or_text(const Word& word) const {
    const auto& [name, argument, schema, value, place] = word;
    if (name == "minimum") return !value.is_number() || value >= argument;
    if (name == "maximum") return !value.is_number() || value <= argument;
    if (name == "minLength") {
        return !value.is_string() || value.get<std::string>().size() >= argument;
    }
    if (name == "maxLength") {
        return !value.is_string() || value.get<std::string>().size() <= argument;
    }
    if (name == "pattern") return !value.is_string() || has_match(value, argument);
    if (name == "minItems") return !value.is_array() || value.size() >= argument;
    if (name == "maxItems") return !value.is_array() || value.size() <= argument;
    if (name == "uniqueItems") {
        return !value.is_array() ||
               std::set<Json>(value.begin(), value.end()).size() == value.size();
    }
    return false;  // a word that is not known here
}

std::vector<std::string> Description::complaints(const std::string& method,
                                                 const std::string& pattern,
                                                 int status,
                                                 const std::string& content_type,
                                                 const Json& answer) const {
    const Json& paths = document_.at("paths");
    if (!paths.contains(pattern) || !paths[pattern].contains(method)) {
        return {method + ' ' + pattern + " is not described"};
    }
    const Json& responses = paths[pattern][method].at("responses");
    const std::string code = std::to_string(status);
    const Json& response = resolved(responses.at(responses.contains(code) ? code : "default"));
    const Json& content = response.at("content");
    if (!content.contains(content_type)) return {content_type + " is not described"};
    std::vector<std::string> found;
    judge(content[content_type].at("schema"), answer, "$", found);
    return found;
}

}  // namespace fenshen::api::v1::testing_support
