// SPDX-License-Identifier: Apache-2.0
#include "api/wukong/online_status.h"

#include "api/wukong/detail/fields.h"
#include "base/json_writer.h"
#include "service/devices/device_sessions.h"

namespace fenshen::api::wukong {

OnlineStatus::Input OnlineStatus::read(http::JsonDocument& body) {
    Input input;
    for (auto& uid : body.strings()) input.uids.emplace_back(std::move(uid));
    return input;
}

std::string_view OnlineStatus::refusal(const Input& input) {
    if (input.uids.size() > detail::list_elements_max) return "uids过多！";
    return {};
}

Task<http::Response> OnlineStatus::run(Context& context, Input input) {
    if (input.uids.empty()) co_return ok();
    auto asking = service::online_devices(context.world, std::move(input.uids));
    const auto devices = co_await asking;
    Bytes body;
    JsonWriter json(body);
    json.begin_array();
    for (const auto& device : devices) {
        json.begin_object()
            .member("uid", device.uid.value())
            .member("device_flag", device.device_class.value())
            .member("online", 1)
            .end_object();
    }
    json.end_array();
    co_return raw(std::move(body));
}

}  // namespace fenshen::api::wukong
