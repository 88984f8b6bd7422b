// SPDX-License-Identifier: Apache-2.0
#include "app/config/detail/check.h"

#include "app/config/values.h"

namespace fenshen::config {

std::vector<ListenerOf> listeners_of(const Config& config) {
    const IpAddress& wukong = config.bind_of(config.wukong.bind);
    std::vector<ListenerOf> all{
        {"wukong.tcp_port", config.wukong.tcp_port, wukong},
        {"wukong.ws_port", config.wukong.ws_port, wukong},
        {"wukong.wss_port", config.wukong.wss_port, wukong},
        {"api.port", config.api.port, config.bind_of(config.api.bind)},
        {"easemob.port", config.easemob.port, config.bind_of(config.easemob.bind)},
    };
    std::erase_if(all, [&config](const ListenerOf& listener) {
        return listener.port.is_off() || (listener.key == "wukong.wss_port" && !config.wss_is_on());
    });
    return all;
}

namespace {

bool collide(const ListenerOf& a, const ListenerOf& b) {
    return !a.port.is_any() && !b.port.is_any() && a.port == b.port &&
           (a.bind == b.bind || a.bind.is_any() || b.bind.is_any());
}

class Checks {
public:
    explicit Checks(const Loaded& loaded) : loaded_(loaded) {}

    void fail(std::string_view key, std::string text) {
        Problem problem{"", 0, std::string(key), std::move(text)};
        if (const auto origin = loaded_.origins.find(problem.key);
            origin != loaded_.origins.end()) {
            // "file:line", or a variable; a file's name may have colons of its own.
            const auto colon = origin->second.rfind(':');
            problem.file = origin->second.substr(0, colon);
            if (colon != std::string::npos) {
                problem.line =
                    parse_number<std::size_t>(std::string_view(origin->second).substr(colon + 1))
                        .value_or(0);
            }
        }
        problems_.push_back(std::move(problem));
    }
    std::vector<Problem> take() { return std::move(problems_); }

private:
    const Loaded& loaded_;
    std::vector<Problem> problems_;
};

}  // namespace

namespace detail {

std::vector<Problem> check(const Loaded& loaded) {
    const Config& config = loaded.config;
    Checks checks(loaded);
    if (config.tls.cert.empty() != config.tls.key.empty()) {
        checks.fail(config.tls.cert.empty() ? "tls.key" : "tls.cert",
                    "needs the other one too: tls.cert and tls.key belong together");
    }
    if (!config.easemob.status_webhook_url.empty() &&
        config.easemob.status_webhook_secret.empty()) {
        checks.fail("easemob.status_webhook_url",
                    "needs easemob.status_webhook_secret: without it anybody could say the same");
    }
    if (config.easemob.client_id.empty() != config.easemob.client_secret.empty()) {
        checks.fail(
            config.easemob.client_id.empty() ? "easemob.client_secret" : "easemob.client_id",
            "needs the other one too: easemob.client_id and easemob.client_secret belong "
            "together");
    }
    if (config.wukong.proxy_protocol && config.wukong.trusted_proxies.empty()) {
        checks.fail("wukong.proxy_protocol",
                    "needs wukong.trusted_proxies: the addresses whose PROXY headers are believed");
    }
    const auto listeners = listeners_of(config);
    for (std::size_t i = 0; i < listeners.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            if (collide(listeners[i], listeners[j])) {
                checks.fail(listeners[i].key,
                            listeners[i].port.text() + " is the port of " +
                                std::string(listeners[j].key) + " already");
            }
        }
    }
    return checks.take();
}

}  // namespace detail

std::vector<Problem> refuse_what_is_open(const Config& config) {
    std::vector<Problem> refused;
    if (config.server.insecure) return refused;

    constexpr std::string_view or_else =
        "; or listen on 127.0.0.1 only; or set server.insecure = true if that is meant";
    bool wukong_said = config.wukong.token_auth;
    for (const ListenerOf& listener : listeners_of(config)) {
        if (listener.bind.is_loopback()) continue;
        const std::string where = listener.bind.text() + " is beyond loopback, and ";
        if (listener.key.starts_with("wukong.") && !wukong_said) {
            wukong_said = true;  // once is enough
            refused.push_back({"",
                               0,
                               std::string(listener.key),
                               where + "wukong.token_auth = false lets in anybody: set it to true" +
                                   std::string(or_else)});
        }
        if (listener.key == "easemob.port" && config.easemob_open_registration()) {
            refused.push_back(
                {"",
                 0,
                 std::string(listener.key),
                 where +
                     "easemob.open_registration = true lets anybody make accounts: set it to "
                     "false" +
                     std::string(or_else)});
        }
        if (listener.key == "api.port" && config.api.token.empty()) {
            refused.push_back({"",
                               0,
                               std::string(listener.key),
                               where +
                                   "without api.token anybody may administer the server: set it" +
                                   std::string(or_else)});
        }
    }
    return refused;
}

}  // namespace fenshen::config
