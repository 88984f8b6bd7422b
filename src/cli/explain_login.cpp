// SPDX-License-Identifier: Apache-2.0
// Why can't I log in (v1-api "Why can't I log in"): the API's answer, in the order in which a
// person asks.
#include "cli/detail/api.h"
#include "cli/detail/arguments.h"
#include "cli/detail/mend.h"
#include "cli/detail/shell.h"
#include "cli/detail/text_width.h"
#include "cli/detail/verbs.h"

namespace fenshen::cli {
namespace {

struct Asked {
    ApiOptions api;
    std::string uid;
    int device_class = 0;
    std::string device_id;
    bool token_stdin = false;
};

std::string asked_of(const Json& asked) {
    std::string text = class_of(asked);
    const std::string device = text_of(asked, "device_id");
    if (!device.empty()) text += ", device " + device;
    return text + (text_of(asked, "token") == "given"
                       ? ", with a token"
                       : ", no token given: supposing the right one");
}

std::string token_class_of(const Json& token, const TimeWords& times) {
    std::string text = class_of(token);
    const std::string level = text_of(token, "level");
    if (!level.empty()) text += ", " + level;
    const std::string since = text_of(token, "registered_at");
    return since.empty() ? text : text + ", registered " + times.relative(since);
}

std::string ended_of(const Json& session) {
    std::string text = text_of(session, "device_id") + ", " + class_of(session);
    const std::string rule = text_of(session, "rule");
    return rule.empty() ? text : text + ": " + rule;
}

/// Lines under one title, of which only the first stands beside it.
class Lines {
public:
    explicit Lines(std::ostream& out) : out_(out) {}
    void say(std::string_view title, std::string_view text) {
        constexpr std::size_t column = 14;
        std::string line = "  " + (title == last_ ? std::string() : std::string(title));
        line.resize(2 + column, ' ');
        out_ << line << printable(text) << '\n';
        last_ = title;
    }

private:
    std::ostream& out_;
    std::string last_;
};

void say(const Shell& shell, const ApiOptions& options, const Api& api, const Json& answer) {
    const Terminal terminal = terminal_of(shell, options);
    const TimeWords times = time_words(shell, options);
    std::ostream& out = shell.out();
    const std::string outcome = text_of(answer, "outcome");
    const std::string why = text_of(answer, "why");
    const bool accepted = outcome == "accepted";
    out << painted(printable(outcome), accepted ? Paint::good : Paint::bad, terminal);
    if (!accepted) out << " (" << printable(why) << ")";
    out << ": " << printable(text_of(answer, "sentence")) << '\n';

    Lines lines(out);
    lines.say("asked", asked_of(member(answer, "asked")));
    const Json& tokens = items_of(answer, "classes_with_token");
    for (const Json& token : tokens) lines.say("tokens", token_class_of(token, times));
    if (tokens.empty()) lines.say("tokens", "none registered");
    if (member(answer, "token_checks") == false) {
        lines.say("token checks", "off: any token is taken (wukong.token_auth = false)");
    }
    for (const Json& session : items_of(answer, "would_end")) {
        lines.say("would end", ended_of(session));
    }
    for (const Mend& mend : mends_of(member(answer, "mend"))) {
        out << "to mend it: " << mend.text << '\n';
        if (!mend.path.empty()) {
            out << "  " << api.curl_line(mend.method, mend.path, mend.body) << '\n';
        }
    }
    for (const Json& hint : items_of(answer, "hints")) {
        if (hint.is_string()) out << "hint: " << printable(hint.get<std::string>()) << '\n';
    }
}

int explain(const Shell& shell, const Asked& asked) {
    const auto api = open_api(shell, asked.api);
    if (!api) return fail(shell, asked.api, api.error());
    Json body{{"class", asked.device_class}};
    if (!asked.device_id.empty()) body["device_id"] = asked.device_id;
    if (asked.token_stdin) {
        const auto token = read_token(shell.surroundings().in);
        if (!token)
            return fail(shell, asked.api, {.line = token.error(), .code = ExitCode::misused});
        body["token"] = token->reveal();
    }
    const auto answer = api->call("POST", account_path(asked.uid, "/explain-login"), body);
    if (!answer) return fail(shell, asked.api, answer.error());
    if (asked.api.json) {
        print_json(shell, *answer);
    } else {
        say(shell, asked.api, *api, answer->json);
    }
    return text_of(answer->json, "outcome") == "accepted" ? ExitCode::done : ExitCode::refused;
}

}  // namespace

void add_explain_login(Shell& shell) {
    const auto asked = std::make_shared<Asked>();
    CLI::App& verb = shell.add("explain-login", "Say whether a login would be accepted, and why.");
    take_uid(verb, asked->uid);
    take_class(verb, asked->device_class, "The class that the client connects as.")->required();
    verb.add_option("--device-id", asked->device_id, "The device that would log in.")
        ->type_name("ID");
    take_token_stdin(verb, asked->token_stdin, "Check this token too; it is read");
    take_api_and_look(shell, verb, asked->api);
    shell.on(verb, [&shell, asked] { return explain(shell, *asked); });
}

}  // namespace fenshen::cli
