// SPDX-License-Identifier: Apache-2.0
// The sections of the configuration file: each a struct with its defaults and its fields (base/
// field.h). product.md's table of keys is a contract: names and defaults stay as they are.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "app/config/values.h"
#include "base/clock.h"
#include "base/field.h"
#include "base/ip.h"
#include "base/secret.h"
#include "telemetry/log.h"

namespace fenshen::config {

using namespace std::chrono_literals;

enum class StorageEngine : std::uint8_t { embedded, cluster };

}  // namespace fenshen::config

namespace fenshen {

template <>
struct EnumNames<config::StorageEngine> {
    static constexpr std::array names{"embedded", "cluster"};
};
template <>
struct EnumNames<telemetry::Level> {
    static constexpr std::array names{"trace", "debug", "info", "warn", "error", "off"};
};
template <>
struct EnumNames<telemetry::LogOptions::Format> {
    static constexpr std::array names{"logfmt", "json"};
};

}  // namespace fenshen

namespace fenshen::config {

inline constexpr std::string_view bind_help =
    "Address of this section's listeners; when it is not set, server.bind.";

struct ServerConfig {
    std::string data_dir = "./data";
    IpAddress bind;
    bool insecure = false;
    std::string name = "fenshen";
    Millis drain{3'000};

    bool operator==(const ServerConfig&) const = default;
    static constexpr auto fields() {
        using S = ServerConfig;
        return std::tuple{
            Field{"data_dir",
                  &S::data_dir,
                  "Folder of everything durable; made if it is not there. A relative one begins "
                  "where the server is started.",
                  NotEmpty{}},
            Field{"bind", &S::bind, "Address of every listener that sets none of its own."},
            Field{
                "insecure",
                &S::insecure,
                "true allows listeners beyond loopback with wukong.token_auth = false or an empty "
                "api.token. Anybody who reaches them is then let in."},
            Field{"name",
                  &S::name,
                  "What this server is called in logs and in the console.",
                  NotEmpty{}},
            Field{"drain",
                  &S::drain,
                  "Over how long a stopping server closes its client connections, so that they do "
                  "not all come back at once.",
                  Between{0s, 5min}},
        };
    }
};

struct WukongConfig {
    std::optional<IpAddress> bind;
    Port tcp_port{5100};
    Port ws_port{5200};
    Port wss_port{5210};
    bool token_auth = true;
    bool encryption = true;
    bool proxy_protocol = false;
    std::vector<IpRange> trusted_proxies;
    std::uint32_t auth_failures_per_minute = 30;
    std::uint32_t auth_failures_per_address_per_minute = 300;
    Millis first_packet_max{2'000};
    Millis login_max{10'000};
    Millis idle_max{180'000};
    std::uint32_t unauthenticated_connections_max = 10'000;
    std::uint32_t frame_bytes_max = 1'048'576;
    bool whitelist_off_of_person = true;
    Secret manager_token;
    std::string visitors_suffix;

    bool operator==(const WukongConfig&) const = default;
    static constexpr auto fields() {
        using W = WukongConfig;
        return std::tuple{
            Field{"bind", &W::bind, bind_help},
            Field{"tcp_port", &W::tcp_port, "Clients over TCP, binary or JSON-RPC."},
            Field{"ws_port", &W::ws_port, "Clients over WebSocket."},
            Field{"wss_port",
                  &W::wss_port,
                  "Clients over WebSocket with TLS; opened only if tls.cert and tls.key are set."},
            Field{"token_auth",
                  &W::token_auth,
                  "Check tokens when a client logs in. false lets in anybody under any name."},
            Field{"encryption", &W::encryption, "Encrypt payloads as wkproto does by itself."},
            Field{"proxy_protocol",
                  &W::proxy_protocol,
                  "Connections from wukong.trusted_proxies to the TCP port begin with a PROXY "
                  "header, "
                  "version 1 or 2."},
            Field{"trusted_proxies",
                  &W::trusted_proxies,
                  "Proxies whose word about a client's address is believed."},
            Field{
                "auth_failures_per_minute",
                &W::auth_failures_per_minute,
                "Refused logins of one account and class after which more are refused unseen; 0 = "
                "no limit.",
                Between{0, 1'000'000},
                "a minute"},
            Field{"auth_failures_per_address_per_minute",
                  &W::auth_failures_per_address_per_minute,
                  "The same for one address.",
                  Between{0, 1'000'000},
                  "a minute"},
            Field{"first_packet_max",
                  &W::first_packet_max,
                  "From the connection to its first bytes.",
                  Between{100ms, 10min}},
            Field{"login_max",
                  &W::login_max,
                  "From the connection to the end of its login.",
                  Between{100ms, 10min}},
            Field{"idle_max",
                  &W::idle_max,
                  "Silence of a client after which its connection is closed.",
                  Between{1s, 24h}},
            Field{"unauthenticated_connections_max",
                  &W::unauthenticated_connections_max,
                  "Connections that have not logged in; while there are as many, new ones are "
                  "closed at once.",
                  Between{1, 10'000'000}},
            Field{"frame_bytes_max",
                  &W::frame_bytes_max,
                  "Longest frame taken from a client; a longer one closes the connection.",
                  Between{1'024, 67'108'864},
                  "bytes"},
            Field{"whitelist_off_of_person",
                  &W::whitelist_off_of_person,
                  "true: strangers may write to a person; false: only who is on the person's allow "
                  "list."},
            Field{"manager_token",
                  &W::manager_token,
                  "Token with which ____manager logs in; while it is empty nobody does."},
            Field{"visitors_suffix",
                  &W::visitors_suffix,
                  "Accounts whose name ends so log in without a token; empty = none does."},
        };
    }
};

struct TlsConfig {
    std::string cert;
    std::string key;

    bool operator==(const TlsConfig&) const = default;
    static constexpr auto fields() {
        return std::tuple{
            Field{"cert",
                  &TlsConfig::cert,
                  "File with the certificate and its chain (PEM). Read again on SIGHUP."},
            Field{"key", &TlsConfig::key, "File with the private key (PEM)."},
        };
    }
};

struct ApiConfig {
    std::optional<IpAddress> bind;
    Port port{5001};
    Secret token;
    std::uint32_t body_bytes_max = 10'485'760;
    std::string external_ip;
    std::string external_tcp;
    std::string external_ws;
    std::string external_wss;
    std::string intranet_tcp;

    bool operator==(const ApiConfig&) const = default;
    static constexpr auto fields() {
        using A = ApiConfig;
        return std::tuple{
            Field{"bind", &A::bind, bind_help},
            Field{"port", &A::port, "HTTP API, /health, /healthz, /readyz, /metrics and /v1/."},
            Field{"token",
                  &A::token,
                  "When set, requests must carry it in the header token, or as a bearer token; all "
                  "but health."},
            Field{"body_bytes_max",
                  &A::body_bytes_max,
                  "Longest body of a request; a longer one is answered 413.",
                  Between{1'024, 1'073'741'824},
                  "bytes"},
            Field{"external_ip",
                  &A::external_ip,
                  "Host or address that /route gives to clients; empty = the address that the "
                  "listeners have."},
            Field{"external_tcp",
                  &A::external_tcp,
                  "HOST:PORT that /route gives as tcp_addr; empty = from external_ip."},
            Field{"external_ws",
                  &A::external_ws,
                  "URL that /route gives as ws_addr; empty = from external_ip."},
            Field{"external_wss",
                  &A::external_wss,
                  "URL that /route gives as wss_addr; empty = from external_ip, if there is TLS."},
            Field{"intranet_tcp",
                  &A::intranet_tcp,
                  "HOST:PORT that /route?intranet=1 gives as tcp_addr."},
        };
    }
};

struct EasemobConfig {
    std::optional<IpAddress> bind;
    Port port{5280};
    std::string app_key = "fenshen#demo";
    std::string client_id;
    Secret client_secret;
    std::optional<bool> open_registration;
    bool multi_device = true;
    std::uint32_t devices_per_platform = 4;
    std::map<std::string, std::uint32_t> limits;
    bool protect_online = false;
    std::uint32_t token_ttl_seconds = 5'184'000;
    std::uint32_t offline_days = 7;
    std::uint32_t offline_single_max = 500;
    std::uint32_t offline_group_max = 200;
    std::uint32_t attachment_bytes_max = 10'485'760;
    std::uint32_t attachment_days = 7;
    std::string status_webhook_url;
    Secret status_webhook_secret;

    bool operator==(const EasemobConfig&) const = default;
    static constexpr auto fields() {
        using E = EasemobConfig;
        return std::tuple{
            Field{"bind", &E::bind, bind_help},
            Field{"port", &E::port, "REST at /{org}/{app}/..., the socket at /websocket."},
            Field{"app_key",
                  &E::app_key,
                  "The app of this server; another one is unknown.",
                  AppKey{}},
            Field{"client_id",
                  &E::client_id,
                  "App credential for the server-side REST API; while it is empty no app token is "
                  "given out."},
            Field{"client_secret", &E::client_secret, "The other half of the app credential."},
            Field{"open_registration",
                  &E::open_registration,
                  "Accounts can be registered without an app token; when it is not set, true on "
                  "loopback and false elsewhere."},
            Field{"multi_device",
                  &E::multi_device,
                  "false: a login ends the current one of any platform."},
            Field{"devices_per_platform",
                  &E::devices_per_platform,
                  "Devices of one platform online at once, unless easemob.limits names it.",
                  Between{0, Platforms::limit_max}},
            Field{"limits",
                  &E::limits,
                  "Devices online at once, per platform; 0 = none may log in.",
                  Platforms{}},
            Field{"protect_online",
                  &E::protect_online,
                  "An automatic login over the limit is refused instead of ending another."},
            Field{"token_ttl_seconds",
                  &E::token_ttl_seconds,
                  "Life of a user token; 0 = for ever.",
                  Between{0, 3'153'600'000U},
                  "seconds"},
            Field{"offline_days",
                  &E::offline_days,
                  "How far back a device that was away is still sent what it missed.",
                  Between{0, 3650},
                  "days"},
            Field{"offline_single_max",
                  &E::offline_single_max,
                  "Messages of single chats that it is sent.",
                  Between{0, 100'000},
                  "messages"},
            Field{"offline_group_max",
                  &E::offline_group_max,
                  "Messages of groups that it is sent.",
                  Between{0, 100'000},
                  "messages"},
            Field{"attachment_bytes_max",
                  &E::attachment_bytes_max,
                  "Largest upload; a larger one is answered 413.",
                  Between{1'024, 2'147'483'648U},
                  "bytes"},
            Field{"attachment_days",
                  &E::attachment_days,
                  "How long an upload is kept; 0 = for ever.",
                  Between{0, 36'500},
                  "days"},
            Field{"status_webhook_url",
                  &E::status_webhook_url,
                  "Told by a POST when a device logs in, logs out or is ended; empty: nobody is.",
                  HttpUrl{}},
            Field{"status_webhook_secret",
                  &E::status_webhook_secret,
                  "Signs what the webhook is told."},
        };
    }
};

struct ConsoleConfig {
    std::optional<IpAddress> bind;
    Port port{5300};

    bool operator==(const ConsoleConfig&) const = default;
    static constexpr auto fields() {
        return std::tuple{
            Field{"bind", &ConsoleConfig::bind, bind_help},
            Field{"port", &ConsoleConfig::port, "Web console and demo."},
        };
    }
};

struct DevicesConfig {
    std::uint8_t main_level = 1;
    std::uint32_t kept_max = 100;
    Millis kept_age_max{24h * 400};
    std::uint32_t history_max = 200;
    Millis history_age_max{24h * 90};

    bool operator==(const DevicesConfig&) const = default;
    static constexpr auto fields() {
        using D = DevicesConfig;
        return std::tuple{
            Field{"main_level",
                  &D::main_level,
                  "Which device_level means a main device, alone in its class.",
                  Between{0, 1}},
            Field{
                "kept_max",
                &D::kept_max,
                "Devices of one account that are remembered, those offline too; beyond it the one "
                "that was away longest is forgotten.",
                Between{1, 10'000}},
            Field{"kept_age_max",
                  &D::kept_age_max,
                  "How long a device that stays away is remembered.",
                  Between{1h, 24h * 3650}},
            Field{"history_max",
                  &D::history_max,
                  "Lines of an account's history of logins, refusals and ends.",
                  Between{10, 100'000}},
            Field{"history_age_max",
                  &D::history_age_max,
                  "How long they are kept.",
                  Between{1h, 24h * 3650}},
        };
    }
};

struct StorageConfig {
    StorageEngine engine = StorageEngine::embedded;
    std::uint16_t slot_count = 64;
    std::uint64_t block_cache_bytes = 134'217'728;

    bool operator==(const StorageConfig&) const = default;
    static constexpr auto fields() {
        using S = StorageConfig;
        return std::tuple{
            Field{"engine",
                  &S::engine,
                  "Where durable state lives: on this machine, or in a cluster."},
            Field{"slot_count",
                  &S::slot_count,
                  "Parts that the data is cut in. Taken when the store is created, fixed from then "
                  "on.",
                  Between{1, 4'096},
                  "slots"},
            Field{"block_cache_bytes",
                  &S::block_cache_bytes,
                  "Memory for blocks read from disk.",
                  Between{1'048'576, 1'099'511'627'776},
                  "bytes"},
        };
    }
};

struct ClusterConfig {
    std::uint16_t node_id = 1;
    std::string name = "fenshen";

    bool operator==(const ClusterConfig&) const = default;
    static constexpr auto fields() {
        return std::tuple{
            Field{"node_id",
                  &ClusterConfig::node_id,
                  "Number of this node, its own in the cluster; part of every message id.",
                  Between{0, 1'023}},
            Field{"name",
                  &ClusterConfig::name,
                  "Name of the cluster, the same on all of its nodes.",
                  NotEmpty{}},
        };
    }
};

struct LogConfig {
    telemetry::Level level = telemetry::Level::info;
    telemetry::LogOptions::Format format = telemetry::LogOptions::Format::logfmt;
    std::string file;
    std::uint64_t file_bytes_max = 67'108'864;
    std::uint32_t files_max = 8;

    bool operator==(const LogConfig&) const = default;
    static constexpr auto fields() {
        using L = LogConfig;
        return std::tuple{
            Field{"level", &L::level, "The least that is logged."},
            Field{"format", &L::format, "One event a line, as key=value or as JSON."},
            Field{"file", &L::file, "File to log to, besides standard error; empty = none."},
            Field{"file_bytes_max",
                  &L::file_bytes_max,
                  "A file of this size is set aside and a new one begun.",
                  Between{65'536, 1'099'511'627'776},
                  "bytes"},
            Field{"files_max", &L::files_max, "Files kept.", Between{1, 1'000}, "files"},
        };
    }
};

struct RuntimeConfig {
    std::uint16_t loops = 0;
    std::uint16_t blocking_threads = 4;

    bool operator==(const RuntimeConfig&) const = default;
    static constexpr auto fields() {
        return std::tuple{
            Field{"loops",
                  &RuntimeConfig::loops,
                  "Threads that serve connections; 0 = one a core.",
                  Between{0, 1'024},
                  "threads"},
            Field{"blocking_threads",
                  &RuntimeConfig::blocking_threads,
                  "Threads that wait for the disk.",
                  Between{1, 256},
                  "threads"},
        };
    }
};

}  // namespace fenshen::config
