// SPDX-License-Identifier: Apache-2.0
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
};

int change(const Shell& shell, const Asked& asked, const char* call, const char* done) {
    const auto api = open_api(shell, asked.api);
    if (!api) return fail(shell, asked.api, api.error());
    const auto answer = api->call("POST", account_path(asked.uid, call), Json::object());
    if (!answer) return fail(shell, asked.api, answer.error());
    if (asked.api.json) return print_json(shell, *answer);
    shell.out() << printable(asked.uid) << done << '\n';
    const Json& ended = member(answer->json, "ended");
    if (ended.is_array()) shell.out() << ended_text(ended);
    return ExitCode::done;
}

void add(Shell& shell, const char* name, const char* help, const char* call, const char* done) {
    const auto asked = std::make_shared<Asked>();
    CLI::App& verb = shell.add(name, help);
    take_uid(verb, asked->uid);
    take_api(shell, verb, asked->api);
    shell.on(verb, [=, &shell] { return change(shell, *asked, call, done); });
}

}  // namespace

void add_ban(Shell& shell) {
    add(shell, "ban", "Let an account log in no more, and end its sessions.", "/ban", " is banned");
    add(shell, "unban", "Let an account log in again.", "/unban", " is not banned");
}

}  // namespace fenshen::cli
