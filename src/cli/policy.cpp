// SPDX-License-Identifier: Apache-2.0
// What is asked of the policy; what changes it is in policy_change.cpp.
#include "cli/detail/policy_view.h"

#include "cli/detail/api.h"
#include "cli/detail/arguments.h"
#include "cli/detail/policy.h"
#include "cli/detail/shell.h"
#include "cli/detail/text_width.h"
#include "cli/detail/verbs.h"

namespace fenshen::cli {
namespace {

struct Asked {
    ApiOptions api;
    std::string uid;   ///< empty: the general policy
    std::string file;  ///< of dry-run
};
using Act = int (*)(const Shell&, const Asked&, const Api&);

/// Declares a verb; what it takes besides the common options is up to the caller.
CLI::App& add(Shell& shell,
              CLI::App& policy,
              const std::shared_ptr<Asked>& asked,
              const char* name,
              const char* help,
              Act act) {
    CLI::App& verb = shell.add(name, help, &policy);
    take_api_and_look(shell, verb, asked->api);
    shell.on(verb, [&shell, asked, act] {
        const auto api = open_api(shell, asked->api);
        return api ? act(shell, *asked, *api) : fail(shell, asked->api, api.error());
    });
    return verb;
}

int show_general(const Shell& shell, const Asked& asked, const Api& api) {
    const auto answer = api.get("/v1/policy");
    if (!answer) return fail(shell, asked.api, answer.error());
    if (asked.api.json) return print_json(shell, *answer);
    const std::string changed = text_of(answer->json, "changed_at");
    shell.out() << "policy, version " << member(answer->json, "version").dump();
    if (!changed.empty()) {
        shell.out() << ", in force since "
                    << printable(time_words(shell, asked.api).absolute(changed));
    }
    shell.out() << '\n'
                << draw_policy(member(answer->json, "policy"), terminal_of(shell, asked.api));
    return ExitCode::done;
}

int show(const Shell& shell, const Asked& asked, const Api& api) {
    if (asked.uid.empty()) return show_general(shell, asked, api);
    const auto answer = api.get(account_path(asked.uid, "/policy"));
    if (!answer) return fail(shell, asked.api, answer.error());
    if (asked.api.json) return print_json(shell, *answer);
    const Json& policy = member(answer->json, "policy");
    if (!policy.is_object()) {
        shell.out() << printable(asked.uid) << " has no policy of its own: the general one holds\n";
        return ExitCode::done;
    }
    const std::string expires = text_of(answer->json, "expires_at");
    shell.out() << "policy of " << printable(asked.uid) << " alone";
    if (!expires.empty()) {
        shell.out() << ", until " << printable(time_words(shell, asked.api).absolute(expires));
    }
    shell.out() << '\n' << draw_policy(policy, terminal_of(shell, asked.api));
    return ExitCode::done;
}

int dry_run(const Shell& shell, const Asked& asked, const Api& api) {
    const auto policy = read_policy(asked.file, shell.surroundings().in);
    if (!policy) return fail(shell, asked.api, {.line = policy.error()});
    const auto answer =
        api.all_pages("POST", "/v1/policy/dry-run", "would_end", Json{{"policy", *policy}});
    if (!answer) return fail(shell, asked.api, answer.error());
    if (asked.api.json) return print_json(shell, *answer);
    shell.out() << draw_would_end(*answer, terminal_of(shell, asked.api));
    return ExitCode::done;
}

int presets(const Shell& shell, const Asked& asked, const Api& api) {
    const auto answer = api.get("/v1/policy/presets");
    if (!answer) return fail(shell, asked.api, answer.error());
    if (asked.api.json) return print_json(shell, *answer);
    // An object by name, or a list of policies that say theirs.
    const Json& told = member(answer->json, "presets");
    const Json& all = told.is_null() ? answer->json : told;
    const Terminal terminal = terminal_of(shell, asked.api);
    for (const auto& [key, preset] : all.items()) {
        if (!preset.is_object()) continue;
        const Json& inner = member(preset, "policy");
        Json policy = inner.is_object() ? inner : preset;
        std::string name = text_of(preset, "name");
        if (name.empty()) name = all.is_object() ? key : text_of(policy, "preset");
        policy.erase("preset");
        shell.out() << painted(printable(name), Paint::strong, terminal) << '\n'
                    << draw_policy(policy, terminal) << '\n';
    }
    return ExitCode::done;
}

int history(const Shell& shell, const Asked& asked, const Api& api) {
    constexpr const char* path = "/v1/policy/history";
    // The contract names what is in the list, not the list.
    const auto first = api.get(std::string(path) + "?limit=1");
    if (!first) return fail(shell, asked.api, first.error());
    std::string list = "versions";
    for (const auto& [name, value] : first->json.items()) {
        if (value.is_array()) list = name;
    }
    const auto answer = api.all_pages("GET", path, list);
    if (!answer) return fail(shell, asked.api, answer.error());
    if (asked.api.json) return print_json(shell, *answer);
    const TimeWords times = time_words(shell, asked.api);
    Table table({"VERSION", "WHEN", "POLICY"});
    for (const Json& version : items_of(*answer, list)) {
        std::string at = text_of(version, "changed_at");
        if (at.empty()) at = text_of(version, "at");
        table.add({member(version, "version").dump(),
                   times.absolute(at),
                   policy_line(member(version, "policy"))});
    }
    shell.out() << table.draw(terminal_of(shell, asked.api));
    return ExitCode::done;
}

}  // namespace

void add_policy(Shell& shell) {
    CLI::App& policy =
        shell.add_group("policy", "Show, try and set how many devices may be online at once.");
    const auto asked = std::make_shared<Asked>();
    add(shell, policy, asked, "show", "The general policy, or an account's own.", show)
        .add_option("UID", asked->uid, "The account.");
    add_policy_changes(shell, policy);
    take_policy_file(
        add(shell, policy, asked, "dry-run", "Name the sessions that a policy would end.", dry_run),
        asked->file);
    add(shell, policy, asked, "presets", "The policies to begin with, in full.", presets);
    add(shell, policy, asked, "history", "Every version, newest first.", history);
}

}  // namespace fenshen::cli
