// SPDX-License-Identifier: Apache-2.0
// The tree of verbs as data, read from the parser itself, and the scripts by which shells complete
// it. Nothing here names a verb.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace fenshen::cli {

struct Completed {
    enum class Value : std::uint8_t { none, any, file, choice };

    std::vector<std::string> names;  ///< "--config", "-c"; empty: it is an argument by its place
    std::string help;                ///< one line
    Value value = Value::none;
    std::vector<std::string> choices;
};

struct CompletedVerb {
    std::string path;  ///< "policy show"; empty: the program itself
    std::string help;
    std::vector<Completed> options;
    std::vector<Completed> places;
    std::vector<CompletedVerb> below;

    /// The last word of the path.
    std::string name() const { return path.substr(path.find_last_of(' ') + 1); }
};

CompletedVerb tree_of(const CLI::App& root);

std::string bash_script(const CompletedVerb& root);
std::string zsh_script(const CompletedVerb& root);
std::string fish_script(const CompletedVerb& root);

}  // namespace fenshen::cli
