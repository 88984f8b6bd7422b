// SPDX-License-Identifier: Apache-2.0
// Ends sessions of an account (v1-api "Devices").
#include <set>

#include "cli/detail/api.h"
#include "cli/detail/arguments.h"
#include "cli/detail/devices_view.h"
#include "cli/detail/shell.h"
#include "cli/detail/shell_quoted.h"
#include "cli/detail/text_width.h"
#include "cli/detail/verbs.h"

namespace fenshen::cli {
namespace {

struct Asked {
    ApiOptions api;
    std::string uid;
    std::string device_id;
    std::optional<int> device_class;
    bool all = false;
    bool revoke = false;
    std::string reason;
};

/// A device is named by its class too; one that has only one need not be asked for it.
std::expected<int, Failure> find_class(const Api& api, const Asked& asked) {
    const auto answer = api.all_pages("GET", account_path(asked.uid, "/devices"), "devices");
    if (!answer) return std::unexpected(answer.error());
    std::set<int> classes;
    for (const Json& device : items_of(*answer, "devices")) {
        const auto number = number_of(device, "class");
        if (number && text_of(device, "device_id") == asked.device_id) {
            classes.insert(static_cast<int>(*number));
        }
    }
    if (classes.size() == 1) return *classes.begin();
    const std::string device = printable(asked.uid + " has ") + (classes.empty() ? "no" : "a") +
                               " device " + printable(asked.device_id);
    if (classes.empty()) {
        return std::unexpected(
            Failure{device + "; see fenshen devices " + printable(shell_quoted(asked.uid))});
    }
    std::string numbers;
    for (const int number : classes)
        numbers += (numbers.empty() ? "" : ", ") + std::to_string(number);
    return std::unexpected(
        Failure{device + " in the classes " + numbers + ": say which one with --class N"});
}

std::expected<Json, Failure> body_of(const Api& api, const Asked& asked) {
    Json body = Json::object();
    if (asked.all) body["all"] = true;
    if (!asked.device_id.empty()) {
        body["device_id"] = asked.device_id;
        if (!asked.device_class) {
            const auto found = find_class(api, asked);
            if (!found) return std::unexpected(found.error());
            body["class"] = *found;
        }
    }
    if (asked.device_class) body["class"] = *asked.device_class;
    if (asked.revoke) body["revoke"] = true;
    if (!asked.reason.empty()) body["reason"] = asked.reason;
    return body;
}

int kick(const Shell& shell, const Asked& asked) {
    const auto api = open_api(shell, asked.api);
    if (!api) return fail(shell, asked.api, api.error());
    const auto body = body_of(*api, asked);
    if (!body) return fail(shell, asked.api, body.error());
    const auto answer = api->call("POST", account_path(asked.uid, "/end"), *body);
    if (!answer) return fail(shell, asked.api, answer.error());
    if (asked.api.json) return print_json(shell, *answer);
    shell.out() << ended_text(member(answer->json, "ended"));
    if (asked.revoke) shell.out() << "the tokens of these classes are revoked\n";
    return ExitCode::done;
}

}  // namespace

void add_kick(Shell& shell) {
    const auto asked = std::make_shared<Asked>();
    CLI::App& verb = shell.add("kick", "End sessions of an account: of a device, a class, or all.");
    take_uid(verb, asked->uid);
    CLI::Option& device =
        *verb.add_option(
                 "--device", asked->device_id, "The device; with --class if it is in several.")
             ->type_name("ID");
    CLI::Option& device_class =
        *take_class(verb, asked->device_class, "All devices of this class.");
    verb.add_flag("--all", asked->all, "All devices.")->excludes(&device)->excludes(&device_class);
    verb.add_flag("--revoke", asked->revoke, "Revoke the tokens of their classes too.");
    verb.add_option("--reason", asked->reason, "What the person is told.")->type_name("TEXT");
    take_api(shell, verb, asked->api);
    shell.on(verb, [&shell, asked] {
        if (!asked->all && asked->device_id.empty() && !asked->device_class) {
            shell.err() << "kick wants --device ID, --class N or --all\n";
            return static_cast<int>(ExitCode::misused);
        }
        return kick(shell, *asked);
    });
}

}  // namespace fenshen::cli
