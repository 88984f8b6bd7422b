// SPDX-License-Identifier: Apache-2.0
#include "api/wukong/user_token.h"

#include "api/wukong/detail/fields.h"
#include "service/credentials/tokens.h"

namespace fenshen::api::wukong {

namespace {

constexpr int every_class = -1;

}  // namespace

SetUserToken::Input SetUserToken::read(http::JsonObject& body) {
    return {
        .uid = detail::uid_of(body),
        .token = body.string("token"),
        .device_class = DeviceClass(body.integer<std::uint8_t>("device_flag")),
        .device_level = body.integer<std::uint8_t>("device_level"),
    };
}

std::string_view SetUserToken::refusal(const Input& input) {
    if (is_blank(input.uid.value())) return "uid不能为空！";
    if (is_blank(input.token)) return "token不能为空！";
    if (has_reserved_character(input.uid.value())) return "uid不能包含特殊字符！";
    if (input.uid.value() == system_uid) return "系统账号不允许更新token！";
    if (input.device_level > 1) return "device_level只能为0或1！";
    return {};
}

Task<http::Response> SetUserToken::run(Context& context, Input input) {
    const bool is_main = input.device_level == context.world.rules.main_level;
    service::SetToken command;
    command.uid = std::move(input.uid);
    command.device_class = input.device_class;
    command.level = is_main ? DeviceLevel::main : DeviceLevel::secondary;
    command.token = std::move(input.token);
    auto setting = service::set_token(context.world, std::move(command));
    const auto set = co_await setting;
    if (!set && (set.error() == Errc::account_banned || set.error() == Errc::channel_disbanded)) {
        co_return status_only(row_of(set.error()).wukong);
    }
    co_return outcome(set);
}

QuitDevice::Input QuitDevice::read(http::JsonObject& body) {
    return {.uid = detail::uid_of(body), .device_flag = body.integer<int>("device_flag")};
}

std::string_view QuitDevice::refusal(const Input& input) {
    if (input.device_flag < every_class || input.device_flag > 255) return "device_flag有误！";
    return {};
}

Task<http::Response> QuitDevice::run(Context& context, Input input) {
    if (is_blank(input.uid.value())) co_return ok();
    service::QuitDevices command;
    command.uid = std::move(input.uid);
    if (input.device_flag != every_class) {
        command.device_class = DeviceClass(static_cast<std::uint8_t>(input.device_flag));
    }
    auto quitting = service::quit_devices(context.world, std::move(command));
    const auto quit = co_await quitting;
    co_return outcome(quit);
}

}  // namespace fenshen::api::wukong
