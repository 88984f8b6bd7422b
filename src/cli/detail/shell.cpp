// SPDX-License-Identifier: Apache-2.0
#include "cli/detail/shell.h"

#include <algorithm>

namespace fenshen::cli {
namespace {

constexpr const char* exit_codes =
    "Exit code: 0 done, 1 it did not work or something is wrong, 2 the command line is wrong,\n"
    "3 the login would be refused (explain-login).";

}  // namespace

Shell::Shell(const Hooks& hooks,
             const config::Environment& environment,
             Streams streams,
             const Surroundings& surroundings)
    : hooks_(hooks), environment_(environment), streams_(streams), surroundings_(surroundings) {
    root_.name("fenshen");
    root_.footer(std::string("Each verb has its own --help.\n") + exit_codes);
    root_.require_subcommand(1);
    root_.set_version_flag("--version", "fenshen " FENSHEN_VERSION);
}

int Shell::run(std::span<const std::string> arguments) {
    try {
        // CLI11 takes them from the back.
        root_.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    } catch (const CLI::ParseError& error) {
        return root_.exit(error, out(), err()) == 0 ? ExitCode::done : ExitCode::misused;
    }
    return chosen_();
}

CLI::App& Shell::add(const std::string& name, const std::string& help, CLI::App* below) {
    CLI::App& verb = *(below == nullptr ? root_ : *below).add_subcommand(name, help);
    verb.footer(exit_codes);
    return verb;
}

CLI::App& Shell::add_group(const std::string& name, const std::string& help) {
    CLI::App& verb = add(name, help);
    verb.require_subcommand(1);
    return verb;
}

void Shell::on(CLI::App& verb, std::function<int()> act) {
    verb.callback([this, act = std::move(act)] { chosen_ = act; });
}

void Shell::take_config_file(CLI::App& verb) {
    verb.add_option("-c,--config",
                    config_file_,
                    "The configuration file (TOML); without it FENSHEN_CONFIG, else defaults.")
        ->type_name("FILE");
}

std::string Shell::config_file() const {
    const auto named = environment_.find("FENSHEN_CONFIG");
    return config_file_.empty() && named != environment_.end() ? named->second : config_file_;
}

std::expected<config::Loaded, Problems> Shell::try_to_load() const {
    const std::string file = config_file();
    return config::load(file.empty() ? std::nullopt : std::optional(file), environment_);
}

std::optional<config::Loaded> Shell::load() const {
    auto loaded = try_to_load();
    if (loaded) return *std::move(loaded);
    say(loaded.error());
    return std::nullopt;
}

std::optional<config::Loaded> Shell::load_what_may_start() const {
    auto loaded = load();
    if (!loaded) return std::nullopt;
    const Problems refused = config::refuse_what_is_open(loaded->config);
    say(refused);
    if (!refused.empty()) return std::nullopt;
    return loaded;
}

void Shell::say(const Problems& problems) const {
    for (const config::Problem& problem : problems) err() << config::line_of(problem) << '\n';
}

void take_one_of(CLI::Option& option, std::vector<std::string> values) {
    std::string form;
    for (const std::string& value : values) form += (form.empty() ? "" : "|") + value;
    option.type_name(form);
    option.check(CLI::Validator(
        [values = std::move(values), form](std::string& given) {
            const bool known = std::ranges::find(values, given) != values.end();
            return known ? std::string() : "takes " + form + ", not " + given;
        },
        ""));
}

}  // namespace fenshen::cli
