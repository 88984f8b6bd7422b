// SPDX-License-Identifier: Apache-2.0
#include "cli/detail/api.h"
#include "cli/detail/shell_quoted.h"

#include <algorithm>

#include "cli/detail/mend.h"
#include "cli/detail/shell.h"
#include "cli/detail/text_width.h"

namespace fenshen::cli {
namespace {

constexpr const char* says_where = "--api URL says where";

/// What an error answer says, by RFC 9457 or as the WuKong routes do ("msg").
std::string detail_of(const HttpAnswer& answer, const Json& problem) {
    for (const char* name : {"detail", "msg", "title"}) {
        const std::string text = text_of(problem, name);
        if (!text.empty()) return printable(text);
    }
    return "the server answered " + std::to_string(answer.status);
}

}  // namespace

std::expected<Answer, Failure> Api::call(std::string_view method,
                                         const std::string& target,
                                         const Json& body) const {
    const auto answer = ask(base_,
                            {.method = std::string(method),
                             .target = target,
                             .token = token_,
                             .body = body.is_null() ? std::string() : body.dump()});
    if (!answer) return std::unexpected(failure_of(answer.error()));
    if (answer->status < 200 || answer->status > 299) {
        return std::unexpected(failure_of(*answer, target));
    }
    if (answer->body.empty()) return Answer{"{}", Json::object()};
    auto json = parse_json(answer->body);
    if (!json) {
        return std::unexpected(Failure{"what answers at " + base_.text() +
                                       " is no Fenshen: it says no JSON; " + says_where});
    }
    return Answer{answer->body, *std::move(json)};
}

std::expected<Json, Failure> Api::all_pages(std::string_view method,
                                            const std::string& target,
                                            const std::string& list,
                                            const Json& body) const {
    constexpr const char* limit = "limit=1000";
    const std::string first = target + (target.find('?') == std::string::npos ? "?" : "&") + limit;
    Json merged;
    std::string after;
    for (std::size_t page = 0; page < pages_max; ++page) {
        auto answer = call(method, after.empty() ? first : first + "&after=" + after, body);
        if (!answer) return std::unexpected(std::move(answer.error()));
        const std::string next = next_of(answer->json);
        if (page == 0) {
            merged = std::move(answer->json);
        } else {
            for (const Json& item : items_of(answer->json, list)) merged[list].push_back(item);
        }
        if (next.empty()) {
            if (merged.is_object()) merged["next"] = nullptr;
            return merged;
        }
        // A list that is none, or goes in a circle.
        if (!member(merged, list).is_array() || next == after) break;
        after = next;
    }
    return std::unexpected(Failure{"the server's list does not come to an end (" + target + ")"});
}

std::string Api::curl_line(std::string_view method,
                           const std::string& path,
                           const Json& body) const {
    std::string line = "curl -s -X " + shell_quoted(method) + " " +
                       shell_quoted(base_.text() + (path.starts_with('/') ? "" : "/") + path);
    if (!token_header_.empty()) line += " -H " + token_header_;
    if (!body.is_null()) {
        line += " -H 'Content-Type: application/json' -d " + shell_quoted(one_line(body));
    }
    return printable(line);
}

Failure Api::failure_of(HttpFault fault) const {
    const std::string where = base_.text();
    switch (fault) {
        case HttpFault::no_such_host:
            return {"there is no host " + printable(base_.host) + "; " + says_where};
        case HttpFault::unreachable:
            return {
                .line = "nothing answers at " + where + ": is the server running? " + says_where,
                .no_server = true};
        case HttpFault::timed_out:
            return {
                .line = "no answer from " + where + " within 10 s: is it overloaded, or no HTTP?",
                .no_server = true};
        case HttpFault::too_large:
            return {"the answer of " + where + " is larger than 64 MiB: ask for less"};
        case HttpFault::broken:
            break;
    }
    return {
        .line = "what answers at " + where + " does not speak HTTP, or broke off; " + says_where,
        .no_server = true};
}

Failure Api::failure_of(const HttpAnswer& answer, const std::string& target) const {
    auto problem = parse_json(answer.body);
    Failure failure;
    failure.status = answer.status;
    if (answer.status == 401) {
        failure.line =
            token_.empty()
                ? "the API at " + base_.text() +
                      " wants a token: put it in FENSHEN_API_TOKEN, or name the "
                      "configuration with --config FILE"
                : "the API at " + base_.text() +
                      " does not take this token: see FENSHEN_API_TOKEN, or api.token in "
                      "the configuration";
    } else if (!problem && answer.status == 404) {
        failure.line = "what answers at " + base_.text() + " has no " +
                       printable(target.substr(0, target.find('?'))) +
                       ": is it another program, or an older Fenshen? " + says_where;
    } else {
        failure.line = detail_of(answer, problem.value_or(nullptr));
        for (const Mend& mend : mends_of(member(problem.value_or(nullptr), "mend"))) {
            failure.line += "; to mend it: " + mend.on_one_line();
        }
    }
    if (problem) failure.problem = *std::move(problem);
    return failure;
}

namespace {

std::expected<BaseUrl, Failure> base_by(const config::Config& config) {
    if (config.api.port.is_off()) {
        return std::unexpected(Failure{
            "api.port is 0, so this configuration has no API; --api URL says where another is"});
    }
    if (config.api.port.is_any()) {
        return std::unexpected(Failure{
            "api.port is \"any\": which one it became is in the server's log; --api URL says it"});
    }
    const IpAddress& bind = config.bind_of(config.api.bind);
    BaseUrl base;
    base.host = !bind.is_any() ? bind.text() : bind.is_v4() ? "127.0.0.1" : "::1";
    base.port = config.api.port.number();
    return base;
}

bool is_header_value(std::string_view text) {
    return std::ranges::none_of(text, [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; });
}

}  // namespace

std::expected<Api, Failure> open_api(const Shell& shell, const ApiOptions& options) {
    BaseUrl base;
    if (!options.url.empty()) {
        auto given = parse_base_url(options.url);
        if (!given) {
            return std::unexpected(Failure{"--api: " + given.error(), ExitCode::misused});
        }
        base = *std::move(given);
    }
    Secret token;
    std::string token_header;
    const auto named = shell.environment().find("FENSHEN_API_TOKEN");
    if (named != shell.environment().end() && !named->second.empty()) {
        token = Secret(named->second);
        token_header = R"("token: $FENSHEN_API_TOKEN")";
    }
    if (options.url.empty() || (token.empty() && !shell.config_file().empty())) {
        auto loaded = shell.try_to_load();
        if (!loaded) {
            Failure failure;
            for (const config::Problem& problem : loaded.error()) {
                failure.line += (failure.line.empty() ? "" : "\n") + config::line_of(problem);
            }
            return std::unexpected(std::move(failure));
        }
        if (options.url.empty()) {
            auto by_config = base_by(loaded->config);
            if (!by_config) return std::unexpected(std::move(by_config.error()));
            base = *std::move(by_config);
        }
        if (token.empty() && !loaded->config.api.token.empty()) {
            token = loaded->config.api.token;
            token_header = "'token: <api.token>'";
        }
    }
    if (!is_header_value(token.reveal())) {
        return std::unexpected(
            Failure{"the API token holds a control character, such as a line end"});
    }
    return Api(std::move(base), std::move(token), std::move(token_header));
}

void take_api(Shell& shell, CLI::App& verb, ApiOptions& options) {
    verb.add_option("--api",
                    options.url,
                    "Where the server's API is; without it as the configuration says, else "
                    "http://127.0.0.1:5001. Its token comes from FENSHEN_API_TOKEN or the "
                    "configuration.")
        ->type_name("URL");
    shell.take_config_file(verb);
    verb.add_flag("--json", options.json, "Print the API's own answer.");
}

void take_api_and_look(Shell& shell, CLI::App& verb, ApiOptions& options) {
    take_api(shell, verb, options);
    verb.add_flag("--utc", options.utc, "Times in UTC, not in the local time zone.");
    verb.add_flag("--no-color", options.no_color, "No colours, as if NO_COLOR were set.");
}

int fail(const Shell& shell, const ApiOptions& options, const Failure& failure) {
    if (options.json && !failure.problem.is_null()) print_json(shell, failure.problem);
    shell.err() << failure.line << '\n';
    return failure.code;
}

int print_json(const Shell& shell, const Answer& answer) {
    shell.out() << answer.text << (answer.text.ends_with('\n') ? "" : "\n");
    return ExitCode::done;
}

int print_json(const Shell& shell, const Json& merged) {
    shell.out() << merged.dump() << '\n';
    return ExitCode::done;
}

Terminal terminal_of(const Shell& shell, const ApiOptions& options) {
    Terminal terminal = shell.surroundings().terminal;
    terminal.colours = terminal.colours && !options.no_color;
    return terminal;
}

TimeWords time_words(const Shell& shell, const ApiOptions& options) {
    return {shell.surroundings().clock.wall(), options.utc};
}

std::string account_path(std::string_view uid, std::string_view rest) {
    return "/v1/accounts/" + percent_encoded(uid).append(rest);
}

std::string next_of(const Json& page) {
    const Json& next = member(page, "next");
    if (next.is_null()) return {};
    return percent_encoded(next.is_string() ? next.get<std::string>() : next.dump());
}

const Json& items_of(const Json& object, std::string_view name) {
    static const Json none = Json::array();
    const Json& items = member(object, name);
    return items.is_array() ? items : none;
}

}  // namespace fenshen::cli
