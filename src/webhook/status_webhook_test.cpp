// SPDX-License-Identifier: Apache-2.0
#include "webhook/status_webhook.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

namespace fenshen::webhook {
namespace {

service::DeviceStatus status_of(service::DeviceStatus::Reason reason) {
    return {.reason = reason,
            .uid = Uid("ann"),
            .device_class = DeviceClass(107),
            .device_id = DeviceId("custom7_1"),
            .address = "127.0.0.1",
            .client = "msync 4.21.1",
            .at = WallTime{1'700'000'000'123}};
}

StatusWebhookOptions options() {
    return {.url = *parse_base_url("http://127.0.0.1:1/hook"),
            .secret = Secret("s3cret"),
            .app_key = "fenshen#demo",
            .host = "fenshen"};
}

// printf '%s' fenshen#demo_1s3cret1700000000123 | md5sum
TEST(StatusWebhook, SignsWithTheSecret) {
    EXPECT_EQ(signature_of("fenshen#demo_1", "s3cret", 1'700'000'000'123),
              "ba7ab341837708e111b06c2609f66f95");
}

TEST(StatusWebhook, SaysWhoCameAndWhoWent) {
    using Reason = service::DeviceStatus::Reason;
    EXPECT_EQ(body_of(status_of(Reason::login), options(), "fenshen#demo_1"),
              R"({"callId":"fenshen#demo_1","reason":"login","status":"online","os":"custom7",)"
              R"("ip":"127.0.0.1","host":"fenshen","appkey":"fenshen#demo",)"
              R"("user":"fenshen#demo_ann@easemob.com/custom7_1","name":"ann",)"
              R"("version":"4.21.1","timestamp":1700000000123,)"
              R"("security":"ba7ab341837708e111b06c2609f66f95"})");
    const auto says = [](Reason reason, std::string_view text) {
        return body_of(status_of(reason), options(), "1").find(text) != std::string::npos;
    };
    EXPECT_TRUE(says(Reason::logout, R"("reason":"logout","status":"offline",)"));
    EXPECT_TRUE(says(Reason::replaced, R"("reason":"replaced","status":"offline",)"));
}

struct StillClock final : Clock {
    WallTime wall() const override { return {1'700'000'000'123}; }
    MonoTime mono() const override { return {1'000}; }
};

/// A port that nobody listens at, and that nobody else gets meanwhile.
class DeadPort {
public:
    DeadPort() : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        auto* const plain = reinterpret_cast<sockaddr*>(&address);
        socklen_t size = sizeof(address);
        EXPECT_EQ(bind(fd_, plain, size), 0);
        EXPECT_EQ(getsockname(fd_, plain, &size), 0);
        number = ntohs(address.sin_port);
    }
    ~DeadPort() { close(fd_); }
    DeadPort(const DeadPort&) = delete;
    DeadPort& operator=(const DeadPort&) = delete;
    std::uint16_t number = 0;

private:
    int fd_;
};

TEST(StatusWebhook, AServerThatFailsTooOftenIsLeftInPeace) {
    const StillClock clock;
    const DeadPort port;
    telemetry::MetricRegistry metrics;
    telemetry::LogOptions quiet;
    quiet.to_stderr = false;
    telemetry::Log log(quiet, clock);
    auto made = options();
    made.url.port = port.number;
    StatusWebhook hook(std::move(made), clock, metrics, log);
    for (int i = 0; i < 60; ++i)
        hook.device_status(status_of(service::DeviceStatus::Reason::login));
    const auto says = [&](std::string_view line) {
        return metrics.text().find(line) != std::string::npos;
    };
    while (!says("fenshen_webhook_dropped_total 15")) std::this_thread::yield();
    EXPECT_TRUE(says("fenshen_webhook_failed_total 45"));
    EXPECT_TRUE(says("fenshen_webhook_delivered_total 0"));
    hook.stop();
}

}  // namespace
}  // namespace fenshen::webhook
