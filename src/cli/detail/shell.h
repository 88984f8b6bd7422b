// SPDX-License-Identifier: Apache-2.0
// What every verb is given: the parser to declare itself in, the configuration, the streams. A verb
// is a function add_x(Shell&) in a file of its own (verbs.h); its options live in the closure that
// it hands to on().
#pragma once

#include <CLI/CLI.hpp>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "cli/cli.h"
#include "cli/surroundings.h"

namespace fenshen::cli {

using Problems = std::vector<config::Problem>;

class Shell {
public:
    /// All outlive it.
    Shell(const Hooks& hooks,
          const config::Environment& environment,
          Streams streams,
          const Surroundings& surroundings);
    Shell(const Shell&) = delete;
    Shell& operator=(const Shell&) = delete;

    int run(std::span<const std::string> arguments);

    /// A verb, or one below another.
    CLI::App& add(const std::string& name, const std::string& help, CLI::App* below = nullptr);
    /// A verb that only holds others.
    CLI::App& add_group(const std::string& name, const std::string& help);
    /// What is done when `verb` is what was asked for; answers the exit code.
    void on(CLI::App& verb, std::function<int()> act);

    void take_config_file(CLI::App& verb);
    /// As said, or as the environment says; empty: none. Once the command line is read.
    std::string config_file() const;
    std::expected<config::Loaded, Problems> try_to_load() const;
    /// None: the problems are said.
    std::optional<config::Loaded> load() const;
    /// The same, and refuses what the server would not start with.
    std::optional<config::Loaded> load_what_may_start() const;
    void say(const Problems& problems) const;

    CLI::App& root() { return root_; }
    const Hooks& hooks() const { return hooks_; }
    const config::Environment& environment() const { return environment_; }
    const Surroundings& surroundings() const { return surroundings_; }
    std::ostream& out() const { return streams_.out; }
    std::ostream& err() const { return streams_.err; }

private:
    const Hooks& hooks_;
    const config::Environment& environment_;
    Streams streams_;
    const Surroundings& surroundings_;
    CLI::App root_{
        "Fenshen, an instant-messaging server: one account, on as many devices as it likes."};
    std::string config_file_;
    std::function<int()> chosen_;
};

/// Completes as one of `values`, and takes nothing else.
void take_one_of(CLI::Option& option, std::vector<std::string> values);

}  // namespace fenshen::cli
