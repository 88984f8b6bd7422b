// SPDX-License-Identifier: Apache-2.0
#include "cli/detail/shell.h"
#include "cli/detail/verbs.h"

namespace fenshen::cli {
namespace {

void add_check(Shell& shell, CLI::App& config) {
    CLI::App& verb = shell.add("check", "Find what would stop the start.", &config);
    shell.take_config_file(verb);
    shell.on(verb, [&shell] {
        const auto loaded = shell.load_what_may_start();
        if (!loaded) return ExitCode::failed;
        const std::string file = shell.config_file();
        shell.out() << (file.empty() ? "the defaults" : file) << ": ok, " << loaded->origins.size()
                    << " keys set\n";
        return ExitCode::done;
    });
}

void add_print(Shell& shell, CLI::App& config) {
    CLI::App& verb =
        shell.add("print",
                  "Every key with its value, default, unit and meaning, as a file to begin with.",
                  &config);
    shell.take_config_file(verb);
    shell.on(verb, [&shell] {
        const auto loaded = shell.load();
        if (!loaded) return ExitCode::failed;
        shell.out() << config::print(loaded->config);
        return ExitCode::done;
    });
}

void add_explain(Shell& shell, CLI::App& config) {
    const auto key = std::make_shared<std::string>();
    CLI::App& verb =
        shell.add("explain",
                  "One key: its value, where it comes from, what it takes, what it means.",
                  &config);
    shell.take_config_file(verb);
    verb.add_option("KEY", *key, "Such as wukong.tcp_port, or FENSHEN_WUKONG_TCP_PORT.")
        ->required();
    shell.on(verb, [&shell, key] {
        const auto loaded = shell.load();
        if (!loaded) return ExitCode::failed;
        const auto text = config::explain(*key, *loaded);
        if (!text) {
            shell.err() << text.error() << '\n';
            return ExitCode::failed;
        }
        shell.out() << *text;
        return ExitCode::done;
    });
}

}  // namespace

void add_config(Shell& shell) {
    CLI::App& config = shell.add_group("config", "Check, print and explain the configuration.");
    add_check(shell, config);
    add_print(shell, config);
    add_explain(shell, config);
}

}  // namespace fenshen::cli
