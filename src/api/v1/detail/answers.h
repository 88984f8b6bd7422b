// SPDX-License-Identifier: Apache-2.0
// What answers are made of (v1-api "Conventions"): a class and its name, times in RFC 3339, null
// for what is absent.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/http/message.h"
#include "base/clock.h"
#include "base/json_writer.h"
#include "domain/login.h"
#include "model/ids.h"
#include "service/devices/devices.h"
#include "service/devices/policies.h"

namespace fenshen::api::v1::detail {

/// 200 with a body of JSON.
http::Response answer(Bytes json);

/// "main", "secondary".
std::string_view name_of(DeviceLevel level);
/// "node-loop-serial".
std::string text_of(const SessionRef& session);
/// `text` as one segment of a path: all but unreserved characters percent-encoded.
std::string in_path(std::string_view text);

// Members of an object.
void write_class(JsonWriter& json, DeviceClass device_class);
void write_text(JsonWriter& json, std::string_view name, std::string_view text);  ///< empty: null
void write_time(JsonWriter& json, std::string_view name, WallTime time);
/// `json_text` as it is; empty: null.
void write_raw(JsonWriter& json, std::string_view name, std::string_view json_text);
void write_next(JsonWriter& json, std::string_view cursor);  ///< empty: the last page

// Values.
void write_mend(JsonWriter& json, const std::vector<domain::Mend>& mend);
/// `classes_with_token`: of service and domain rows, which have the same members.
template <class Token>
void write_tokens(JsonWriter& json, const std::vector<Token>& tokens) {
    json.begin_array();
    for (const Token& token : tokens) {
        json.begin_object();
        write_class(json, token.device_class);
        json.member("level", name_of(token.level));
        write_time(json, "registered_at", token.registered_at);
        json.end_object();
    }
    json.end_array();
}
void write_ended(JsonWriter& json, const std::vector<service::EndedSession>& ended);
/// Members of an object: "device_id", "class", "class_name", "rule".
void write_ending_members(JsonWriter& json, const service::PolicyEnding& ending);
/// The same as a value, with "uid".
void write_ending(JsonWriter& json, const service::PolicyEnding& ending);
void write_endings(JsonWriter& json, const std::vector<service::PolicyEnding>& endings);

}  // namespace fenshen::api::v1::detail
