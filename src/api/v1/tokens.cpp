// SPDX-License-Identifier: Apache-2.0
#include "api/v1/tokens.h"

#include "api/v1/detail/answers.h"
#include "api/v1/problem.h"
#include "model/names.h"
#include "service/devices/devices.h"

namespace fenshen::api::v1 {

namespace {

/// The longest that a CONNECT can carry (wukong-wire 2.2).
constexpr std::size_t token_bytes_max = 65'535;

}  // namespace

PutToken::Input PutToken::read(detail::Asked& asked) {
    auto& body = asked.body({"token", "level"});
    service::SetToken command;
    command.uid = asked.uid();
    if (!is_usable_uid(command.uid.value())) {
        asked.refuse("uid", "is reserved, or has one of the characters @ # &");
    }
    command.device_class = asked.class_in_path();
    body.require({"token"});
    command.token = body.string("token");
    if (command.token.size() > token_bytes_max) {
        asked.refuse("token", "must be at most " + std::to_string(token_bytes_max) + " bytes");
    }
    const std::string level = body.string("level", "main");
    if (level != "main" && level != "secondary") body.refuse("level", "must be main or secondary");
    command.level = level == "main" ? DeviceLevel::main : DeviceLevel::secondary;
    return {.command = std::move(command)};
}

Task<http::Response> PutToken::run(Context& context, Input input) {
    const Uid uid = input.command.uid;
    const DeviceClass device_class = input.command.device_class;
    const DeviceLevel level = input.command.level;
    auto setting = service::set_token(context.world, std::move(input.command));
    const auto set = co_await setting;
    if (!set) co_return failure(set.error(), uid);
    Bytes body;
    JsonWriter json(body);
    json.begin_object().member("uid", uid.value());
    detail::write_class(json, device_class);
    json.member("level", detail::name_of(level)).end_object();
    co_return detail::answer(std::move(body));
}

DeleteToken::Input DeleteToken::read(detail::Asked& asked) {
    Input input;
    input.uid = asked.uid();
    input.device_class = asked.class_in_path();
    return input;
}

Task<http::Response> DeleteToken::run(Context& context, Input input) {
    service::EndDevices command;
    command.uid = input.uid;
    command.device_class = input.device_class;
    command.revoke = true;
    auto ending = service::end_devices(context.world, std::move(command));
    const auto ended = co_await ending;
    if (!ended) co_return failure(ended.error(), input.uid);
    Bytes body;
    JsonWriter json(body);
    json.begin_object().member("revoked", !ended->revoked.empty()).key("ended");
    detail::write_ended(json, ended->ended);
    json.end_object();
    co_return detail::answer(std::move(body));
}

}  // namespace fenshen::api::v1
