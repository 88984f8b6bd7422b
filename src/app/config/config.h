// SPDX-License-Identifier: Apache-2.0
// The configuration: one TOML file, each key of it overridden by an environment variable,
// everything checked before the server starts. A wrong key or value is a Problem that says where,
// what, and what it takes instead.
#pragma once

#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "app/config/sections.h"

namespace fenshen::config {

struct Config;

template <class Options>
struct Section {
    std::string_view name;
    Options Config::* member;
    std::string_view help;
};

struct Config {
    Durability durability;
    ServerConfig server;
    WukongConfig wukong;
    TlsConfig tls;
    ApiConfig api;
    EasemobConfig easemob;
    ConsoleConfig console;
    DevicesConfig devices;
    StorageConfig storage;
    ClusterConfig cluster;
    LogConfig log;
    RuntimeConfig runtime;

    bool operator==(const Config&) const = default;

    /// The keys that stand before all sections.
    static constexpr auto fields() {
        return std::tuple{
            Field{"durability",
                  &Config::durability,
                  "When an acknowledgement is given: fsync, when it is on disk; interval(MS), at "
                  "once, "
                  "and the disk is synced every MS milliseconds: a power cut then loses what was "
                  "acknowledged in between."},
        };
    }
    static constexpr auto sections();

    const IpAddress& bind_of(const std::optional<IpAddress>& own) const {
        return own ? *own : server.bind;
    }
    /// TLS is configured, and its listener not switched off.
    bool wss_is_on() const { return !wukong.wss_port.is_off() && !tls.cert.empty(); }
    bool easemob_open_registration() const {
        return easemob.open_registration.value_or(bind_of(easemob.bind).is_loopback());
    }
};

constexpr auto Config::sections() {
    return std::tuple{
        Section{"server", &Config::server, "The whole server."},
        Section{"wukong", &Config::wukong, "Clients that speak WuKongIM's protocol."},
        Section{"tls", &Config::tls, "Certificates."},
        Section{"api", &Config::api, "The HTTP API."},
        Section{"easemob", &Config::easemob, "Clients that speak Easemob's protocol."},
        Section{"console", &Config::console, "The web console."},
        Section{"devices", &Config::devices, "Device classes and levels."},
        Section{"storage", &Config::storage, "The store."},
        Section{"cluster", &Config::cluster, "This node among others."},
        Section{"log", &Config::log, "The log."},
        Section{"runtime", &Config::runtime, "Threads."},
    };
}

/// Something that stops the start.
struct Problem {
    std::string file;      ///< or the variable of the environment; may be empty
    std::size_t line = 0;  ///< 0: there is none
    std::string key;       ///< "wukong.tcp_port"; may be empty
    std::string text;      ///< one sentence; never the value of a secret

    bool operator==(const Problem&) const = default;
};
/// "fenshen.toml:4: wukong.tcp_port: takes 1 to 65535, ..., not 70000"
std::string line_of(const Problem& problem);

using Environment = std::map<std::string, std::string>;
/// The variables of this process that begin with FENSHEN_.
Environment environment_of_process();

struct Loaded {
    Config config;
    /// Where a key that is not at its default was set: "fenshen.toml:4" or "FENSHEN_API_PORT".
    std::map<std::string, std::string> origins;
};

inline constexpr std::size_t file_bytes_max = 1'048'576;

/// Defaults, then the file if there is one, then the environment, then what keys say of each other.
/// All problems at once, in the order of the file. Does not ask refuse_what_is_open().
std::expected<Loaded, std::vector<Problem>> load(const std::optional<std::string>& file,
                                                 const Environment& environment);
/// The same for the text of a file; `name` is for problems and origins.
std::expected<Loaded, std::vector<Problem>> parse(std::string_view text,
                                                  const std::string& name,
                                                  const Environment& environment);

struct ListenerOf {
    std::string_view key;  ///< "wukong.tcp_port"
    Port port;
    IpAddress bind;
};
/// Those that the server opens.
std::vector<ListenerOf> listeners_of(const Config& config);

/// A listener beyond loopback that lets in anybody, unless the operator insists (server.insecure).
std::vector<Problem> refuse_what_is_open(const Config& config);

/// The whole configuration as TOML: every key with its default, unit and meaning. A secret that is
/// set is not shown; a reader of this text finds it empty.
std::string print(const Config& config);

/// Value, where it came from, default, what it takes, meaning: a few lines. `key` may also be the
/// name of its variable. An error says which keys are near.
std::expected<std::string, std::string> explain(std::string_view key, const Loaded& loaded);

}  // namespace fenshen::config
