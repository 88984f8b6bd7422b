// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "app/serve.h"
#include "bench/command_line.h"
#include "cli/cli.h"

int main(int argc, char** argv) {
    using namespace fenshen;
    cli::Hooks hooks;
    hooks.serve = [](const config::Config& config, const std::string& addresses_file) {
        return app::serve(config, {.addresses_file = addresses_file});
    };
    hooks.bench = bench::main;
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    return cli::run(arguments, hooks, config::environment_of_process(), {std::cout, std::cerr});
}
