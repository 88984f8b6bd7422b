// SPDX-License-Identifier: Apache-2.0
// Sets and revokes the token of a class of an account.
#include "cli/detail/api.h"
#include "cli/detail/arguments.h"
#include "cli/detail/devices_view.h"
#include "cli/detail/shell.h"
#include "cli/detail/text_width.h"
#include "cli/detail/verbs.h"

namespace fenshen::cli {
namespace {

struct Asked {
    ApiOptions api;
    std::string uid;
    int device_class = 0;
    std::string level = "secondary";
    bool token_stdin = false;
};

std::string token_path(const Asked& asked) {
    return account_path(asked.uid, "/tokens/" + std::to_string(asked.device_class));
}

/// A token that was made here is said once: to standard output alone, so that a script can take it.
int say_set(const Shell& shell, const Asked& asked, Answer answer, const Secret& token) {
    if (asked.api.json) {
        if (asked.token_stdin) return print_json(shell, answer);
        answer.json["token"] = token.reveal();
        return print_json(shell, answer.json);
    }
    const std::string who = printable(asked.uid) + " may now log in as " +
                            printable(class_of(answer.json)) + ", " + asked.level + ", with ";
    if (asked.token_stdin) {
        shell.out() << who << "the token given\n";
        return ExitCode::done;
    }
    shell.err() << who << "this token, which is shown only now:\n";
    shell.out() << token.reveal() << '\n';
    return ExitCode::done;
}

int set(const Shell& shell, const Asked& asked) {
    const auto api = open_api(shell, asked.api);
    if (!api) return fail(shell, asked.api, api.error());
    Secret token;
    if (asked.token_stdin) {
        auto given = read_token(shell.surroundings().in);
        if (!given)
            return fail(shell, asked.api, {.line = given.error(), .code = ExitCode::misused});
        token = *std::move(given);
    } else {
        auto made = make_token();
        if (!made) return fail(shell, asked.api, {.line = "the system gives no random bytes"});
        token = *std::move(made);
    }
    auto answer = api->call(
        "PUT", token_path(asked), Json{{"token", token.reveal()}, {"level", asked.level}});
    if (!answer) return fail(shell, asked.api, answer.error());
    return say_set(shell, asked, *std::move(answer), token);
}

int revoke(const Shell& shell, const Asked& asked) {
    const auto api = open_api(shell, asked.api);
    if (!api) return fail(shell, asked.api, api.error());
    const auto answer = api->call("DELETE", token_path(asked));
    if (!answer) return fail(shell, asked.api, answer.error());
    if (asked.api.json) return print_json(shell, *answer);
    const std::string of = printable(asked.uid) + ", class " + std::to_string(asked.device_class);
    if (!is_true(answer->json, "revoked")) {
        shell.out() << of << ": there was no token\n";
        return ExitCode::done;
    }
    shell.out() << of << ": the token is revoked\n" << ended_text(member(answer->json, "ended"));
    return ExitCode::done;
}

}  // namespace

void add_token(Shell& shell) {
    CLI::App& token =
        shell.add_group("token", "Set and revoke the tokens that accounts log in with.");
    const auto asked = std::make_shared<Asked>();
    const auto add = [&](const char* name,
                         const char* help,
                         int (*act)(const Shell&, const Asked&)) -> CLI::App& {
        CLI::App& verb = shell.add(name, help, &token);
        take_uid(verb, asked->uid);
        take_class(verb, asked->device_class, "The class of devices.")->required();
        take_api(shell, verb, asked->api);
        shell.on(verb, [&shell, asked, act] { return act(shell, *asked); });
        return verb;
    };
    CLI::App& setting =
        add("set", "Let a class log in with a token, in place of the one before.", set);
    take_one_of(
        *setting.add_option(
            "--level", asked->level, "A main device is alone in its class; secondary if not said."),
        {"main", "secondary"});
    take_token_stdin(setting, asked->token_stdin, "Without it one is made and printed. Read it");
    add("revoke", "Let a class log in no more, and end its sessions.", revoke);
}

}  // namespace fenshen::cli
