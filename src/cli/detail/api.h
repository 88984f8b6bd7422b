// SPDX-License-Identifier: Apache-2.0
// The API of a running server, as the verbs ask it: where it is, what is answered, and what a
// failure means to the person who typed the verb.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "cli/detail/json.h"
#include "cli/detail/table.h"
#include "cli/detail/time_words.h"
#include "http_client/http_client.h"

namespace CLI {
class App;
}

namespace fenshen::cli {

class Shell;

/// What all verbs that ask the API take.
struct ApiOptions {
    std::string url;
    bool json = false;
    bool utc = false;
    bool no_color = false;
};
/// --api, --config, --json.
void take_api(Shell& shell, CLI::App& verb, ApiOptions& options);
/// The same and --utc, --no-color.
void take_api_and_look(Shell& shell, CLI::App& verb, ApiOptions& options);

struct Failure {
    std::string line;        ///< what happened and what to do; several only for a configuration
    int code = 1;            ///< the exit code
    unsigned status = 0;     ///< of the answer; 0: there was none
    Json problem{};          ///< the answer, when it was JSON
    bool no_server = false;  ///< nothing answered: it may yet
};

struct Answer {
    std::string text;  ///< as it came
    Json json;
};

class Api {
public:
    /// `token_header`: how a pasted curl line gives the token, without saying it; empty: not at
    /// all.
    Api(BaseUrl base, Secret token, std::string token_header)
        : base_(std::move(base)),
          token_(std::move(token)),
          token_header_(std::move(token_header)) {}

    std::expected<Answer, Failure> get(const std::string& target) const {
        return call("GET", target);
    }
    /// `body`: null for none.
    std::expected<Answer, Failure> call(std::string_view method,
                                        const std::string& target,
                                        const Json& body = nullptr) const;

    static constexpr std::size_t pages_max = 10'000;
    /// Follows `next` to the end. Answers the first page with the items of all in its member `list`
    /// and `next` null.
    std::expected<Json, Failure> all_pages(std::string_view method,
                                           const std::string& target,
                                           const std::string& list,
                                           const Json& body = nullptr) const;

    /// A line for a shell. Never the token.
    std::string curl_line(std::string_view method, const std::string& path, const Json& body) const;

private:
    Failure failure_of(HttpFault fault) const;
    Failure failure_of(const HttpAnswer& answer, const std::string& target) const;

    BaseUrl base_;
    Secret token_;
    std::string token_header_;
};

/// By --api, else by the configuration; the token from FENSHEN_API_TOKEN, else the configuration.
std::expected<Api, Failure> open_api(const Shell& shell, const ApiOptions& options);

/// Says it, and answers the exit code. With --json the API's own words go to standard output.
int fail(const Shell& shell, const ApiOptions& options, const Failure& failure);
/// For --json.
int print_json(const Shell& shell, const Answer& answer);
int print_json(const Shell& shell, const Json& merged);

Terminal terminal_of(const Shell& shell, const ApiOptions& options);
TimeWords time_words(const Shell& shell, const ApiOptions& options);

/// "/v1/accounts/{uid}" and what follows.
std::string account_path(std::string_view uid, std::string_view rest = {});
/// `next` of a page as a value of `?after=`, encoded; empty on the last page.
std::string next_of(const Json& page);
/// The items of an array; nothing for anything else.
const Json& items_of(const Json& object, std::string_view name);

}  // namespace fenshen::cli
