// SPDX-License-Identifier: Apache-2.0
#include <toml++/toml.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <system_error>

#include "app/config/config.h"
#include "app/config/detail/check.h"
#include "app/config/detail/key.h"

namespace fenshen::config {
namespace {

using detail::Raw;
using detail::RawOther;
using detail::RawTable;

Raw raw_of_list(const toml::array& list) {
    std::vector<std::string> texts;
    for (const toml::node& item : list) {
        const auto* text = item.as_string();
        if (text == nullptr) return RawOther{"a list of other things"};
        texts.push_back(text->get());
    }
    return texts;
}

Raw raw_of_table(const toml::table& table) {
    RawTable rows;
    for (const auto& [name, value] : table) {
        const auto* number = value.as_integer();
        if (number == nullptr) return RawOther{"a table of other things"};
        rows.rows.emplace_back(name.str(), number->get());
    }
    return rows;
}

Raw raw_of(const toml::node& node) {
    if (const auto* value = node.as_boolean()) return value->get();
    if (const auto* value = node.as_integer()) return value->get();
    if (const auto* value = node.as_string()) return value->get();
    if (const auto* value = node.as_array()) return raw_of_list(*value);
    if (const auto* value = node.as_table()) return raw_of_table(*value);
    if (const auto* value = node.as_floating_point()) {
        return RawOther{"the fraction " + std::to_string(value->get())};
    }
    return RawOther{"a date or a time"};
}

std::string names_in(std::string_view section) {
    std::string names;
    for (const detail::Key& key : detail::keys()) {
        if (key.section == section) names += (names.empty() ? "" : ", ") + key.name;
    }
    return names;
}

std::string sections() {
    std::string names;
    for (const auto& head : detail::section_heads()) {
        names += (names.empty() ? "" : ", ") + std::string(head.name);
    }
    return names;
}

bool is_section(std::string_view name) {
    return std::ranges::any_of(detail::section_heads(),
                               [name](const auto& head) { return head.name == name; });
}

class Reader {
public:
    explicit Reader(std::string file) : file_(std::move(file)) {}

    void read_file(std::string_view text) {
        try {
            const toml::table root = toml::parse(text, std::string_view(file_));
            for (const auto& [name, value] : root) take_root(name, value);
        } catch (const toml::parse_error& error) {
            problem(
                error.source().begin.line, "", "is not TOML: " + std::string(error.description()));
        }
        std::ranges::stable_sort(problems_, {}, &Problem::line);
    }

    void read_environment(const Environment& environment) {
        for (const auto& [variable, text] : environment) {
            if (const detail::Key* key = detail::find_key(variable)) {
                take(*key, detail::EnvText{text}, variable, 0);
            } else if (looks_like_ours(variable)) {
                problems_.push_back(
                    {variable, 0, "", "no key has this variable" + detail::nearest_key(variable)});
            }
        }
    }

    std::expected<Loaded, std::vector<Problem>> end() && {
        if (problems_.empty()) problems_ = detail::check(loaded_);
        if (!problems_.empty()) return std::unexpected(std::move(problems_));
        return std::move(loaded_);
    }

private:
    void take_root(const toml::key& name, const toml::node& value) {
        const std::size_t line = name.source().begin.line;
        const auto* table = value.as_table();
        if (is_section(name.str())) {
            if (table == nullptr) {
                problem(line,
                        std::string(name.str()),
                        "is a section: write [" + std::string(name.str()) +
                            "] and below it its keys, " + names_in(name.str()));
                return;
            }
            for (const auto& [inner, node] : *table) {
                take_named(std::string(name.str()), inner, node);
            }
        } else if (table != nullptr && detail::find_key(name.str()) == nullptr) {
            problem(line,
                    std::string(name.str()),
                    "there is no such section" + detail::nearest_section(name.str()) +
                        "; there are " + sections());
        } else {
            take_named("", name, value);
        }
    }

    void take_named(const std::string& section, const toml::key& name, const toml::node& value) {
        const std::string path =
            section.empty() ? std::string(name.str()) : section + "." + std::string(name.str());
        const std::size_t line = name.source().begin.line;
        const detail::Key* key = detail::find_key(path);
        // Neither a variable's name nor "section.key" in quotes is a key in the file.
        if (key == nullptr || key->path != path || key->section != section) {
            const std::string near = detail::nearest_key(path);
            const std::string place = section.empty()
                                          ? "before all sections there are " + names_in("")
                                          : "[" + section + "] takes " + names_in(section);
            problem(line, path, "there is no such key" + near + "; " + place);
            return;
        }
        take(*key, raw_of(value), file_, line);
    }

    void take(const detail::Key& key, const Raw& raw, const std::string& file, std::size_t line) {
        if (key.set(loaded_.config, raw)) {
            loaded_.origins[key.path] = line == 0 ? file : file + ":" + std::to_string(line);
            return;
        }
        const std::string instead = key.is_secret ? "" : ", not " + detail::shown(raw);
        problems_.push_back({file, line, key.path, "takes " + key.takes + instead});
    }

    /// Somebody's slip, rather than somebody else's variable.
    static bool looks_like_ours(std::string_view variable) {
        if (variable == "FENSHEN_CONFIG") return false;  // the command line's own
        for (const auto& head : detail::section_heads()) {
            std::string prefix = "FENSHEN_";
            for (const char c : head.name) prefix += static_cast<char>(c - 'a' + 'A');
            if (variable.starts_with(prefix + "_")) return true;
        }
        return !detail::nearest_key(variable).empty();
    }

    void problem(std::size_t line, std::string key, std::string text) {
        problems_.push_back({file_, line, std::move(key), std::move(text)});
    }

    const std::string file_;
    Loaded loaded_;
    std::vector<Problem> problems_;
};

}  // namespace

std::string line_of(const Problem& problem) {
    std::string line = problem.file;
    if (problem.line != 0) line += ":" + std::to_string(problem.line);
    for (const std::string_view part :
         {std::string_view(problem.key), std::string_view(problem.text)}) {
        if (!part.empty()) line += (line.empty() ? "" : ": ") + std::string(part);
    }
    return line;
}

Environment environment_of_process() {
    constexpr std::string_view prefix = "FENSHEN_";
    Environment environment;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const auto equals = text.find('=');
        if (!text.starts_with(prefix) || equals == std::string_view::npos) continue;
        environment.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return environment;
}

std::expected<Loaded, std::vector<Problem>> parse(std::string_view text,
                                                  const std::string& name,
                                                  const Environment& environment) {
    Reader reader(name);
    reader.read_file(text);
    reader.read_environment(environment);
    return std::move(reader).end();
}

std::expected<Loaded, std::vector<Problem>> load(const std::optional<std::string>& file,
                                                 const Environment& environment) {
    if (!file) return parse("", "", environment);

    const auto failed = [&file](std::string text) {
        return std::unexpected(std::vector<Problem>{{*file, 0, "", std::move(text)}});
    };
    errno = 0;
    std::ifstream in(*file, std::ios::binary);
    std::string text(file_bytes_max + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!in.is_open() || in.bad()) {
        return failed("cannot be read: " + std::system_category().message(errno));
    }
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.size() > file_bytes_max) return failed("is larger than 1 MiB");
    return parse(text, *file, environment);
}

}  // namespace fenshen::config
