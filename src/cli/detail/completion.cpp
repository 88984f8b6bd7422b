// SPDX-License-Identifier: Apache-2.0
// The scripts. Each finds out which verb the words before the cursor have come to, and offers what
// may follow; bash and zsh by cases of one function, fish by one line a word.
#include "cli/detail/completion.h"

#include "cli/detail/shell_quoted.h"

namespace fenshen::cli {
namespace {

using Value = Completed::Value;

template <class Visit>
void for_each_verb(const CompletedVerb& verb, const Visit& visit) {
    visit(verb);
    for (const CompletedVerb& below : verb.below) for_each_verb(below, visit);
}

/// Names and paths hold no quotes; help texts have gone through help_text().
std::string quoted(const std::string& text) {
    return "'" + text + "'";
}

std::string joined(const std::vector<std::string>& words, const char* between) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : between) + word;
    return text;
}

/// What may stand where no value of an option is due.
std::string words_of(const CompletedVerb& verb) {
    std::vector<std::string> words;
    for (const CompletedVerb& below : verb.below) words.push_back(below.name());
    for (const Completed& place : verb.places) {
        words.insert(words.end(), place.choices.begin(), place.choices.end());
    }
    for (const Completed& option : verb.options) {
        words.insert(words.end(), option.names.begin(), option.names.end());
    }
    return joined(words, " ");
}

bool takes_a_file(const CompletedVerb& verb) {
    for (const Completed& place : verb.places) {
        if (place.value == Value::file) return true;
    }
    return false;
}

/// "'policy show'|'policy set') verb=..." for the loop over the words before the cursor.
std::string paths_of(const CompletedVerb& root) {
    std::vector<std::string> paths;
    for_each_verb(root, [&](const CompletedVerb& verb) {
        if (!verb.path.empty()) paths.push_back(quoted(verb.path));
    });
    return joined(paths, "|");
}

/// `act` for each option that takes a value, with the pattern "'devices --api'".
template <class Act>
std::string value_cases(const CompletedVerb& root, const Act& act) {
    std::string cases;
    for_each_verb(root, [&](const CompletedVerb& verb) {
        for (const Completed& option : verb.options) {
            if (option.value == Value::none) continue;
            std::vector<std::string> patterns;
            for (const std::string& name : option.names) {
                patterns.push_back(quoted(verb.path + " " + name));
            }
            cases += "        " + joined(patterns, "|") + ") " + act(option) + " ;;\n";
        }
    });
    return cases;
}

/// What can stand inside single quotes.
std::string help_text(const std::string& help) {
    std::string text;
    for (const char c : help) text += c == '\'' ? std::string("’") : std::string(1, c);
    return text;
}

/// "devices:List an account’s devices", as zsh's _describe reads it.
std::string described(const std::string& name, const std::string& help) {
    std::string text = name + ":";
    for (const char c : help_text(help)) text += c == ':' ? std::string("\\:") : std::string(1, c);
    return quoted(text);
}

}  // namespace

std::string bash_script(const CompletedVerb& root) {
    std::string script =
        "# Completes fenshen in bash:  source <(fenshen completion bash)\n"
        "_fenshen() {\n"
        "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} verb= next i\n"
        "    COMPREPLY=()\n"
        "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
        "        next=\"${verb:+$verb }${COMP_WORDS[i]}\"\n"
        "        case \"$next\" in\n"
        "        " +
        paths_of(root) +
        ") verb=$next ;;\n"
        "        esac\n"
        "    done\n"
        "    case \"$verb $prev\" in\n";
    script += value_cases(root, [](const Completed& option) -> std::string {
        if (option.value == Value::file) return "COMPREPLY=($(compgen -f -- \"$cur\")); return";
        if (option.value == Value::any) return "return";
        return "COMPREPLY=($(compgen -W '" + joined(option.choices, " ") +
               "' -- \"$cur\")); return";
    });
    script += "    esac\n    case \"$verb\" in\n";
    for_each_verb(root, [&](const CompletedVerb& verb) {
        script += "        " + quoted(verb.path) + ") COMPREPLY=($(compgen -W '" + words_of(verb) +
                  "' -- \"$cur\"))";
        if (takes_a_file(verb)) {
            script += "; [[ $cur == -* ]] || COMPREPLY+=($(compgen -f -- \"$cur\"))";
        }
        script += " ;;\n";
    });
    return script + "    esac\n}\ncomplete -o filenames -F _fenshen fenshen\n";
}

std::string zsh_script(const CompletedVerb& root) {
    std::string script =
        "#compdef fenshen\n"
        "# Completes fenshen in zsh: put this into a folder of $fpath as _fenshen, or\n"
        "#   source <(fenshen completion zsh)\n"
        "_fenshen() {\n"
        "    local prev=${words[CURRENT-1]} verb= next i\n"
        "    local -a offered\n"
        "    for ((i = 2; i < CURRENT; i++)); do\n"
        "        next=\"${verb:+$verb }${words[i]}\"\n"
        "        case \"$next\" in\n"
        "        " +
        paths_of(root) +
        ") verb=$next ;;\n"
        "        esac\n"
        "    done\n"
        "    case \"$verb $prev\" in\n";
    script += value_cases(root, [](const Completed& option) -> std::string {
        if (option.value == Value::file) return "_files; return";
        if (option.value == Value::any) return "return";
        return "compadd -- " + joined(option.choices, " ") + "; return";
    });
    script += "    esac\n    case \"$verb\" in\n";
    for_each_verb(root, [&](const CompletedVerb& verb) {
        script += "        " + quoted(verb.path) + ") offered=(\n";
        for (const CompletedVerb& below : verb.below) {
            script += "            " + described(below.name(), below.help) + "\n";
        }
        for (const Completed& place : verb.places) {
            for (const std::string& choice : place.choices) {
                script += "            " + quoted(choice) + "\n";
            }
        }
        for (const Completed& option : verb.options) {
            for (const std::string& name : option.names) {
                script += "            " + described(name, option.help) + "\n";
            }
        }
        script += "            )";
        if (takes_a_file(verb)) script += "; _files";
        script += " ;;\n";
    });
    return script +
           "    esac\n"
           "    _describe fenshen offered\n"
           "}\n"
           "if [[ ${funcstack[1]-} == _fenshen ]]; then\n"
           "    _fenshen \"$@\"\n"
           "else\n"
           "    compdef _fenshen fenshen\n"
           "fi\n";
}

std::string fish_script(const CompletedVerb& root) {
    std::string script =
        "# Completes fenshen in fish:  fenshen completion fish | source\n"
        "# True where the words before the cursor have come to this verb, and not further.\n"
        "function __fenshen_at\n"
        "    set -l verb ''\n"
        "    for word in (commandline -opc)[2..-1]\n"
        "        set -l next (string trim -- \"$verb $word\")\n"
        "        switch $next\n"
        "            case ";
    for_each_verb(root, [&](const CompletedVerb& verb) {
        if (!verb.path.empty()) script += quoted(verb.path) + " ";
    });
    script +=
        "\n                set verb $next\n"
        "        end\n"
        "    end\n"
        "    test \"$verb\" = \"$argv[1]\"\n"
        "end\n"
        "complete -c fenshen -f\n";
    for_each_verb(root, [&](const CompletedVerb& verb) {
        const std::string at =
            "complete -c fenshen -n " +
            shell_quoted("__fenshen_at " + (verb.path.empty() ? "''" : "\"" + verb.path + "\""));
        for (const CompletedVerb& below : verb.below) {
            script += at + " -a " + below.name() + " -d '" + help_text(below.help) + "'\n";
        }
        for (const Completed& place : verb.places) {
            if (!place.choices.empty()) script += at + " -a '" + joined(place.choices, " ") + "'\n";
            if (place.value == Value::file) script += at + " -F\n";
        }
        for (const Completed& option : verb.options) {
            script += at;
            for (const std::string& name : option.names) {
                script +=
                    name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
            }
            if (option.value == Value::any) script += " -x";
            if (option.value == Value::file) script += " -r -F";
            if (option.value == Value::choice) {
                script += " -x -a '" + joined(option.choices, " ") + "'";
            }
            script += " -d '" + help_text(option.help) + "'\n";
        }
    });
    return script;
}

}  // namespace fenshen::cli
