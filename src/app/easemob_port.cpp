// SPDX-License-Identifier: Apache-2.0
#include "app/easemob_port.h"

#include <atomic>

#include "api/easemob/context.h"
#include "api/easemob/port.h"
#include "api/easemob/routes.h"
#include "api/http/server.h"
#include "domain/easemob_platform.h"
#include "service/files/attachment_folder.h"

namespace fenshen::app {

namespace {

constexpr std::string_view socket_path = "/websocket";
/// Of a form around its file.
constexpr std::size_t form_bytes_max = 64UL * 1024;
/// Of requests that are no uploads.
constexpr std::size_t body_bytes_min = 2UL * 1024 * 1024;

}  // namespace

void take_easemob(service::Rules& rules, const config::Config& config) {
    const auto& from = config.easemob;
    auto& to = rules.easemob;
    const auto hash = from.app_key.find('#');
    to.org = from.app_key.substr(0, hash);
    to.app = from.app_key.substr(hash + 1);
    to.client_id = from.client_id;
    to.client_secret = from.client_secret;
    to.open_registration = config.easemob_open_registration();
    to.protect_online = from.protect_online;
    to.token_ttl = std::chrono::seconds(from.token_ttl_seconds);
    to.offline_age_max = std::chrono::days(from.offline_days);
    to.offline_single_max = from.offline_single_max;
    to.offline_group_max = from.offline_group_max;
    to.attachment_bytes_max = from.attachment_bytes_max;
    to.attachment_age_max = std::chrono::days(from.attachment_days);
    rules.policy.single_device = !from.multi_device;
    rules.policy.msync_default.devices = from.devices_per_platform;
    for (const auto& [platform, devices] : from.limits) {
        if (const auto device_class = domain::class_of_platform(platform)) {
            rules.policy.classes[*device_class].devices = devices;
        }
    }
}

struct EasemobPort::Parts {
    Parts(const config::Config& from,
          service::World& in,
          const Gateways& to,
          gateway::SessionFactory make,
          telemetry::MetricRegistry& counts,
          telemetry::Log& lines)
        : config(from),
          world(in),
          gateways(to),
          make_session(std::move(make)),
          metrics(counts),
          log(lines),
          attachments(std::filesystem::path(from.server.data_dir) / "attachments",
                      in.rules.easemob.attachment_age_max,
                      in.clock),
          context{in, lines, attachments},
          router(api::easemob::router_hooks(in.rules.easemob, in.clock)) {
        kind.transport = gateway::Transport::websocket;
        if (from.wukong.proxy_protocol) {
            kind.is_trusted_proxy = [this](const std::string& text) {
                const auto address = IpAddress::parse(text);
                return address && std::ranges::any_of(config.wukong.trusted_proxies,
                                                      [&](const IpRange& range) {
                                                          return range.contains(*address);
                                                      });
            };
        }
        api::easemob::add_routes(router, context);
    }

    /// Called on any loop.
    void adopt(int fd, Bytes first) {
        auto& gateway = *gateways[next++ % gateways.size()];
        gateway.loop().post([this, &gateway, fd, first = std::move(first)] {
            gateway.adopt(fd, kind, make_session, first);
        });
    }

    http::ServerOptions options();

    const config::Config& config;
    service::World& world;
    const Gateways& gateways;
    const gateway::SessionFactory make_session;
    telemetry::MetricRegistry& metrics;
    telemetry::Log& log;
    service::AttachmentFolder attachments;
    api::easemob::Context context;
    http::Router router;
    gateway::ConnectionKind kind;
    std::atomic<std::size_t> next{0};
    std::unique_ptr<http::Server> server;
};

http::ServerOptions EasemobPort::Parts::options() {
    http::ServerOptions made;
    made.address = config.bind_of(config.easemob.bind).text();
    made.port = config.easemob.port.number();
    auto& limits = made.limits;
    limits.body_bytes_max =
        std::max(world.rules.easemob.attachment_bytes_max + form_bytes_max, body_bytes_min);
    limits.bodies_bytes_max = std::max(limits.bodies_bytes_max, 2 * limits.body_bytes_max);
    made.any_case_methods = true;
    if (make_session) {
        made.handed_over_path = socket_path;
        made.hand_over = [this](int fd, Bytes first) { adopt(fd, std::move(first)); };
    }
    made.error_response = [this](std::string_view, int status, std::string_view what) {
        return api::easemob::server_failed(world.clock, status, what);
    };
    made.on_fault = [this](std::string_view what, std::string_view detail) {
        log.error("http_fault", {{"what", what}, {"detail", detail}});
    };
    return made;
}

EasemobPort::EasemobPort(const config::Config& config,
                         service::World& world,
                         const Gateways& gateways,
                         gateway::SessionFactory make_session,
                         telemetry::MetricRegistry& metrics,
                         telemetry::Log& log)
    : parts_(std::make_unique<Parts>(
          config, world, gateways, std::move(make_session), metrics, log)) {}

EasemobPort::~EasemobPort() = default;

std::string EasemobPort::open(runtime::Loops& loops) {
    std::vector<boost::asio::io_context*> contexts;
    for (std::size_t i = 0; i < loops.count(); ++i) contexts.push_back(&loops.at(i).io());
    auto server = std::make_unique<http::Server>(
        std::move(contexts),
        [parts = parts_.get()](http::Request& request) { return parts->router.handle(request); },
        parts_->options());
    if (auto opened = server->start(); !opened) return opened.error();
    parts_->server = std::move(server);
    parts_->attachments.drop_old();
    http::add_metrics(parts_->metrics, parts_->server->probe(), "easemob");
    return {};
}

std::uint16_t EasemobPort::port() const {
    return parts_->server ? parts_->server->port() : 0;
}

void EasemobPort::stop(Millis patience, std::function<void()> done) {
    if (!parts_->server) return done();
    parts_->server->stop(patience, std::move(done));
}

}  // namespace fenshen::app
