// SPDX-License-Identifier: Apache-2.0
#include "api/easemob/users/devices.h"

#include "api/easemob/answers.h"
#include "service/devices/devices.h"

namespace fenshen::api::easemob {

namespace {

bool speaks_msync(const service::DeviceView& device) {
    return std::ranges::any_of(device.sessions, [](const domain::LiveSession& session) {
        return session.family == domain::Family::msync;
    });
}

http::Response with_result(const Call& call, bool result) {
    Envelope answer(call);
    answer.json().key("data").begin_object().member("result", result).end_object();
    return answer.done();
}

Task<std::optional<http::Response>> missing(Call& call) {
    auto looking = service::easemob_user(call.world(), call.user);
    const auto user = co_await looking;
    if (!user) co_return failed(call, user.error());
    co_return std::nullopt;
}

}  // namespace

Task<http::Response> list_resources(Call& call) {
    auto looking = missing(call);
    auto answer_missing = co_await looking;
    if (answer_missing) co_return std::move(*answer_missing);
    auto asking = service::devices_of(call.world(), call.user);
    const auto devices = co_await asking;
    if (!devices) co_return failed(call, devices.error());
    Envelope answer(call);
    auto& json = answer.json();
    json.key("entities").begin_array().end_array();
    json.key("data").begin_array();
    for (const auto& device : *devices) {
        if (!speaks_msync(device)) continue;
        const auto& resource = device.row.device_id.value();
        json.begin_object()
            .member("res", resource)
            .member("device_uuid", resource)
            .member("device_name", device.row.name.empty() ? resource : device.row.name)
            .end_object();
    }
    json.end_array();
    co_return answer.done();
}

Task<http::Response> disconnect_all(Call& call) {
    auto looking = missing(call);
    auto answer_missing = co_await looking;
    if (answer_missing) co_return std::move(*answer_missing);
    service::EndDevices command;
    command.uid = call.user;
    auto ending = service::end_devices(call.world(), std::move(command));
    const auto ended = co_await ending;
    if (!ended) co_return failed(call, ended.error());
    co_return with_result(call, true);
}

Task<http::Response> disconnect_one(Call& call) {
    auto looking = missing(call);
    auto answer_missing = co_await looking;
    if (answer_missing) co_return std::move(*answer_missing);
    service::EndDevices command;
    command.uid = call.user;
    command.device_id = DeviceId(std::string(call.capture("resource")));
    auto ending = service::end_devices(call.world(), std::move(command));
    const auto ended = co_await ending;
    if (!ended) co_return failed(call, ended.error());
    co_return with_result(call, !ended->ended.empty());
}

}  // namespace fenshen::api::easemob
