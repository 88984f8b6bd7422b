// SPDX-License-Identifier: Apache-2.0
// What a document and the objects in it share, and how their errors are worded. Private: simdjson
// shows here.
#pragma once

#include <simdjson.h>

#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "api/http/json_body.h"

namespace fenshen::http::detail {

namespace dom = simdjson::dom;

/// A list is not read on once this many errors are there.
inline constexpr std::size_t json_errors_max = 100;

struct JsonState {
    JsonState(JsonManner how, const JsonLimits& within);
    JsonState(const JsonState&) = delete;
    JsonState& operator=(const JsonState&) = delete;
    /// Gives the parser back to the thread it dies on.
    ~JsonState();

    bool is_strict() const { return manner == JsonManner::strict; }
    /// Whether `element` is a null that stands for the zero value.
    bool is_zero(dom::element element) const { return !is_strict() && element.is_null(); }

    /// Notes "place: problem", once.
    void note(std::string_view place, std::string_view problem);
    /// Notes "place: must be expected, not found". An empty place is the body.
    void note_kind(std::string_view place, std::string_view expected, dom::element found);

    JsonManner manner;
    JsonLimits limits;
    std::unique_ptr<dom::parser> parser;
    dom::element root;
    std::vector<std::string> errors;
    std::size_t untold_errors = 0;
};

static_assert(sizeof(dom::element) <= sizeof(JsonElement::box) &&
              std::is_trivially_copyable_v<dom::element>);

inline JsonElement box(dom::element element) {
    JsonElement boxed;
    std::memcpy(boxed.box.data(), &element, sizeof(element));
    boxed.present = true;
    return boxed;
}

inline dom::element unbox(const JsonElement& boxed) {
    dom::element element;
    std::memcpy(&element, boxed.box.data(), sizeof(element));
    return element;
}

/// "place.name".
std::string joined(std::string_view place, std::string_view name);
/// "place[i]".
std::string indexed(std::string_view place, std::size_t i);

/// Calls `use(element, i)` for each element; a value that is no array is noted.
template <class Use>
void for_each(JsonState& state, std::string_view place, dom::element value, const Use& use) {
    dom::array array;
    if (value.get_array().get(array) != simdjson::SUCCESS) {
        state.note_kind(place, "an array", value);
        return;
    }
    if (array.size() > state.limits.elements_max) {
        state.note(place.empty() ? "the body" : place,
                   "has more than " + std::to_string(state.limits.elements_max) + " elements");
        return;
    }
    std::size_t i = 0;
    for (const dom::element element : array) {
        use(element, i++);
        if (state.untold_errors >= json_errors_max) return;
    }
}

/// The strings of an array.
std::vector<std::string> strings_of(JsonState& state, std::string_view place, dom::element value);
/// The element if it is an object; otherwise one that is not present, and perhaps an error.
JsonElement object_or_note(JsonState& state, std::string_view place, dom::element value);

}  // namespace fenshen::http::detail
