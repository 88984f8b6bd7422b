// SPDX-License-Identifier: Apache-2.0
#include "cli/detail/api.h"
#include "cli/detail/arguments.h"
#include "cli/detail/devices_view.h"
#include "cli/detail/policy.h"
#include "cli/detail/shell.h"
#include "cli/detail/text_width.h"

namespace fenshen::cli {
namespace {

struct Asked {
    ApiOptions api;
    std::string file;
    std::string uid;
    std::string expires;
    std::string apply;
    std::optional<std::int64_t> version;
};

/// The version that a conflict says is current: the answer's, under whatever name.
std::string current_version(const Json& problem) {
    for (const char* name : {"version", "current_version", "current"}) {
        if (const auto number = number_of(problem, name)) return std::to_string(*number);
    }
    return {};
}

/// Somebody else was quicker.
Failure conflict(const Failure& failure, std::int64_t sent) {
    Failure told = failure;
    const std::string current = current_version(failure.problem);
    told.line = "version " + std::to_string(sent) + " of the policy is not the current one" +
                (current.empty() ? "" : ", which is " + current) +
                ": see what changed with fenshen policy show, then set again" +
                (current.empty() ? "" : ", with --version " + current);
    return told;
}

int set_general(const Shell& shell, const Asked& asked, const Api& api, const Json& policy) {
    auto version = asked.version;
    if (!version) {
        const auto now = api.get("/v1/policy");
        if (!now) return fail(shell, asked.api, now.error());
        version = number_of(now->json, "version");
        if (!version) return fail(shell, asked.api, {.line = "the server names no version"});
    }
    Json body{{"version", *version}, {"policy", policy}};
    if (!asked.apply.empty()) body["apply"] = asked.apply;
    const auto answer = api.call("PUT", "/v1/policy", body);
    if (!answer) {
        const Failure& failure = answer.error();
        return fail(
            shell, asked.api, failure.status == 409 ? conflict(failure, *version) : failure);
    }
    if (asked.api.json) return print_json(shell, *answer);
    const bool now = asked.apply == "now";
    shell.out() << "policy, version " << member(answer->json, "version").dump()
                << (now ? ": in force now\n" : ": in force from the next login on\n");
    if (now) shell.out() << ended_text(member(answer->json, "ended"));
    return ExitCode::done;
}

int set_for_account(const Shell& shell, const Asked& asked, const Api& api, const Json& policy) {
    Json body{{"policy", policy}, {"expires_at", nullptr}};
    if (!asked.expires.empty()) body["expires_at"] = asked.expires;
    const auto answer = api.call("PUT", account_path(asked.uid, "/policy"), body);
    if (!answer) return fail(shell, asked.api, answer.error());
    if (asked.api.json) return print_json(shell, *answer);
    shell.out() << printable(asked.uid) << " has a policy of its own";
    if (!asked.expires.empty()) {
        shell.out() << " until " << time_words(shell, asked.api).absolute(asked.expires);
    }
    shell.out() << ": in force from the next login on\n";
    return ExitCode::done;
}

int set(const Shell& shell, const Asked& asked) {
    const auto policy = read_policy(asked.file, shell.surroundings().in);
    if (!policy) return fail(shell, asked.api, {.line = policy.error()});
    const auto api = open_api(shell, asked.api);
    if (!api) return fail(shell, asked.api, api.error());
    return asked.uid.empty() ? set_general(shell, asked, *api, *policy)
                             : set_for_account(shell, asked, *api, *policy);
}

int clear(const Shell& shell, const Asked& asked) {
    const auto api = open_api(shell, asked.api);
    if (!api) return fail(shell, asked.api, api.error());
    const auto answer = api->call("DELETE", account_path(asked.uid, "/policy"));
    if (!answer) return fail(shell, asked.api, answer.error());
    if (asked.api.json) return print_json(shell, *answer);
    shell.out() << printable(asked.uid) << ": the general policy holds from the next login on\n";
    return ExitCode::done;
}

void add_set(Shell& shell, CLI::App& policy) {
    const auto asked = std::make_shared<Asked>();
    CLI::App& verb = shell.add("set", "Replace the general policy, or an account's own.", &policy);
    take_policy_file(verb, asked->file);
    CLI::Option& uid =
        *verb.add_option(
                 "--uid", asked->uid, "For this account alone, in place of the general one.")
             ->type_name("UID");
    CLI::Option& apply = *verb.add_option(
        "--apply",
        asked->apply,
        "logins: it holds from the next login on, as when nothing is said; now: sessions over a "
        "limit end at once.");
    take_one_of(apply, {"now", "logins"});
    apply.excludes(&uid);
    verb.add_option("--expires", asked->expires, "Until when, in RFC 3339; for ever if not said.")
        ->type_name("TIME")
        ->needs(&uid)
        ->check(CLI::Validator(
            [](std::string& given) {
                return parse_rfc3339(given)
                           ? std::string()
                           : "takes a time such as 2026-12-31T23:59:59Z, not " + given;
            },
            ""));
    verb.add_option("--version",
                    asked->version,
                    "The version that this one replaces; the current one if not said.")
        ->type_name("N")
        ->excludes(&uid);
    take_api_and_look(shell, verb, asked->api);
    shell.on(verb, [&shell, asked] { return set(shell, *asked); });
}

void add_clear(Shell& shell, CLI::App& policy) {
    const auto asked = std::make_shared<Asked>();
    CLI::App& verb = shell.add("clear", "Take an account's own policy away.", &policy);
    take_uid(verb, asked->uid);
    take_api(shell, verb, asked->api);
    shell.on(verb, [&shell, asked] { return clear(shell, *asked); });
}

}  // namespace

void take_policy_file(CLI::App& verb, std::string& file) {
    verb.add_option("FILE", file, "A policy in JSON; - is standard input.")
        ->type_name("FILE")
        ->required();
}

std::expected<Json, std::string> read_policy(const std::string& file, std::istream& in) {
    const auto text = read_input(file, in);
    if (!text) return std::unexpected(text.error());
    const std::string name = file == "-" ? "standard input" : file;
    const auto document = parse_json(*text);
    if (!document) return std::unexpected(name + " is no JSON");
    if (!document->is_object())
        return std::unexpected(name + " is no policy: it is no JSON object");
    const Json& inner = member(*document, "policy");
    return inner.is_object() ? inner : *document;
}

void add_policy_changes(Shell& shell, CLI::App& policy) {
    add_set(shell, policy);
    add_clear(shell, policy);
}

}  // namespace fenshen::cli
