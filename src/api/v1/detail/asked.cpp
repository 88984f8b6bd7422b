// SPDX-License-Identifier: Apache-2.0
#include "api/v1/detail/asked.h"

#include "api/v1/detail/cursor.h"
#include "api/v1/problem.h"
#include "model/names.h"

namespace fenshen::api::v1::detail {

namespace {

constexpr std::string_view class_range = "must be an integer from 0 to 255";

const std::string name_rule = "must be at most " + std::to_string(name_bytes_max) +
                              " bytes of UTF-8 without control characters";

}  // namespace

void Asked::refuse(std::string_view name, std::string_view why) {
    if (!error_.empty()) error_ += "; ";
    error_.append(name).append(": ").append(why);
}

Uid Asked::uid() {
    // Whether somebody may log in with it is for the rules to say.
    const std::string_view uid = request_.captures.get("uid");
    if (!is_showable_name(uid) || is_blank(uid)) refuse("uid", name_rule + ", and not blank");
    return Uid(std::string(uid));
}

DeviceId Asked::checked(DeviceId id) {
    if (!is_showable_name(id.value())) refuse("device_id", name_rule);
    return id;
}

DeviceId Asked::device_id_in_path() {
    return checked(DeviceId(std::string(request_.captures.get("device_id"))));
}

DeviceClass Asked::class_of(std::string_view name, std::string_view text) {
    const auto number = http::to_integer<std::uint8_t>(text);
    if (!number) refuse(name, class_range);
    return DeviceClass(number.value_or(0));
}

DeviceClass Asked::class_in_path() {
    return class_of("class", request_.captures.get("class"));
}

DeviceClass Asked::class_in_query() {
    const auto text = request_.query.find("class");
    if (!text) refuse("class", "is required in the query: ?class=1");
    return text ? class_of("class", *text) : DeviceClass(0);
}

std::optional<DeviceId> Asked::device_id_in_query() {
    const auto text = request_.query.find("device_id");
    if (!text) return std::nullopt;
    return checked(DeviceId(std::string(*text)));
}

std::optional<bool> Asked::flag_in_query(std::string_view name) {
    const auto text = request_.query.find(name);
    if (!text) return std::nullopt;
    if (*text != "true" && *text != "false") refuse(name, "must be true or false");
    return *text == "true";
}

Page Asked::page() {
    Page page;
    if (const auto limit = request_.query.find("limit")) {
        page.limit = http::to_integer<std::size_t>(*limit).value_or(0);
        if (page.limit == 0 || page.limit > page_max) {
            refuse("limit", "must be an integer from 1 to " + std::to_string(page_max));
        }
    }
    if (const auto after = request_.query.find("after")) {
        page.after = *after;
        if (page.after.empty()) refuse("after", "must be the `next` of the page before");
    }
    return page;
}

NumberedPage Asked::numbered_page() {
    const Page asked = page();
    NumberedPage page{.limit = asked.limit};
    if (asked.after.empty()) return page;
    page.before = number_of(asked.after).value_or(0);
    if (page.before == 0) refuse("after", bad_cursor);
    return page;
}

http::JsonObject& Asked::body(std::initializer_list<std::string_view> fields) {
    if (request_.body.size() > body_bytes_max) {
        is_too_large_ = true;
        return body_;
    }
    http::JsonLimits limits;
    limits.bytes_max = body_bytes_max;
    auto document = http::JsonDocument::parse(request_.body, http::JsonManner::strict, limits);
    if (!document) {
        const bool is_empty = document.error() == "EOF";
        refuse("body", is_empty ? "is missing; it must be an object of JSON" : document.error());
        return body_;
    }
    document_ = std::move(*document);
    body_ = document_->object();
    body_.only(fields);
    return body_;
}

void Asked::no_body() {
    if (request_.body.find_first_not_of(" \t\r\n") != Bytes::npos) body({});
}

DeviceClass Asked::class_in(http::JsonObject& body) {
    body.require({"class"});
    return DeviceClass(body.integer<std::uint8_t>("class"));
}

std::optional<DeviceId> Asked::device_id_in(http::JsonObject& body) {
    if (!body.has("device_id")) return std::nullopt;
    return checked(DeviceId(body.string("device_id")));
}

std::optional<http::Response> Asked::problem() const {
    if (is_too_large_) {
        return too_large("A body may be of " + std::to_string(body_bytes_max) + " bytes.");
    }
    std::string text = error_;
    if (document_ && !document_->ok()) {
        if (!text.empty()) text += "; ";
        text += document_->error();
    }
    if (text.empty()) return std::nullopt;
    return bad_request(std::move(text));
}

}  // namespace fenshen::api::v1::detail
