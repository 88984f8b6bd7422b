// SPDX-License-Identifier: Apache-2.0
#include "cli/cli.h"

#include <CLI/CLI.hpp>
#include <ostream>

#include "cli/doctor.h"

namespace fenshen::cli {
namespace {

using Problems = std::vector<config::Problem>;

constexpr const char* exit_codes =
    "Exit code: 0 done, 1 it did not work or something is wrong, 2 the command line is wrong.";

/// What the verbs have in common, and what was asked for.
class Program {
public:
    Program(const Hooks& hooks, const config::Environment& environment, Streams streams)
        : hooks_(hooks), environment_(environment), out_(streams.out), err_(streams.err) {
        app_.name("fenshen");
        app_.footer(std::string("Each verb has its own --help.\n") + exit_codes);
        app_.require_subcommand(1);
        app_.set_version_flag("--version", "fenshen " FENSHEN_VERSION);
        if (hooks_.serve) add_serve();
        add_config();
        add_doctor();
        if (hooks_.bench) add_bench();
        on(*app_.add_subcommand("version", "Say which fenshen this is."), [this] {
            out_ << "fenshen " FENSHEN_VERSION "\n";
            return ExitCode::done;
        });
    }

    int run(std::span<const std::string> arguments) {
        try {
            // CLI11 takes them from the back.
            app_.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
        } catch (const CLI::ParseError& error) {
            return app_.exit(error, out_, err_) == 0 ? ExitCode::done : ExitCode::misused;
        }
        return chosen_();
    }

private:
    void on(CLI::App& verb, std::function<int()> act) {
        verb.footer(exit_codes);
        verb.callback([this, act = std::move(act)] { chosen_ = act; });
    }

    void take_config_file(CLI::App& verb) {
        verb.add_option("-c,--config",
                        file_,
                        "The configuration file (TOML); without it FENSHEN_CONFIG, else defaults.")
            ->type_name("FILE");
    }

    std::expected<config::Loaded, Problems> try_to_load() {
        if (const auto file = environment_.find("FENSHEN_CONFIG");
            file_.empty() && file != environment_.end()) {
            file_ = file->second;
        }
        return config::load(file_.empty() ? std::nullopt : std::optional(file_), environment_);
    }

    /// None: the problems are said.
    std::optional<config::Loaded> load() {
        auto loaded = try_to_load();
        if (loaded) return *std::move(loaded);
        say(loaded.error());
        return std::nullopt;
    }

    std::optional<config::Loaded> load_what_may_start() {
        auto loaded = load();
        if (!loaded) return std::nullopt;
        const Problems refused = config::refuse_what_is_open(loaded->config);
        say(refused);
        if (!refused.empty()) return std::nullopt;
        return loaded;
    }

    void say(const Problems& problems) {
        for (const config::Problem& problem : problems) err_ << config::line_of(problem) << '\n';
    }

    void add_serve() {
        CLI::App& verb = *app_.add_subcommand("serve", "Run the server until it is told to stop.");
        take_config_file(verb);
        verb.add_option("--addresses-file",
                        addresses_file_,
                        "Where to write the addresses, as JSON, once every listener is open.")
            ->type_name("FILE");
        on(verb, [this]() -> int {
            const auto loaded = load_what_may_start();
            if (!loaded) return ExitCode::failed;
            return hooks_.serve(loaded->config, addresses_file_);
        });
    }

    void add_config() {
        CLI::App& verb =
            *app_.add_subcommand("config", "Check, print and explain the configuration.");
        verb.require_subcommand(1);
        verb.footer(exit_codes);
        add_config_check(*verb.add_subcommand("check", "Find what would stop the start."));
        add_config_print(*verb.add_subcommand(
            "print",
            "Every key with its value, default, unit and meaning, as a file to begin with."));
        add_config_explain(*verb.add_subcommand(
            "explain", "One key: its value, where it comes from, what it takes, what it means."));
    }

    void add_config_check(CLI::App& verb) {
        take_config_file(verb);
        on(verb, [this] {
            const auto loaded = load_what_may_start();
            if (!loaded) return ExitCode::failed;
            out_ << (file_.empty() ? "the defaults" : file_) << ": ok, " << loaded->origins.size()
                 << " keys set\n";
            return ExitCode::done;
        });
    }

    void add_config_print(CLI::App& verb) {
        take_config_file(verb);
        on(verb, [this] {
            const auto loaded = load();
            if (!loaded) return ExitCode::failed;
            out_ << config::print(loaded->config);
            return ExitCode::done;
        });
    }

    void add_config_explain(CLI::App& verb) {
        take_config_file(verb);
        verb.add_option("KEY", key_, "Such as wukong.tcp_port, or FENSHEN_WUKONG_TCP_PORT.")
            ->required();
        on(verb, [this] {
            const auto loaded = load();
            if (!loaded) return ExitCode::failed;
            const auto text = config::explain(key_, *loaded);
            if (!text) {
                err_ << text.error() << '\n';
                return ExitCode::failed;
            }
            out_ << *text;
            return ExitCode::done;
        });
    }

    void add_doctor() {
        CLI::App& verb = *app_.add_subcommand(
            "doctor", "Look whether the server can run here, with this configuration.");
        take_config_file(verb);
        on(verb, [this] { return examine_and_say(); });
    }

    int examine_and_say() {
        const auto loaded = try_to_load();
        const Problems problems =
            loaded ? config::refuse_what_is_open(loaded->config) : loaded.error();
        std::vector<Finding> findings;
        for (const config::Problem& problem : problems) {
            findings.push_back({Health::fail, "config", config::line_of(problem)});
        }
        if (problems.empty()) {
            findings.push_back({Health::ok, "config", file_.empty() ? "the defaults" : file_});
        }
        if (loaded) {
            const std::vector<Finding> more = examine(loaded->config, SystemClock());
            findings.insert(findings.end(), more.begin(), more.end());
        }
        int code = ExitCode::done;
        for (const Finding& finding : findings) {
            out_ << padded(name_of(finding.health), 6) << padded(finding.what, 13) << finding.text
                 << '\n';
            if (finding.health == Health::fail) code = ExitCode::failed;
        }
        return code;
    }

    static std::string padded(std::string_view text, std::size_t width) {
        std::string out(text);
        out.resize(std::max(width, out.size()), ' ');
        return out;
    }

    void add_bench() {
        CLI::App& verb = *app_.add_subcommand("bench", "Put load on a server and measure it.");
        verb.prefix_command();
        verb.set_help_flag();  // its own
        on(verb, [this, &verb] { return hooks_.bench(verb.remaining()); });
    }

    const Hooks& hooks_;
    const config::Environment& environment_;
    std::ostream& out_;
    std::ostream& err_;
    CLI::App app_{
        "Fenshen, an instant-messaging server: one account, on as many devices as it likes."};
    std::string file_;
    std::string addresses_file_;
    std::string key_;
    std::function<int()> chosen_;
};

}  // namespace

int run(std::span<const std::string> arguments,
        const Hooks& hooks,
        const config::Environment& environment,
        Streams streams) {
    return Program(hooks, environment, streams).run(arguments);
}

}  // namespace fenshen::cli
