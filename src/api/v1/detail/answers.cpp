// SPDX-License-Identifier: Apache-2.0
#include "api/v1/detail/answers.h"

#include "base/hex.h"
#include "base/rfc3339.h"
#include "domain/class_names.h"

namespace fenshen::api::v1::detail {

namespace {

bool is_unreserved(char c) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool is_digit = c >= '0' && c <= '9';
    return is_letter || is_digit || c == '-' || c == '.' || c == '_' || c == '~';
}

}  // namespace

http::Response answer(Bytes json) {
    return {
        .status = 200, .content_type = "application/json", .body = std::move(json), .headers = {}};
}

std::string_view name_of(DeviceLevel level) {
    return level == DeviceLevel::main ? "main" : "secondary";
}

std::string text_of(const SessionRef& session) {
    return std::to_string(session.node.value()) + '-' + std::to_string(session.loop.value()) + '-' +
           std::to_string(session.serial);
}

std::string in_path(std::string_view text) {
    std::string path;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_unreserved(text[i])) {
            path += text[i];
        } else {
            path += '%' + to_hex(text.substr(i, 1));
        }
    }
    return path;
}

void write_class(JsonWriter& json, DeviceClass device_class) {
    json.member("class", device_class.value()).member("class_name", domain::name_of(device_class));
}

void write_text(JsonWriter& json, std::string_view name, std::string_view text) {
    json.key(name);
    text.empty() ? json.null() : json.string(text);
}

void write_time(JsonWriter& json, std::string_view name, WallTime time) {
    json.member(name, rfc3339(time));
}

void write_raw(JsonWriter& json, std::string_view name, std::string_view json_text) {
    json.key(name);
    json_text.empty() ? json.null() : json.raw(json_text);
}

void write_next(JsonWriter& json, std::string_view cursor) {
    write_text(json, "next", cursor);
}

void write_mend(JsonWriter& json, const std::vector<domain::Mend>& mend) {
    json.begin_array();
    for (const domain::Mend& each : mend) {
        json.begin_object().member("text", each.text);
        write_text(json, "method", each.method);
        write_text(json, "path", each.path);
        write_raw(json, "body", each.body);
        json.end_object();
    }
    json.end_array();
}

void write_ended(JsonWriter& json, const std::vector<service::EndedSession>& ended) {
    json.begin_array();
    for (const auto& each : ended) {
        json.begin_object().member("device_id", each.device_id.value());
        write_class(json, each.device_class);
        json.member("session", text_of(each.session)).end_object();
    }
    json.end_array();
}

void write_ending_members(JsonWriter& json, const service::PolicyEnding& ending) {
    json.member("device_id", ending.device_id.value());
    write_class(json, ending.device_class);
    write_text(json, "rule", ending.rule);
}

void write_ending(JsonWriter& json, const service::PolicyEnding& ending) {
    json.begin_object().member("uid", ending.uid.value());
    write_ending_members(json, ending);
    json.end_object();
}

void write_endings(JsonWriter& json, const std::vector<service::PolicyEnding>& endings) {
    json.begin_array();
    for (const auto& ending : endings) write_ending(json, ending);
    json.end_array();
}

}  // namespace fenshen::api::v1::detail
