// SPDX-License-Identifier: Apache-2.0
#include "cli/detail/arguments.h"

#include <openssl/rand.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <istream>

#include "base/base64.h"

namespace fenshen::cli {
namespace {

template <class Value>
CLI::Option* add_class(CLI::App& verb, Value& device_class, const std::string& help) {
    return verb.add_option("--class", device_class, help)
        ->type_name("N")
        ->check(CLI::Validator(
            [](std::string& given) {
                int number = -1;
                const bool is_number = CLI::detail::lexical_cast(given, number);
                const bool fits = is_number && number >= 0 && number <= 255;
                return fits ? std::string() : "takes 0 to 255, not " + given;
            },
            ""));
}

}  // namespace

CLI::Option* take_uid(CLI::App& verb, std::string& uid) {
    return verb.add_option("UID", uid, "The account.")
        ->required()
        ->check(CLI::Validator(
            [](std::string& given) {
                return given.empty() ? std::string("takes the name of an account") : std::string();
            },
            ""));
}

CLI::Option* take_class(CLI::App& verb, int& device_class, const std::string& help) {
    return add_class(verb, device_class, help);
}

CLI::Option* take_class(CLI::App& verb, std::optional<int>& device_class, const std::string& help) {
    return add_class(verb, device_class, help);
}

void take_token_stdin(CLI::App& verb, bool& token_stdin, const std::string& help) {
    verb.add_flag("--token-stdin",
                  token_stdin,
                  help + " from the first line of standard input, so that it is in no argument.");
}

std::expected<Secret, std::string> read_token(std::istream& in) {
    std::string token;
    for (char c = 0; token.size() <= token_bytes_max && in.get(c) && c != '\n';) token += c;
    if (token.ends_with('\r')) token.pop_back();
    if (token.empty()) {
        return std::unexpected("--token-stdin: the first line of standard input is empty");
    }
    if (token.size() > token_bytes_max) {
        return std::unexpected("--token-stdin: the token is longer than " +
                               std::to_string(token_bytes_max) + " bytes");
    }
    return Secret(std::move(token));
}

std::expected<std::string, std::string> read_input(const std::string& file, std::istream& in) {
    std::ifstream opened;
    if (file != "-") {
        opened.open(file, std::ios::binary);
        if (!opened) {
            // NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread
            return std::unexpected(file + ": cannot be read: " + std::strerror(errno));
        }
    }
    std::istream& source = file == "-" ? in : opened;
    std::string text(input_bytes_max + 1, '\0');
    source.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(source.gcount()));
    if (source.bad()) return std::unexpected(file + ": cannot be read");
    if (text.size() > input_bytes_max) return std::unexpected(file + ": is larger than 1 MiB");
    return text;
}

std::optional<Secret> make_token() {
    std::array<unsigned char, 32> random{};
    if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) return std::nullopt;
    return Secret(to_base64url({reinterpret_cast<const char*>(random.data()), random.size()}));
}

}  // namespace fenshen::cli
