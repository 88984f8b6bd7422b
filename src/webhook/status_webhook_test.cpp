// SPDX-License-Identifier: Apache-2.0
#include "webhook/status_webhook.h"

#include <gtest/gtest.h>

namespace fenshen::webhook {
namespace {

service::DeviceStatus status_of(service::DeviceStatus::Reason reason) {
    return {.reason = reason,
            .uid = Uid("ann"),
            .device_class = DeviceClass(107),
            .device_id = DeviceId("custom7_1"),
            .address = "127.0.0.1",
            .client = "easemob-websdk/4.21.1",
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
              R"("version":"easemob-websdk/4.21.1","timestamp":1700000000123,)"
              R"("security":"ba7ab341837708e111b06c2609f66f95"})");
    const auto says = [](Reason reason, std::string_view text) {
        return body_of(status_of(reason), options(), "1").find(text) != std::string::npos;
    };
    EXPECT_TRUE(says(Reason::logout, R"("reason":"logout","status":"offline",)"));
    EXPECT_TRUE(says(Reason::replaced, R"("reason":"replaced","status":"offline",)"));
}

}  // namespace
}  // namespace fenshen::webhook
