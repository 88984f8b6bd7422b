// SPDX-License-Identifier: Apache-2.0
#include "api/http/json_body.h"

#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "api/http/detail/base64.h"
#include "api/http/message.h"

namespace fenshen::http {

namespace dom = simdjson::dom;

namespace detail {

namespace {

/// A parser's memory is some fifteen times its longest body: what has grown beyond this is not
/// kept.
constexpr std::size_t kept_capacity_max = 256UZ * 1024;
constexpr std::size_t kept_parsers_max = 4;
constexpr std::size_t told_errors_max = 8;
/// A list is not read on once this many errors are there.
constexpr std::size_t errors_max = 100;

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

}  // namespace

struct JsonState {
    JsonState(JsonManner how, const JsonLimits& within)
        : manner(how), limits(within), parser(take_parser()) {}
    JsonState(const JsonState&) = delete;
    JsonState& operator=(const JsonState&) = delete;
    ~JsonState() { give_back(std::move(parser)); }

    bool is_strict() const { return manner == JsonManner::strict; }

    void note(std::string error) {
        if (std::ranges::find(errors, error) != errors.end()) return;
        if (errors.size() < told_errors_max) {
            errors.push_back(std::move(error));
        } else {
            ++untold_errors;
        }
    }

    JsonManner manner;
    JsonLimits limits;
    Parser parser;
    dom::element root;
    std::vector<std::string> errors;
    std::size_t untold_errors = 0;
};

namespace {

static_assert(sizeof(dom::element) <= sizeof(JsonElement::box) &&
              std::is_trivially_copyable_v<dom::element>);

JsonElement box(dom::element element) {
    JsonElement boxed;
    std::memcpy(boxed.box.data(), &element, sizeof(element));
    boxed.present = true;
    return boxed;
}

dom::element unbox(const JsonElement& boxed) {
    dom::element element;
    std::memcpy(&element, boxed.box.data(), sizeof(element));
    return element;
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

std::string joined(std::string_view place, std::string_view name) {
    std::string path(place);
    if (!path.empty() && !name.empty()) path += '.';
    path += name;
    return path;
}

std::string indexed(std::string_view place, std::size_t i) {
    return std::string(place) + '[' + std::to_string(i) + ']';
}

void note_at(JsonState& state, std::string_view place, std::string_view problem) {
    std::string error(place);
    if (!error.empty()) error += ": ";
    error += problem;
    state.note(std::move(error));
}

void note_kind(JsonState& state,
               std::string_view place,
               std::string_view expected,
               dom::element found) {
    note_at(state,
            place.empty() ? "the body" : place,
            "must be " + std::string(expected) + ", not " + std::string(kind_of(found)));
}

/// Client texts may be long or odd; errors show a little of them.
std::string shown(std::string_view name) {
    constexpr std::size_t shown_max = 40;
    if (name.size() <= shown_max) return '"' + std::string(name) + '"';
    std::size_t cut = shown_max;
    while (cut > 0 && (byte_at(name, cut) & 0xC0U) == 0x80) --cut;  // between characters
    return '"' + std::string(name.substr(0, cut)) + "…\"";
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

/// Calls `use(element, i)` for each element; a value that is no array is noted.
template <class Use>
void for_each(JsonState& state, std::string_view place, dom::element value, const Use& use) {
    dom::array array;
    if (value.get_array().get(array) != simdjson::SUCCESS) {
        note_kind(state, place, "an array", value);
        return;
    }
    if (array.size() > state.limits.elements_max) {
        note_at(state,
                place.empty() ? "the body" : place,
                "has more than " + std::to_string(state.limits.elements_max) + " elements");
        return;
    }
    std::size_t i = 0;
    for (const dom::element element : array) {
        use(element, i++);
        if (state.untold_errors >= errors_max) return;
    }
}

/// Whether `element` is a null that stands for the zero value.
bool is_zero(const JsonState& state, dom::element element) {
    return !state.is_strict() && element.is_null();
}

std::vector<std::string> strings_of(JsonState& state, std::string_view place, dom::element value) {
    std::vector<std::string> strings;
    for_each(state, place, value, [&](dom::element element, std::size_t i) {
        std::string_view text;
        if (element.get_string().get(text) != simdjson::SUCCESS && !is_zero(state, element)) {
            note_kind(state, indexed(place, i), "a string", element);
            return;
        }
        strings.emplace_back(text);
    });
    return strings;
}

}  // namespace

}  // namespace detail

using detail::JsonState;

namespace {

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
        detail::note_at(*state,
                        place.empty() ? "the body" : place,
                        "has more than " + std::to_string(state->limits.fields_max) + " fields");
        return std::nullopt;
    }
    std::optional<dom::element> found;
    bool seen = false;
    for (const auto& field : object) {
        const bool same =
            state->is_strict() ? field.key == name : same_ignoring_case(field.key, name);
        if (!same) continue;
        if (seen && state->is_strict()) {
            detail::note_at(*state, detail::joined(place, name), "stands twice");
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
        detail::note_kind(*state_, detail::joined(place_, name), "a string", *value);
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
    const auto integer = detail::as_signed(*value, min, max);
    if (!integer) {
        detail::note_at(*state_, detail::joined(place_, name), detail::range_text(min, max));
    }
    return integer.value_or(fallback);
}

std::uint64_t JsonObject::unsigned_integer(std::string_view name,
                                           std::uint64_t fallback,
                                           std::uint64_t max) {
    const auto value = find(state_, element_, place_, name);
    if (!value) return fallback;
    const auto integer = detail::as_unsigned(*value, max);
    if (!integer) {
        detail::note_at(*state_, detail::joined(place_, name), detail::range_text(0, max));
    }
    return integer.value_or(fallback);
}

double JsonObject::number(std::string_view name, double fallback) {
    const auto value = find(state_, element_, place_, name);
    if (!value) return fallback;
    double number = 0;
    if (value->get_double().get(number) != simdjson::SUCCESS) {
        detail::note_kind(*state_, detail::joined(place_, name), "a number", *value);
        return fallback;
    }
    return number;
}

bool JsonObject::boolean(std::string_view name, bool fallback) {
    const auto value = find(state_, element_, place_, name);
    if (!value) return fallback;
    bool flag = false;
    if (value->get_bool().get(flag) != simdjson::SUCCESS) {
        detail::note_kind(*state_, detail::joined(place_, name), "true or false", *value);
        return fallback;
    }
    return flag;
}

Bytes JsonObject::base64(std::string_view name) {
    const auto value = find(state_, element_, place_, name);
    if (!value) return {};
    std::string_view text;
    if (value->get_string().get(text) != simdjson::SUCCESS) {
        detail::note_kind(*state_, detail::joined(place_, name), "a base64 string", *value);
        return {};
    }
    auto bytes = detail::decode_base64(text);
    if (!bytes) {
        detail::note_at(*state_, detail::joined(place_, name), "is not base64 with padding");
        return {};
    }
    return std::move(*bytes);
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
        const auto integer =
            detail::is_zero(*state_, element) ? 0 : detail::as_signed(element, min, max);
        if (!integer) {
            detail::note_at(*state_, detail::indexed(place, i), detail::range_text(min, max));
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
        const auto integer =
            detail::is_zero(*state_, element) ? 0 : detail::as_unsigned(element, max);
        if (!integer) {
            detail::note_at(*state_, detail::indexed(place, i), detail::range_text(0, max));
        }
        integers.push_back(integer.value_or(0));
    });
    return integers;
}

namespace detail {

namespace {

JsonElement object_or_note(JsonState& state, std::string_view place, dom::element value) {
    if (value.is_object()) return box(value);
    if (!is_zero(state, value)) note_kind(state, place, "an object", value);
    return {};
}

}  // namespace

}  // namespace detail

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
        detail::note_at(*state_, place_, "unknown field " + detail::shown(field.key));
    }
}

void JsonObject::refuse(std::string_view name, std::string_view why) {
    if (state_ == nullptr) return;
    detail::note_at(*state_, detail::joined(place_, name), why);
}

JsonDocument::JsonDocument(std::unique_ptr<JsonState> state) : state_(std::move(state)) {}
JsonDocument::~JsonDocument() = default;
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;

namespace {

std::string text_of(simdjson::error_code error, const JsonLimits& limits) {
    switch (error) {
        case simdjson::EMPTY:
            return "EOF";
        case simdjson::CAPACITY:
            return "the body is longer than " + std::to_string(limits.bytes_max) + " bytes";
        case simdjson::DEPTH_ERROR:
            return "the body is nested deeper than " + std::to_string(limits.depth_max) + " levels";
        case simdjson::UTF8_ERROR:
            return "the body is not UTF-8";
        case simdjson::STRING_ERROR:
            return "a string in the body has a bad escape";
        case simdjson::UNESCAPED_CHARS:
            return "a string in the body has a control character";
        case simdjson::UNCLOSED_STRING:
            return "a string in the body has no end";
        case simdjson::NUMBER_ERROR:
            return "a number in the body cannot be read";
        case simdjson::MEMALLOC:
            return "not enough memory for the body";
        default:
            return "the body is not JSON";
    }
}

}  // namespace

std::expected<JsonDocument, std::string> JsonDocument::parse(BytesView body,
                                                             JsonManner manner,
                                                             const JsonLimits& limits) {
    if (body.size() > limits.bytes_max) {
        return std::unexpected(text_of(simdjson::CAPACITY, limits));
    }
    if (body.find_first_not_of(" \t\r\n") == BytesView::npos) {
        return std::unexpected(text_of(simdjson::EMPTY, limits));
    }
    auto state = std::make_unique<JsonState>(manner, limits);
    dom::parser& parser = *state->parser;
    if (parser.capacity() < body.size() || parser.max_depth() != limits.depth_max) {
        // Some room to spare, or every body that is a byte longer would allocate anew.
        const std::size_t capacity = std::max<std::size_t>(body.size(), 4096);
        if (const auto error = parser.allocate(capacity, limits.depth_max)) {
            return std::unexpected(text_of(error, limits));
        }
    }
    // The library reads a little beyond the end, so it takes a padded copy.
    const auto error = parser.parse(body.data(), body.size(), true).get(state->root);
    if (error != simdjson::SUCCESS) return std::unexpected(text_of(error, limits));
    return JsonDocument(std::move(state));
}

JsonObject JsonDocument::object() {
    JsonObject root;
    root.state_ = state_.get();
    root.element_ = detail::object_or_note(*state_, {}, state_->root);
    return root;
}

std::vector<std::string> JsonDocument::strings() {
    if (detail::is_zero(*state_, state_->root)) return {};
    return detail::strings_of(*state_, {}, state_->root);
}

std::vector<JsonObject> JsonDocument::objects() {
    std::vector<JsonObject> children;
    if (detail::is_zero(*state_, state_->root)) return children;
    detail::for_each(*state_, {}, state_->root, [&](dom::element element, std::size_t i) {
        JsonObject& child = children.emplace_back();
        child.state_ = state_.get();
        child.place_ = detail::indexed({}, i);
        child.element_ = detail::object_or_note(*state_, child.place_, element);
    });
    return children;
}

bool JsonDocument::is_array() const {
    return state_->root.is_array();
}

bool JsonDocument::ok() const {
    return state_->errors.empty();
}

std::string JsonDocument::error() const {
    std::string text;
    for (const std::string& error : state_->errors) {
        if (!text.empty()) text += "; ";
        text += error;
    }
    if (state_->untold_errors > 0) text += "; and more";
    return text;
}

}  // namespace fenshen::http
