// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "api/easemob/detail/test_server.h"
#include "api/easemob/port.h"
#include "api/easemob/routes.h"
#include "service/credentials/tokens.h"

namespace fenshen::api::easemob::testing_support {

Result<service::Attachment> MemoryAttachments::put(const service::NewAttachment& made,
                                                   BytesView bytes) {
    service::Attachment attachment;
    attachment.id = "file-" + std::to_string(files_.size() + 1);
    attachment.secret = "secret-" + std::to_string(files_.size() + 1);
    attachment.restricted = made.restricted;
    attachment.name = made.name;
    attachment.content_type = made.content_type;
    attachment.bytes = bytes.size();
    files_[attachment.id] = {attachment, Bytes(bytes)};
    return attachment;
}

Result<service::Attachment> MemoryAttachments::find(std::string_view id) {
    if (is_over) return std::unexpected(Errc::unavailable);
    const auto found = files_.find(id);
    if (found == files_.end()) return std::unexpected(Errc::not_found);
    return found->second.first;
}

Result<Bytes> MemoryAttachments::read(std::string_view id,
                                      std::uint64_t from,
                                      std::uint64_t count) {
    const auto found = files_.find(id);
    if (found == files_.end()) return std::unexpected(Errc::not_found);
    return found->second.second.substr(from, count);
}

service::Rules usual_rules() {
    service::Rules rules;
    rules.token_key = Bytes(32, 'k');
    rules.easemob.client_id = "id";
    rules.easemob.client_secret = Secret("secret");
    rules.easemob.open_registration = true;
    rules.easemob.password_work = 1;
    return rules;
}

namespace {

api::testing_support::Settings settings_of(const service::Rules& rules) {
    api::testing_support::Settings settings;
    settings.rules = rules;
    return settings;
}

}  // namespace

TestServer::TestServer(const service::Rules& rules) : TestWorld(settings_of(rules), {}) {
    context = std::make_unique<Context>(*world, *log, attachments);
    router = std::make_unique<http::Router>(router_hooks(world->rules.easemob, clock));
    add_routes(*router, *context);
}

TestServer::~TestServer() = default;

std::string TestServer::Answer::error() const {
    return body.value("error", "no error") + ": " + body.value("error_description", "no text");
}

TestServer::Answer TestServer::call(http::Method method,
                                    std::string_view path,
                                    std::string_view token,
                                    std::string_view body,
                                    http::Headers headers) {
    headers.add("Host", "im.test:5280");
    if (!token.empty()) headers.add("Authorization", "Bearer " + std::string(token));
    Answer answer;
    answer.raw = ask(method, "/fenshen/demo" + std::string(path), body, headers);
    answer.status = answer.raw.status;
    answer.body = Json::parse(answer.raw.body, nullptr, false);
    return answer;
}

const std::string& TestServer::app_token() {
    if (app_token_.empty()) {
        const auto answer = post_as("",
                                    "/token",
                                    {{"grant_type", "client_credentials"},
                                     {"client_id", "id"},
                                     {"client_secret", "secret"}});
        EXPECT_EQ(answer.status, 200) << answer.raw.body;
        app_token_ = answer.body.value("access_token", "");
    }
    return app_token_;
}

std::string TestServer::user(std::string_view name) {
    const auto made =
        post_as(app_token(), "/users", {{"username", std::string(name)}, {"password", "pw"}});
    EXPECT_EQ(made.status, 200) << made.raw.body;
    return token_of(name);
}

std::string TestServer::token_of(std::string_view name, std::string_view password) {
    const auto answer = post_as("",
                                "/token",
                                {{"grant_type", "password"},
                                 {"username", std::string(name)},
                                 {"password", std::string(password)}});
    EXPECT_EQ(answer.status, 200) << answer.raw.body;
    return answer.body.value("access_token", "");
}

std::uint64_t TestServer::connect_msync(std::string_view uid,
                                        std::string_view resource,
                                        std::string_view token,
                                        std::string_view name) {
    const std::uint64_t serial = next_msync_serial_++;
    // The devices of either side log in with a token; this one is good on both.
    service::SetToken both{Uid(std::string(uid)), DeviceClass(1), DeviceLevel::secondary, {}};
    both.token = token;
    start(service::set_token(*world, std::move(both)), [](Result<void>) {});
    settle();
    service::ConnectCommand command;
    command.session = session_of(serial);
    command.uid = Uid(std::string(uid));
    command.device_id = DeviceId(std::string(resource));
    command.device_class = DeviceClass(1);
    command.token = token;
    command.family = domain::Family::msync;
    command.client = "easemob-websdk";
    command.device_name = name;
    command.address = "192.0.2.9";
    service::connect_device(*world, std::move(command));
    settle();
    return sessions.accepted[serial] ? serial : 0;
}

}  // namespace fenshen::api::easemob::testing_support
