// SPDX-License-Identifier: Apache-2.0
#include "cli/cli.h"

#include "cli/detail/shell.h"
#include "cli/detail/verbs.h"

namespace fenshen::cli {

int run(std::span<const std::string> arguments,
        const Hooks& hooks,
        const config::Environment& environment,
        Streams streams) {
    return run(arguments, hooks, environment, streams, surroundings_of_process());
}

int run(std::span<const std::string> arguments,
        const Hooks& hooks,
        const config::Environment& environment,
        Streams streams,
        const Surroundings& surroundings) {
    Shell shell(hooks, environment, streams, surroundings);
    if (hooks.serve) add_serve(shell);
    add_explain_login(shell);
    add_devices(shell);
    add_kick(shell);
    add_token(shell);
    add_ban(shell);
    add_policy(shell);
    add_config(shell);
    add_doctor(shell);
    if (hooks.bench) add_bench(shell);
    add_completion(shell);
    add_version(shell);
    return shell.run(arguments);
}

}  // namespace fenshen::cli
