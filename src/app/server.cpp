// SPDX-License-Identifier: Apache-2.0
#include "app/server.h"

#include <malloc.h>
#include <openssl/rand.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <future>
#include <memory>
#include <thread>

#include "api/http/server.h"
#include "api/port/guard.h"
#include "api/v1/problem.h"
#include "api/v1/routes.h"
#include "api/wukong/manner.h"
#include "api/wukong/routes.h"
#include "app/easemob_port.h"
#include "app/metrics.h"
#include "app/token_key.h"
#include "gateway/listener.h"
#include "gateway/loop_gateway.h"
#include "gateway/msync/connection_link.h"
#include "gateway/wukong/session.h"
#include "runtime/loop.h"
#include "runtime/pool.h"
#include "service/channels/channels.h"
#include "storage/rocksdb/rocksdb_engine.h"
#include "webhook/status_webhook.h"

namespace fenshen::app {

namespace {

constexpr auto sync_cost_warning = std::chrono::milliseconds(10);
constexpr auto effects_wait_max = std::chrono::seconds(10);
constexpr int drain_steps = 10;

/// Raises the soft limit to the hard one; answers what it is then.
std::uint64_t raise_descriptor_limit() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
}

std::uint64_t random_bits() {
    std::uint64_t bits = 0;
    if (RAND_bytes(reinterpret_cast<unsigned char*>(&bits), sizeof bits) != 1) std::abort();
    return bits;
}

telemetry::LogOptions log_options(const config::LogConfig& config) {
    telemetry::LogOptions options;
    options.level = config.level;
    options.format = config.format;
    options.file = config.file;
    options.file_bytes_max = config.file_bytes_max;
    options.files_max = config.files_max;
    return options;
}

service::Rules rules_of(const config::Config& config, Bytes token_key) {
    service::Rules rules;
    rules.token_checks = config.wukong.token_auth;
    rules.main_level = config.devices.main_level;
    rules.strangers_may_write = config.wukong.whitelist_off_of_person;
    rules.manager_token = config.wukong.manager_token.reveal();
    rules.visitors_suffix = config.wukong.visitors_suffix;
    rules.damping = {config.wukong.auth_failures_per_minute,
                     config.wukong.auth_failures_per_address_per_minute};
    rules.devices_max = config.devices.kept_max;
    rules.device_age_max = config.devices.kept_age_max;
    rules.login_events_max = config.devices.history_max;
    rules.login_event_age_max = config.devices.history_age_max;
    rules.token_key = std::move(token_key);
    take_easemob(rules, config);
    return rules;
}

gateway::GatewayLimits limits_of(const config::WukongConfig& config, std::size_t loops) {
    gateway::GatewayLimits limits;
    limits.first_packet_max = config.first_packet_max;
    limits.login_max = config.login_max;
    limits.idle_max = config.idle_max;
    limits.input_bytes_max = config.frame_bytes_max + 64UL;
    // Connections are dealt out to the loops in turn.
    limits.unauthenticated_max = (config.unauthenticated_connections_max + loops - 1) / loops;
    return limits;
}

std::size_t loop_count(const config::RuntimeConfig& config) {
    if (config.loops > 0) return config.loops;
    return std::max(1U, std::thread::hardware_concurrency());
}

class RunningServer final : public Server {
public:
    RunningServer(const config::Config& config, storage::RocksdbEngine& engine, Bytes token_key);
    ~RunningServer() override { stop(); }

    /// The error, or nothing.
    std::string open();

    const Addresses& addresses() const override { return addresses_; }
    void reload() override;
    void stop() override;

    telemetry::Log& log() { return log_; }
    void keep(std::unique_ptr<storage::RocksdbEngine> engine) { engine_owner_ = std::move(engine); }

private:
    std::string open_listener(const config::Port& port,
                              const gateway::ConnectionKind& kind,
                              std::uint16_t& opened);
    std::string open_api();
    std::string open_easemob();
    void open_webhook();
    void resume_effects();
    void fill_addresses();
    void drain();
    /// Runs `work` on a loop and waits for it.
    void on_loop(std::size_t loop, Work work);
    std::size_t connections() const;

    const config::Config& config_;
    const SystemClock clock_;
    telemetry::Log log_;
    telemetry::MetricRegistry metrics_;
    std::unique_ptr<storage::RocksdbEngine> engine_owner_;
    storage::RocksdbEngine& engine_;
    domain::Snowflake ids_;
    runtime::Pool pool_;
    std::unique_ptr<webhook::StatusWebhook> status_webhook_;
    runtime::Loops loops_;
    service::World world_;
    gateway::WukongOptions wukong_;
    const gateway::MsyncOptions msync_;
    std::vector<std::unique_ptr<gateway::WukongLoop>> wukong_loops_;
    std::vector<std::unique_ptr<gateway::LoopGateway>> gateways_;
    std::unique_ptr<tls::TlsContext> tls_;
    std::vector<std::unique_ptr<gateway::Listener>> listeners_;
    api::wukong::Context api_;
    api::v1::Context api_v1_;
    api::Port api_port_;
    http::Router router_;
    std::unique_ptr<http::Server> http_;
    std::unique_ptr<EasemobPort> easemob_;
    Addresses addresses_;
    std::atomic<bool> stopping_{false};
    bool started_ = false;
    bool stopped_ = false;
};

RunningServer::RunningServer(const config::Config& config,
                             storage::RocksdbEngine& engine,
                             Bytes token_key)
    : config_(config),
      log_(log_options(config.log), clock_),
      engine_(engine),
      ids_(NodeId(config.cluster.node_id), engine.last_commit_at()),
      pool_(config.runtime.blocking_threads),
      loops_(loop_count(config.runtime), clock_),
      world_{.clock = clock_,
             .slots = SlotMap(engine.slot_count()),
             .node = NodeId(config.cluster.node_id),
             .store = engine.store(),
             .log = engine.log(),
             .pool = pool_,
             .ids = ids_,
             .rules = rules_of(config, std::move(token_key)),
             .shards = {}},
      wukong_{.encryption = config.wukong.encryption,
              .frame_bytes_max = config.wukong.frame_bytes_max,
              .node_id = config.cluster.node_id,
              .in_flight = {}},
      api_{.world = world_,
           .metrics = metrics_,
           .log = log_,
           .addresses = {},
           .token = config.api.token.reveal(),
           .not_ready =
               [this] {
                   if (stopping_) return std::string("stopping");
                   return engine_.trouble().value_or("");
               },
           .traffic = [this] { return traffic_of(gateways_); },
           .random = random_bits,
           .version = FENSHEN_VERSION,
           .started_at = clock_.mono()},
      api_v1_{.world = world_, .started_at = clock_.wall()},
      api_port_{.token = config.api.token.reveal(),
                .clock = clock_,
                .log = log_,
                .manners = {api::v1::manner(), api::wukong::manner()}},
      router_(api::router_hooks(api_port_)) {
    for (std::size_t i = 0; i < loops_.count(); ++i) {
        runtime::Loop& loop = loops_.at(i);
        world_.shards.push_back(std::make_unique<service::Shard>(world_, loop.id(), loop));
        gateways_.push_back(std::make_unique<gateway::LoopGateway>(
            *world_.shards.back(), loop, limits_of(config.wukong, loops_.count()), log_));
        wukong_loops_.push_back(std::make_unique<gateway::WukongLoop>(wukong_));
    }
    api::wukong::add_routes(router_, api_);
    api::v1::add_routes(router_, api_v1_);
    add_metrics(metrics_, world_, gateways_, engine_.stats());
    telemetry::add_process_metrics(metrics_);
}

std::string RunningServer::open() {
    if (!wukong::crypto_works()) return "the crypto library lacks X25519, AES-128-CBC or MD5";
    for (const auto& shard : world_.shards) {
        if (!shard->effects().recover()) return "the outbox of the store cannot be read";
    }
    if (!service::load_system_uids(world_)) return "the system accounts cannot be read";
    if (!service::load_policy(world_)) return "the device policy cannot be read";
    if (config_.wss_is_on()) {
        auto context = tls::TlsContext::server({config_.tls.cert, config_.tls.key});
        if (!context) return context.error();
        tls_ = std::move(*context);
    }
    gateway::ConnectionKind tcp;
    if (config_.wukong.proxy_protocol) {
        tcp.is_trusted_proxy = [this](const std::string& text) {
            const auto address = IpAddress::parse(text);
            return address && std::ranges::any_of(
                                  config_.wukong.trusted_proxies,
                                  [&](const IpRange& range) { return range.contains(*address); });
        };
    }
    gateway::ConnectionKind ws = tcp;
    ws.transport = gateway::Transport::websocket;
    gateway::ConnectionKind wss = ws;
    wss.tls = tls_.get();
    const auto& wukong = config_.wukong;
    if (auto error = open_listener(wukong.tcp_port, tcp, addresses_.tcp); !error.empty())
        return error;
    if (auto error = open_listener(wukong.ws_port, ws, addresses_.ws); !error.empty()) return error;
    if (tls_) {
        auto error = open_listener(wukong.wss_port, wss, addresses_.wss);
        if (!error.empty()) return error;
    }
    open_webhook();
    loops_.start();
    started_ = true;
    resume_effects();
    fill_addresses();
    if (auto error = open_api(); !error.empty()) return error;
    if (auto error = open_easemob(); !error.empty()) return error;
    for (const auto& listener : listeners_) {
        on_loop(0, [listener = listener.get()] { listener->start(); });
    }
    const auto sync = engine_.sync_cost();
    log_.info("started",
              {{"version", FENSHEN_VERSION},
               {"loops", loops_.count()},
               {"slots", engine_.slot_count()},
               {"data_dir", config_.server.data_dir},
               {"sync_us", sync.count()},
               {"descriptors", raise_descriptor_limit()}});
    if (sync > sync_cost_warning) {
        log_.warn("slow_disk", {{"sync_us", sync.count()}, {"data_dir", config_.server.data_dir}});
    }
    return {};
}

std::string RunningServer::open_listener(const config::Port& port,
                                         const gateway::ConnectionKind& kind,
                                         std::uint16_t& opened) {
    if (port.is_off()) return {};
    std::vector<gateway::LoopGateway*> gateways;
    for (const auto& gateway : gateways_) gateways.push_back(gateway.get());
    auto make_session = [this](gateway::Connection& connection) {
        auto& loop = *wukong_loops_[connection.gateway().loop().id().value()];
        return std::make_unique<gateway::WukongSession>(connection, loop);
    };
    auto listener =
        gateway::Listener::open({config_.bind_of(config_.wukong.bind).text(), port.number()},
                                kind,
                                make_session,
                                std::move(gateways));
    if (!listener) return listener.error();
    opened = (*listener)->port();
    listeners_.push_back(std::move(*listener));
    return {};
}

std::string RunningServer::open_api() {
    if (config_.api.port.is_off()) return {};
    std::vector<boost::asio::io_context*> loops;
    for (std::size_t i = 0; i < loops_.count(); ++i) loops.push_back(&loops_.at(i).io());
    http::ServerOptions options;
    options.address = config_.bind_of(config_.api.bind).text();
    options.port = config_.api.port.number();
    options.limits.body_bytes_max = config_.api.body_bytes_max;
    options.error_response = [this](std::string_view target, int status, std::string_view what) {
        return api_port_.manner_of(target).failed(status, what);
    };
    options.on_fault = [this](std::string_view what, std::string_view detail) {
        log_.error("http_fault", {{"what", what}, {"detail", detail}});
    };
    http_ = std::make_unique<http::Server>(
        std::move(loops),
        [this](http::Request& request) { return router_.handle(request); },
        std::move(options));
    if (auto opened = http_->start(); !opened) {
        http_.reset();
        return opened.error();
    }
    addresses_.api = http_->port();
    http::add_metrics(metrics_, http_->probe(), "api");
    return {};
}

std::string RunningServer::open_easemob() {
    if (config_.easemob.port.is_off()) return {};
    auto make_session = [this](gateway::Connection& connection) {
        return gateway::make_msync_session(connection, msync_);
    };
    easemob_ =
        std::make_unique<EasemobPort>(config_, world_, gateways_, make_session, metrics_, log_);
    if (auto error = easemob_->open(loops_); !error.empty()) {
        easemob_.reset();
        return error;
    }
    addresses_.easemob = easemob_->port();
    return {};
}

void RunningServer::open_webhook() {
    const auto url = parse_base_url(config_.easemob.status_webhook_url);
    if (config_.easemob.port.is_off() || !url) return;
    webhook::StatusWebhookOptions options{.url = *url,
                                          .secret = config_.easemob.status_webhook_secret,
                                          .app_key = config_.easemob.app_key,
                                          .host = config_.server.name};
    status_webhook_ =
        std::make_unique<webhook::StatusWebhook>(std::move(options), clock_, metrics_, log_);
    world_.device_status = status_webhook_.get();
}

// Before anybody is let in: a device that asks what it has missed must find every conversation.
void RunningServer::resume_effects() {
    auto left = std::make_shared<std::atomic<std::size_t>>(world_.shards.size());
    auto none_is_left = std::make_shared<std::promise<void>>();
    for (std::size_t i = 0; i < world_.shards.size(); ++i) {
        on_loop(i, [shard = world_.shards[i].get(), left, none_is_left] {
            shard->effects().resume([left, none_is_left] {
                if (--*left == 0) none_is_left->set_value();
            });
        });
    }
    // A disk that cannot be read now may be again: then the rest is taken, too.
    const auto waited = none_is_left->get_future().wait_for(effects_wait_max);
    if (waited != std::future_status::ready)
        log_.error("effects_left_lying", {{"shards", left->load()}});
}

void RunningServer::fill_addresses() {
    const auto& api = config_.api;
    const IpAddress& bind = config_.bind_of(config_.wukong.bind);
    addresses_.host = bind.is_any() ? "127.0.0.1" : bind.text();
    const std::string host = api.external_ip.empty() ? addresses_.host : api.external_ip;
    const auto choose = [&](const std::string& given, const char* scheme, std::uint16_t port) {
        if (!given.empty() || port == 0) return given;
        return scheme + host + ":" + std::to_string(port);
    };
    api_.addresses.tcp = choose(api.external_tcp, "", addresses_.tcp);
    api_.addresses.ws = choose(api.external_ws, "ws://", addresses_.ws);
    api_.addresses.wss = choose(api.external_wss, "wss://", addresses_.wss);
    api_.addresses.intranet_tcp = api.intranet_tcp;
}

void RunningServer::reload() {
    if (!tls_) return;
    if (const auto reloaded = tls_->reload(); !reloaded) {
        log_.error("certificates_not_reloaded", {{"why", reloaded.error()}});
    } else {
        log_.info("certificates_reloaded");
    }
}

void RunningServer::on_loop(std::size_t loop, Work work) {
    std::promise<void> done;
    loops_.at(loop).post([&] {
        work();
        done.set_value();
    });
    done.get_future().wait();
}

std::size_t RunningServer::connections() const {
    std::int64_t count = 0;
    for (const auto& gateway : gateways_) count += gateway->stats().connections;
    return static_cast<std::size_t>(std::max<std::int64_t>(count, 0));
}

// Spread out, so that not everybody comes back at the same moment.
void RunningServer::drain() {
    const std::size_t a_step = connections() / drain_steps + 1;
    const auto pause = config_.server.drain / drain_steps;
    for (int step = 0; step < drain_steps && connections() > 0; ++step) {
        const std::size_t a_loop = a_step / gateways_.size() + 1;
        for (std::size_t i = 0; i < gateways_.size(); ++i) {
            on_loop(i, [&] { gateways_[i]->drain(a_loop); });
        }
        if (connections() > 0) std::this_thread::sleep_for(pause);
    }
    for (std::size_t i = 0; i < gateways_.size(); ++i) {
        on_loop(i, [&] { gateways_[i]->drain(SIZE_MAX); });
    }
}

void RunningServer::stop() {
    if (stopped_ || !started_) return;
    stopped_ = true;
    stopping_ = true;
    log_.info("stopping", {{"connections", connections()}});
    for (const auto& listener : listeners_) {
        on_loop(0, [&] { listener->stop(); });
    }
    drain();
    if (http_) {
        std::promise<void> done;
        http_->stop(config_.server.drain, [&] { done.set_value(); });
        done.get_future().wait();
    }
    if (easemob_) {
        std::promise<void> done;
        easemob_->stop(config_.server.drain, [&] { done.set_value(); });
        done.get_future().wait();
    }
    pool_.stop();
    engine_.close();
    // What the last commits had to say is said before the loops end.
    for (std::size_t i = 0; i < loops_.count(); ++i) on_loop(i, [] {});
    loops_.stop_and_join();
    if (status_webhook_) status_webhook_->stop();
    log_.info("stopped");
}

}  // namespace

std::expected<std::unique_ptr<Server>, std::string> Server::start(const config::Config& config) {
    // One arena a thread is enough, and what a burst took goes back to the system.
    mallopt(M_ARENA_MAX, static_cast<int>(loop_count(config.runtime)) + 2);
    static const SystemClock clock;
    const std::filesystem::path data_dir = config.server.data_dir;
    auto key = load_or_make_token_key(data_dir);
    if (!key) return std::unexpected(key.error());
    storage::RocksdbConfig store;
    store.directory = data_dir / "store";
    store.slot_count = config.storage.slot_count;
    store.block_cache_bytes = config.storage.block_cache_bytes;
    store.sync_interval = config.durability.interval();
    auto engine = storage::RocksdbEngine::open(store, clock);
    if (!engine) return std::unexpected(engine.error());
    auto server = std::make_unique<RunningServer>(config, **engine, std::move(*key));
    server->keep(std::move(*engine));
    if (auto error = server->open(); !error.empty()) return std::unexpected(std::move(error));
    return server;
}

}  // namespace fenshen::app
