// SPDX-License-Identifier: Apache-2.0
// Arguments that several verbs take, and what is read from standard input or a file for them.
#pragma once

#include <CLI/CLI.hpp>
#include <expected>
#include <iosfwd>
#include <optional>
#include <string>

#include "base/secret.h"

namespace fenshen::cli {

inline constexpr std::size_t token_bytes_max = 4'096;
inline constexpr std::size_t input_bytes_max = 1'048'576;

CLI::Option* take_uid(CLI::App& verb, std::string& uid);
/// --class, 0 to 255.
CLI::Option* take_class(CLI::App& verb, int& device_class, const std::string& help);
CLI::Option* take_class(CLI::App& verb, std::optional<int>& device_class, const std::string& help);
/// --token-stdin; `help` is followed by where from.
void take_token_stdin(CLI::App& verb, bool& token_stdin, const std::string& help);

/// The first line, without its end. The error is for people.
std::expected<Secret, std::string> read_token(std::istream& in);
/// All of `file`, or of `in` if it is "-"; no more than input_bytes_max.
std::expected<std::string, std::string> read_input(const std::string& file, std::istream& in);

/// 32 random bytes in base64url, without padding. None: the system has no chance to give.
std::optional<Secret> make_token();

}  // namespace fenshen::cli
