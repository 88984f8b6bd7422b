// SPDX-License-Identifier: Apache-2.0
#include "api/v1/devices.h"

#include <algorithm>
#include <set>

#include "api/v1/detail/answers.h"
#include "api/v1/problem.h"
#include "domain/class_names.h"

namespace fenshen::api::v1 {

namespace {

/// A person reads it, in one line.
constexpr std::size_t reason_bytes_max = 1024;

void write_session(JsonWriter& json, const domain::LiveSession& session) {
    json.begin_object().member("session", detail::text_of(session.session));
    detail::write_time(json, "since", session.since);
    detail::write_text(json, "address", session.address);
    json.end_object();
}

void write_last_end(JsonWriter& json, const storage::LastEnd& end) {
    if (end.why.empty()) {
        json.null();
        return;
    }
    json.begin_object().member("why", end.why);
    detail::write_time(json, "at", end.at);
    detail::write_text(json, "rule", end.rule);
    detail::write_raw(json, "by", end.by);
    json.end_object();
}

void write_device(JsonWriter& json, const service::DeviceView& device) {
    const auto& row = device.row;
    json.begin_object().member("device_id", row.device_id.value());
    detail::write_class(json, row.device_class);
    json.member("level", detail::name_of(row.level));
    detail::write_text(json, "protocol", row.protocol);
    detail::write_text(json, "name", row.name);
    detail::write_text(json, "client", row.client);
    json.member("online", device.online()).key("sessions").begin_array();
    for (const auto& session : device.sessions) write_session(json, session);
    json.end_array();
    detail::write_time(json, "first_seen", row.first_seen);
    detail::write_time(json, "last_login", row.last_login);
    detail::write_time(json, "last_seen", row.last_seen);
    detail::write_text(json, "last_address", row.last_address);
    json.key("last_end");
    write_last_end(json, row.last_end);
    json.end_object();
}

/// Those asked for, in the order of their places.
void choose(std::vector<service::DeviceView>& devices, const ListDevices::Input& input) {
    std::erase_if(devices, [&](const service::DeviceView& device) {
        if (input.online && device.online() != *input.online) return true;
        return input.after && !input.after->is_before(detail::place_of(device));
    });
    std::ranges::sort(devices, [](const auto& a, const auto& b) {
        return detail::place_of(a).is_before(detail::place_of(b));
    });
}

Bytes written(const service::DevicesEnded& ended) {
    Bytes body;
    JsonWriter json(body);
    json.begin_object().key("ended");
    detail::write_ended(json, ended.ended);
    json.end_object();
    return body;
}

std::string list_of(const std::set<DeviceClass>& classes) {
    std::string list;
    for (const DeviceClass device_class : classes) {
        if (!list.empty()) list += ", ";
        list += domain::number_and_name(device_class);
    }
    return list;
}

/// The classes that have a device of this id.
std::set<DeviceClass> classes_of(const std::vector<service::DeviceView>& devices,
                                 const DeviceId& device_id) {
    std::set<DeviceClass> classes;
    for (const auto& device : devices) {
        if (device.row.device_id == device_id) classes.insert(device.row.device_class);
    }
    return classes;
}

http::Response unknown_device(const Uid& uid, DeviceClass device_class, const DeviceId& device_id) {
    Problem problem{404, "unknown_device", "There is no such device", {}};
    problem.detail = uid.value() + " has no device " + device_id.value() + " of class " +
                     domain::number_and_name(device_class) + ".";
    problem.mend = {{"See the account's devices",
                     "GET",
                     "/v1/accounts/" + detail::in_path(uid.value()) + "/devices",
                     {}}};
    return response_of(problem);
}

}  // namespace

ListDevices::Input ListDevices::read(detail::Asked& asked) {
    Input input;
    input.uid = asked.uid();
    input.online = asked.flag_in_query("online");
    const detail::Page page = asked.page();
    input.limit = page.limit;
    if (!page.after.empty()) {
        input.after = detail::device_place_of(page.after);
        if (!input.after) asked.refuse("after", detail::bad_cursor);
    }
    return input;
}

Task<http::Response> ListDevices::run(Context& context, Input input) {
    auto looking = service::devices_of(context.world, input.uid);
    auto devices = co_await looking;
    if (!devices) co_return failure(devices.error(), input.uid);
    choose(*devices, input);
    const std::size_t count = std::min(devices->size(), input.limit);
    Bytes body;
    JsonWriter json(body);
    json.begin_object().member("uid", input.uid.value()).key("devices").begin_array();
    for (std::size_t i = 0; i < count; ++i) write_device(json, (*devices)[i]);
    json.end_array();
    const bool is_last = count == devices->size();
    detail::write_next(json,
                       is_last ? "" : detail::cursor_of(detail::place_of((*devices)[count - 1])));
    json.end_object();
    co_return detail::answer(std::move(body));
}

ForgetDevice::Input ForgetDevice::read(detail::Asked& asked) {
    Input input;
    input.uid = asked.uid();
    input.device_class = asked.class_in_query();
    input.device_id = asked.device_id_in_path();
    return input;
}

Task<http::Response> ForgetDevice::run(Context& context, Input input) {
    service::EndDevices command;
    command.uid = input.uid;
    command.device_class = input.device_class;
    command.device_id = input.device_id;
    command.forget = true;
    auto ending = service::end_devices(context.world, std::move(command));
    const auto ended = co_await ending;
    if (!ended) co_return failure(ended.error(), input.uid);
    if (!ended->forgotten && ended->ended.empty()) {
        co_return unknown_device(input.uid, input.device_class, input.device_id);
    }
    co_return detail::answer(written(*ended));
}

EndDevices::Input EndDevices::read(detail::Asked& asked) {
    auto& body = asked.body({"device_id", "class", "all", "revoke", "reason"});
    service::EndDevices command;
    command.uid = asked.uid();
    command.device_id = asked.device_id_in(body);
    if (body.has("class")) command.device_class = DeviceClass(body.integer<std::uint8_t>("class"));
    const bool all = body.boolean("all");
    const bool names_some = command.device_id || command.device_class;
    if (all == names_some) {
        asked.refuse("body",
                     R"(must have one of {"device_id", "class"}, {"class"} and {"all": true})");
    }
    command.revoke = body.boolean("revoke");
    command.reason = body.string("reason");
    if (command.reason.size() > reason_bytes_max) {
        asked.refuse("reason", "must be at most " + std::to_string(reason_bytes_max) + " bytes");
    }
    return {.command = std::move(command)};
}

Task<http::Response> EndDevices::run(Context& context, Input input) {
    service::EndDevices& command = input.command;
    const Uid uid = command.uid;
    if (command.device_id && !command.device_class) {
        auto looking = service::devices_of(context.world, uid);
        const auto devices = co_await looking;
        if (!devices) co_return failure(devices.error(), uid);
        const auto classes = classes_of(*devices, *command.device_id);
        if (classes.size() > 1) {
            co_return bad_request("class: is required, since several classes have a device " +
                                  command.device_id->value() + ": " + list_of(classes));
        }
        if (classes.empty()) co_return detail::answer(written(service::DevicesEnded{}));
        command.device_class = *classes.begin();
    }
    auto ending = service::end_devices(context.world, std::move(command));
    const auto ended = co_await ending;
    if (!ended) co_return failure(ended.error(), uid);
    co_return detail::answer(written(*ended));
}

}  // namespace fenshen::api::v1
