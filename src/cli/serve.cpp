// SPDX-License-Identifier: Apache-2.0
#include "cli/detail/shell.h"
#include "cli/detail/verbs.h"

namespace fenshen::cli {

void add_serve(Shell& shell) {
    const auto addresses_file = std::make_shared<std::string>();
    CLI::App& verb = shell.add("serve", "Run the server until it is told to stop.");
    shell.take_config_file(verb);
    verb.add_option("--addresses-file",
                    *addresses_file,
                    "Where to write the addresses, as JSON, once every listener is open.")
        ->type_name("FILE");
    shell.on(verb, [&shell, addresses_file]() -> int {
        const auto loaded = shell.load_what_may_start();
        if (!loaded) return ExitCode::failed;
        return shell.hooks().serve(loaded->config, *addresses_file);
    });
}

void add_bench(Shell& shell) {
    CLI::App& verb = shell.add("bench", "Put load on a server and measure it.");
    verb.prefix_command();
    verb.set_help_flag();  // its own
    shell.on(verb, [&shell, &verb] { return shell.hooks().bench(verb.remaining()); });
}

void add_version(Shell& shell) {
    shell.on(shell.add("version", "Say which fenshen this is."), [&shell] {
        shell.out() << "fenshen " FENSHEN_VERSION "\n";
        return ExitCode::done;
    });
}

}  // namespace fenshen::cli
