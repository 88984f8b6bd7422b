// SPDX-License-Identifier: Apache-2.0
#include "cli/detail/shell.h"
#include "cli/detail/verbs.h"
#include "cli/doctor.h"

namespace fenshen::cli {
namespace {

std::string padded(std::string_view text, std::size_t width) {
    std::string out(text);
    out.resize(std::max(width, out.size()), ' ');
    return out;
}

std::vector<Finding> find(const Shell& shell) {
    const auto loaded = shell.try_to_load();
    const Problems problems = loaded ? config::refuse_what_is_open(loaded->config) : loaded.error();
    std::vector<Finding> findings;
    for (const config::Problem& problem : problems) {
        findings.push_back({Health::fail, "config", config::line_of(problem)});
    }
    if (problems.empty()) {
        const std::string file = shell.config_file();
        findings.push_back({Health::ok, "config", file.empty() ? "the defaults" : file});
    }
    if (loaded) {
        const std::vector<Finding> more = examine(loaded->config, shell.surroundings().clock);
        findings.insert(findings.end(), more.begin(), more.end());
    }
    return findings;
}

}  // namespace

void add_doctor(Shell& shell) {
    CLI::App& verb =
        shell.add("doctor", "Look whether the server can run here, with this configuration.");
    shell.take_config_file(verb);
    shell.on(verb, [&shell] {
        int code = ExitCode::done;
        for (const Finding& finding : find(shell)) {
            shell.out() << padded(name_of(finding.health), 6) << padded(finding.what, 13)
                        << finding.text << '\n';
            if (finding.health == Health::fail) code = ExitCode::failed;
        }
        return code;
    });
}

}  // namespace fenshen::cli
