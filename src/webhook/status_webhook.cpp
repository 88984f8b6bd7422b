// SPDX-License-Identifier: Apache-2.0
#include "webhook/status_webhook.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/hex.h"
#include "base/json_writer.h"
#include "domain/easemob_platform.h"

namespace fenshen::webhook {

namespace {

constexpr int failures_max = 90;
constexpr Millis failures_within{30'000};
constexpr Millis pause_step{5 * 60'000};
constexpr int pauses_max = 5;

std::string new_call_id(std::string_view app_key) {
    std::array<unsigned char, 16> random{};
    if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) std::abort();
    Bytes bytes(random.begin(), random.end());
    return std::string(app_key) + "_" + to_hex(bytes);
}

/// "msync 4.21.1" without the protocol.
std::string_view version_of(std::string_view client) {
    return client.substr(client.rfind(' ') + 1);
}

std::string_view name_of(service::DeviceStatus::Reason reason) {
    switch (reason) {
        case service::DeviceStatus::Reason::login:
            return "login";
        case service::DeviceStatus::Reason::logout:
            return "logout";
        case service::DeviceStatus::Reason::replaced:
            break;
    }
    return "replaced";
}

}  // namespace

std::string signature_of(std::string_view call_id,
                         std::string_view secret,
                         std::int64_t timestamp_ms) {
    const std::string text =
        std::string(call_id) + std::string(secret) + std::to_string(timestamp_ms);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_md5(), nullptr) != 1) {
        std::abort();  // a library without MD5 does not let the server start
    }
    return to_hex(Bytes(digest.begin(), digest.begin() + size));
}

std::string body_of(const service::DeviceStatus& status,
                    const StatusWebhookOptions& options,
                    std::string_view call_id) {
    const bool is_online = status.reason == service::DeviceStatus::Reason::login;
    std::string out;
    JsonWriter json(out);
    json.begin_object()
        .member("callId", call_id)
        .member("reason", name_of(status.reason))
        .member("status", is_online ? "online" : "offline")
        .member("os", domain::name_of_platform(status.device_class))
        .member("ip", status.address)
        .member("host", options.host)
        .member("appkey", options.app_key)
        .member(
            "user",
            options.app_key + "_" + status.uid.value() + "@easemob.com/" + status.device_id.value())
        .member("name", status.uid.value())
        .member("version", version_of(status.client))
        .member("timestamp", status.at.ms)
        .member("security", signature_of(call_id, options.secret.reveal(), status.at.ms))
        .end_object();
    return out;
}

StatusWebhook::StatusWebhook(StatusWebhookOptions options,
                             const Clock& clock,
                             telemetry::MetricRegistry& metrics,
                             telemetry::Log& log)
    : options_(std::move(options)), clock_(clock), log_(log) {
    metrics.add("fenshen_webhook_delivered_total", "Webhook calls answered with 200.", delivered_);
    metrics.add("fenshen_webhook_failed_total", "Webhook calls that failed twice.", failed_);
    metrics.add("fenshen_webhook_dropped_total",
                "Webhook events dropped: too many waited, or the server had failed too often.",
                dropped_);
}

void StatusWebhook::device_status(const service::DeviceStatus& status) {
    if (waiting_.fetch_add(1) >= options_.waiting_max) {
        waiting_.fetch_sub(1);
        dropped_.add();
        return;
    }
    thread_.post([this, status] {
        waiting_.fetch_sub(1);
        if (!stopping_) deliver(status);
    });
}

void StatusWebhook::stop() {
    stopping_ = true;
    thread_.stop();
}

void StatusWebhook::deliver(const service::DeviceStatus& status) {
    if (clock_.mono() < paused_until_) return dropped_.add();
    const std::string body = body_of(status, options_, new_call_id(options_.app_key));
    for (int attempt = 0; attempt < 2; ++attempt) {
        if (post(body)) {
            pauses_ = 0;
            return delivered_.add();
        }
        note_failure();
    }
    failed_.add();
}

bool StatusWebhook::post(const std::string& body) {
    const char* const target = options_.url.prefix.empty() ? "/" : "";
    const auto answer = ask(options_.url,
                            {.method = "POST", .target = target, .token = {}, .body = body},
                            options_.http);
    return answer && answer->status == 200;
}

void StatusWebhook::note_failure() {
    const MonoTime now = clock_.mono();
    if (failures_ == 0 || now - failing_since_ > failures_within) {
        failures_ = 0;
        failing_since_ = now;
    }
    if (++failures_ < failures_max) return;
    failures_ = 0;
    pauses_ = std::min(pauses_ + 1, pauses_max);
    const Millis pause = pause_step * pauses_;
    paused_until_ = now + pause;
    log_.warn("webhook_paused", {{"url", options_.url.text()}, {"pause_ms", pause.count()}});
}

}  // namespace fenshen::webhook
