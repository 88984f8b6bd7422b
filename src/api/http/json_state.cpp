// SPDX-License-Identifier: Apache-2.0
#include "api/http/detail/json_state.h"

#include <algorithm>

namespace fenshen::http::detail {

namespace {

/// A parser's memory is some fifteen times its longest body: what has grown beyond this is not
/// kept.
constexpr std::size_t kept_capacity_max = 256UZ * 1024;
constexpr std::size_t kept_parsers_max = 4;
constexpr std::size_t told_errors_max = 8;

using Parser = std::unique_ptr<dom::parser>;

std::vector<Parser>& kept_parsers() {
    // A loop's own, so that requests need neither a lock nor an allocation.
    thread_local std::vector<Parser> parsers;
    return parsers;
}

Parser take_parser() {
    auto& kept = kept_parsers();
    if (kept.empty()) return std::make_unique<dom::parser>();
    Parser parser = std::move(kept.back());
    kept.pop_back();
    return parser;
}

void give_back(Parser parser) {
    auto& kept = kept_parsers();
    if (parser->capacity() > kept_capacity_max || kept.size() == kept_parsers_max) return;
    kept.push_back(std::move(parser));
}

std::string_view kind_of(dom::element element) {
    switch (element.type()) {
        case dom::element_type::ARRAY:
            return "an array";
        case dom::element_type::OBJECT:
            return "an object";
        case dom::element_type::STRING:
            return "a string";
        case dom::element_type::BOOL:
            return "true or false";
        case dom::element_type::NULL_VALUE:
            return "null";
        default:
            return "a number";
    }
}

}  // namespace

JsonState::JsonState(JsonManner how, const JsonLimits& within)
    : manner(how), limits(within), parser(take_parser()) {}

JsonState::~JsonState() {
    give_back(std::move(parser));
}

void JsonState::note(std::string_view place, std::string_view problem) {
    std::string error(place);
    if (!error.empty()) error += ": ";
    error += problem;
    if (std::ranges::find(errors, error) != errors.end()) return;
    if (errors.size() < told_errors_max) {
        errors.push_back(std::move(error));
    } else {
        ++untold_errors;
    }
}

void JsonState::note_kind(std::string_view place, std::string_view expected, dom::element found) {
    note(place.empty() ? "the body" : place,
         "must be " + std::string(expected) + ", not " + std::string(kind_of(found)));
}

std::string joined(std::string_view place, std::string_view name) {
    std::string path(place);
    if (!path.empty() && !name.empty()) path += '.';
    path += name;
    return path;
}

std::string indexed(std::string_view place, std::size_t i) {
    return std::string(place) + '[' + std::to_string(i) + ']';
}

std::vector<std::string> strings_of(JsonState& state, std::string_view place, dom::element value) {
    std::vector<std::string> strings;
    for_each(state, place, value, [&](dom::element element, std::size_t i) {
        std::string_view text;
        if (element.get_string().get(text) != simdjson::SUCCESS && !state.is_zero(element)) {
            state.note_kind(indexed(place, i), "a string", element);
            return;
        }
        strings.emplace_back(text);
    });
    return strings;
}

JsonElement object_or_note(JsonState& state, std::string_view place, dom::element value) {
    if (value.is_object()) return box(value);
    if (!state.is_zero(value)) state.note_kind(place, "an object", value);
    return {};
}

}  // namespace fenshen::http::detail
