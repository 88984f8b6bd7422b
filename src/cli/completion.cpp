// SPDX-License-Identifier: Apache-2.0
#include "cli/detail/completion.h"

#include <utility>

#include "cli/detail/arguments.h"
#include "cli/detail/shell.h"
#include "cli/detail/verbs.h"

namespace fenshen::cli {
namespace {

std::vector<std::string> split(const std::string& text, char at) {
    std::vector<std::string> parts;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(at, begin), text.size());
        parts.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return parts;
}

Completed completed(const CLI::Option& option) {
    Completed done;
    for (const std::string& name : option.get_lnames()) done.names.push_back("--" + name);
    for (const std::string& name : option.get_snames()) done.names.push_back("-" + name);
    done.help = option.get_description();
    const std::string type = option.get_type_name();
    if (option.get_type_size_max() == 0) {
        done.value = Completed::Value::none;
    } else if (type == "FILE") {
        done.value = Completed::Value::file;
    } else if (type.find('|') != std::string::npos) {
        done.value = Completed::Value::choice;
        done.choices = split(type, '|');
    } else {
        done.value = Completed::Value::any;
    }
    return done;
}

CompletedVerb verb_of(const CLI::App& app, const std::string& path) {
    CompletedVerb verb{
        .path = path, .help = app.get_description(), .options = {}, .places = {}, .below = {}};
    for (const CLI::Option* option : app.get_options()) {
        (option->nonpositional() ? verb.options : verb.places).push_back(completed(*option));
    }
    for (const CLI::App* below : app.get_subcommands([](const CLI::App*) { return true; })) {
        verb.below.push_back(verb_of(*below, path + (path.empty() ? "" : " ") + below->get_name()));
    }
    return verb;
}

}  // namespace

CompletedVerb tree_of(const CLI::App& root) {
    return verb_of(root, "");
}

void add_completion(Shell& shell) {
    const auto which = std::make_shared<std::string>();
    CLI::App& verb = shell.add("completion", "Print a script by which a shell completes fenshen.");
    CLI::Option& option = *verb.add_option("SHELL", *which, "The shell.")->required();
    take_one_of(option, {"bash", "zsh", "fish"});
    shell.on(verb, [&shell, which] {
        const CompletedVerb root = tree_of(shell.root());
        shell.out() << (*which == "bash"  ? bash_script(root)
                        : *which == "zsh" ? zsh_script(root)
                                          : fish_script(root));
        return ExitCode::done;
    });
}

}  // namespace fenshen::cli
