// SPDX-License-Identifier: Apache-2.0
#include "api/v1/account.h"

#include "api/v1/account_policy.h"
#include "api/v1/detail/answers.h"
#include "api/v1/problem.h"
#include "service/devices/devices.h"

namespace fenshen::api::v1 {

namespace {

void write_device(JsonWriter& json, DeviceClass device_class, const DeviceId& device_id) {
    json.begin_object().member("device_id", device_id.value());
    detail::write_class(json, device_class);
    json.end_object();
}

void write_mutual_ending(JsonWriter& json, const service::MutualEnding& ending) {
    json.begin_object().key("devices").begin_array();
    write_device(json, ending.first_class, ending.first_id);
    write_device(json, ending.second_class, ending.second_id);
    json.end_array().member("times", ending.times);
    detail::write_time(json, "last_at", ending.last_at);
    json.end_object();
}

void write_created_at(JsonWriter& json, WallTime created_at) {
    if (created_at == WallTime{}) {
        json.key("created_at").null();
    } else {
        detail::write_time(json, "created_at", created_at);
    }
}

}  // namespace

GetAccount::Input GetAccount::read(detail::Asked& asked) {
    return {.uid = asked.uid()};
}

Task<http::Response> GetAccount::run(Context& context, Input input) {
    auto looking = service::account_of(context.world, input.uid);
    const auto account = co_await looking;
    if (!account) co_return failure(account.error(), input.uid);
    Bytes body;
    JsonWriter json(body);
    json.begin_object()
        .member("uid", input.uid.value())
        .member("banned", account->banned)
        .member("muted", account->muted);
    write_created_at(json, account->created_at);
    json.key("classes_with_token");
    detail::write_tokens(json, account->tokens);
    json.member("devices", account->devices)
        .member("online", account->devices_online)
        .member("sessions", account->sessions)
        .key("ending_each_other");
    account->mutual_ending ? write_mutual_ending(json, *account->mutual_ending) : void(json.null());
    json.key("policy");
    account->own_policy ? write_account_policy(json, *account->own_policy) : void(json.null());
    json.end_object();
    co_return detail::answer(std::move(body));
}

template <bool banned>
typename SetsBan<banned>::Input SetsBan<banned>::read(detail::Asked& asked) {
    asked.no_body();
    return {.uid = asked.uid()};
}

template <bool banned>
Task<http::Response> SetsBan<banned>::run(Context& context, Input input) {
    // The service would create the account; a mistyped uid should not.
    auto looking = service::account_of(context.world, input.uid);
    const auto account = co_await looking;
    if (!account) co_return failure(account.error(), input.uid);
    auto setting = service::set_banned(context.world, input.uid, banned);
    const auto ended = co_await setting;
    if (!ended) co_return failure(ended.error(), input.uid);
    Bytes body;
    JsonWriter json(body);
    json.begin_object().member("uid", input.uid.value()).member("banned", banned).key("ended");
    detail::write_ended(json, *ended);
    json.end_object();
    co_return detail::answer(std::move(body));
}

template struct SetsBan<true>;
template struct SetsBan<false>;

}  // namespace fenshen::api::v1
