// SPDX-License-Identifier: Apache-2.0
// Tells the app's own server, by an HTTP POST each, that devices of Easemob clients come and go
// (easemob-rest 5.1, 5.4). A thread of its own does it: no loop waits for somebody else's server.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "base/secret.h"
#include "http_client/http_client.h"
#include "runtime/pool.h"
#include "service/devices/device_status.h"
#include "telemetry/log.h"
#include "telemetry/metrics.h"

namespace fenshen::webhook {

struct StatusWebhookOptions {
    BaseUrl url;
    Secret secret;        ///< signs each body
    std::string app_key;  ///< "fenshen#demo"
    std::string host;     ///< what this server calls itself
    HttpLimits http{.connect_max = Millis(2'000), .silence_max = Millis(2'000)};
    std::size_t waiting_max = 10'000;  ///< beyond it the newest are dropped
};

/// lower-case hex MD5(call_id + secret + timestamp).
std::string signature_of(std::string_view call_id,
                         std::string_view secret,
                         std::int64_t timestamp_ms);
/// The body; `call_id` is unique.
std::string body_of(const service::DeviceStatus& status,
                    const StatusWebhookOptions& options,
                    std::string_view call_id);

/// Each event once, and once more where the server does not answer with 200; in their order. What
/// fails twice is dropped. After 90 failures in 30 s nothing is sent for 5, 10, 15, 20, 25 minutes.
class StatusWebhook final : public service::DeviceStatusListener {
public:
    /// `clock` and `log` outlive it.
    StatusWebhook(StatusWebhookOptions options,
                  const Clock& clock,
                  telemetry::MetricRegistry& metrics,
                  telemetry::Log& log);

    /// Any thread. Never waits.
    void device_status(const service::DeviceStatus& status) override;
    /// Finishes the request under way; what still waits is dropped.
    void stop();

private:
    void deliver(const service::DeviceStatus& status);
    bool post(const std::string& body);
    void note_failure();

    const StatusWebhookOptions options_;
    const Clock& clock_;
    telemetry::Log& log_;
    std::atomic<std::size_t> waiting_{0};
    std::atomic<bool> stopping_{false};
    telemetry::Counter delivered_;
    telemetry::Counter failed_;
    telemetry::Counter dropped_;
    // Of the thread:
    int failures_ = 0;  // since failing_since_
    int pauses_ = 0;    // one after the other
    MonoTime failing_since_;
    MonoTime paused_until_;
    runtime::Pool thread_{1};  // the last: it ends before what it uses
};

}  // namespace fenshen::webhook
