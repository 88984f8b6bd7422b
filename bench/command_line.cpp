// SPDX-License-Identifier: Apache-2.0
#include "command_line.h"

#include <CLI/CLI.hpp>
#include <iostream>

#include "bench.h"

namespace fenshen::bench {

int main(std::span<const std::string> arguments) {
    Options options;
    CLI::App app(
        "Starts a server of its own on loopback, puts it under load, and says what it cost.",
        "fenshen bench");
    const std::map<std::string, Scenario> scenarios{{"pairs", Scenario::pairs},
                                                    {"group", Scenario::group},
                                                    {"idle", Scenario::idle},
                                                    {"login", Scenario::login},
                                                    {"kick", Scenario::kick},
                                                    {"flood", Scenario::flood},
                                                    {"storm", Scenario::storm}};
    app.add_option(
           "--scenario", options.scenario, "pairs, group, idle, login, kick, flood or storm")
        ->transform(CLI::CheckedTransformer(scenarios, CLI::ignore_case))
        ->default_str("pairs");
    app.add_option("--clients", options.clients, "Accounts (pairs: an even number).")
        ->check(CLI::Range(2, 100'000))
        ->capture_default_str();
    app.add_option(
           "--devices", options.devices, "Connections of each account, each a class of its own.")
        ->check(CLI::Range(1, 16))
        ->capture_default_str();
    app.add_option("--senders", options.senders, "group: how many members talk.")
        ->capture_default_str();
    app.add_option(
           "--in-flight", options.in_flight, "Closed loop: messages of a sender without a SENDACK.")
        ->check(CLI::Range(1, 10'000))
        ->capture_default_str();
    app.add_option("--rate",
                   options.rate,
                   "Open loop: messages a second, all senders together; 0 = closed loop.")
        ->capture_default_str();
    app.add_option("--seconds", options.seconds, "Of measuring.")->capture_default_str();
    app.add_option("--warm-up", options.warm_up_seconds, "Seconds before.")->capture_default_str();
    app.add_option("--payload", options.payload_bytes, "Bytes of a message.")
        ->check(CLI::Range(static_cast<int>(16), 60'000))
        ->capture_default_str();
    const std::map<std::string, bool> protocols{{"wkproto", false}, {"msync", true}};
    app.add_option("--protocol", options.msync, "wkproto, or msync (pairs, group, idle, login).")
        ->transform(CLI::CheckedTransformer(protocols, CLI::ignore_case))
        ->default_str("wkproto");
    app.add_flag("--encrypted", options.encrypted, "wkproto's own encryption.");
    app.add_flag("--websocket", options.websocket, "WebSocket instead of TCP.");
    app.add_option("--durability", options.durability, "fsync or interval(MS).")
        ->capture_default_str();
    app.add_option("--rounds", options.rounds, "login: how often everybody logs in.")
        ->capture_default_str();
    app.add_option("--storm-devices", options.storm_devices, "storm: how many devices log in.")
        ->check(CLI::Range(1, 100'000))
        ->capture_default_str();
    app.add_option(
        "--data-dir", options.data_dir, "Where the server's data lie; default a temporary folder.");
    // CLI11 takes them last first.
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    try {
        app.parse(reversed);
    } catch (const CLI::CallForHelp&) {
        std::cout << app.help();
        return 0;
    } catch (const CLI::ParseError& error) {
        std::cerr << "fenshen bench: " << error.what() << '\n';
        return 2;
    }
    const bool in_pairs = options.scenario == Scenario::pairs ||
                          options.scenario == Scenario::flood ||
                          options.scenario == Scenario::storm;
    const bool is_for_msync =
        options.scenario == Scenario::pairs || options.scenario == Scenario::group ||
        options.scenario == Scenario::idle || options.scenario == Scenario::login;
    if (options.msync && (!is_for_msync || options.encrypted)) {
        std::cerr << "fenshen bench: --protocol msync has the scenarios pairs, group, idle and "
                     "login, and no --encrypted\n";
        return 2;
    }
    options.websocket = options.websocket || options.msync;
    if (in_pairs) options.clients += options.clients % 2;
    return run(options);
}

}  // namespace fenshen::bench
