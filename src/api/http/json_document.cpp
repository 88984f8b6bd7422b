// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "api/http/detail/json_state.h"

namespace fenshen::http {

namespace dom = simdjson::dom;
using detail::JsonState;

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
    if (state_->is_zero(state_->root)) return {};
    return detail::strings_of(*state_, {}, state_->root);
}

std::vector<JsonObject> JsonDocument::objects() {
    std::vector<JsonObject> children;
    if (state_->is_zero(state_->root)) return children;
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
