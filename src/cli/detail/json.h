// SPDX-License-Identifier: Apache-2.0
// The API's answers as values. Members that are missing or of another kind read as nothing: what
// a verb prints is for people, and a server may be newer than the command line.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace fenshen::cli {

using Json = nlohmann::ordered_json;

inline constexpr int json_depth_max = 64;

/// None: not JSON, or nested deeper than json_depth_max.
std::optional<Json> parse_json(std::string_view text);

/// `null` where there is no such member.
const Json& member(const Json& object, std::string_view name);
/// Empty unless it is a string.
std::string text_of(const Json& object, std::string_view name);
bool is_true(const Json& object, std::string_view name);
std::optional<std::int64_t> number_of(const Json& object, std::string_view name);
/// As JSON on one line, in ASCII where a terminal might take the characters amiss.
std::string one_line(const Json& value);

/// "class 5 (ios)", or "class 77" when its name says no more; from "class" and "class_name".
std::string class_of(const Json& object);
/// The same without the word: "5 (ios)", "77".
std::string short_class_of(const Json& object);

}  // namespace fenshen::cli
