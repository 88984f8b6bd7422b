// SPDX-License-Identifier: Apache-2.0
#include "api/v1/account_policy.h"

#include "api/v1/detail/answers.h"
#include "api/v1/policy.h"
#include "api/v1/policy_json.h"
#include "api/v1/problem.h"
#include "base/rfc3339.h"

namespace fenshen::api::v1 {

namespace {

std::optional<WallTime> read_expires_at(http::JsonObject& body) {
    if (!body.has("expires_at")) return std::nullopt;
    const auto time = from_rfc3339(body.string("expires_at"));
    if (!time) body.refuse("expires_at", "must be a time of RFC 3339: 2026-11-24T10:00:00.000Z");
    return time;
}

void write_members(JsonWriter& json, const service::AccountPolicy& own) {
    json.key("policy");
    write_policy(json, own.policy);
    detail::write_time(json, "changed_at", own.changed_at);
    json.key("expires_at");
    own.expires_at ? json.string(rfc3339(*own.expires_at)) : json.null();
}

Task<http::Response> set(Context& context, service::SetAccountPolicy command) {
    const Uid uid = command.uid;
    auto setting = service::set_account_policy(context.world, std::move(command));
    const auto ended = co_await setting;
    if (!ended) co_return failure(ended.error(), uid);
    Bytes body;
    JsonWriter json(body);
    json.begin_object().member("uid", uid.value()).key("ended");
    detail::write_endings(json, *ended);
    json.end_object();
    co_return detail::answer(std::move(body));
}

}  // namespace

void write_account_policy(JsonWriter& json, const service::AccountPolicy& own) {
    json.begin_object();
    write_members(json, own);
    json.end_object();
}

GetAccountPolicy::Input GetAccountPolicy::read(detail::Asked& asked) {
    return {.uid = asked.uid()};
}

Task<http::Response> GetAccountPolicy::run(Context& context, Input input) {
    auto asking = service::account_policy(context.world, input.uid);
    const auto own = co_await asking;
    if (!own) co_return failure(own.error(), input.uid);
    Bytes body;
    JsonWriter json(body);
    json.begin_object().member("uid", input.uid.value());
    if (*own) {
        write_members(json, **own);
    } else {
        json.key("policy").null().key("changed_at").null().key("expires_at").null();
    }
    json.end_object();
    co_return detail::answer(std::move(body));
}

PutAccountPolicy::Input PutAccountPolicy::read(detail::Asked& asked) {
    auto& body = asked.body({"policy", "expires_at", "apply"});
    service::SetAccountPolicy command;
    command.uid = asked.uid();
    command.policy = required_policy(body);
    command.expires_at = read_expires_at(body);
    command.apply = read_apply(body);
    return {.command = std::move(command)};
}

Task<http::Response> PutAccountPolicy::run(Context& context, Input input) {
    const auto expires_at = input.command.expires_at;
    if (expires_at && *expires_at <= context.world.clock.wall()) {
        co_return bad_request("expires_at: has passed already; leave it out for no end");
    }
    auto setting = set(context, std::move(input.command));
    co_return co_await setting;
}

DeleteAccountPolicy::Input DeleteAccountPolicy::read(detail::Asked& asked) {
    return {.uid = asked.uid()};
}

Task<http::Response> DeleteAccountPolicy::run(Context& context, Input input) {
    service::SetAccountPolicy command;
    command.uid = std::move(input.uid);
    auto setting = set(context, std::move(command));
    co_return co_await setting;
}

}  // namespace fenshen::api::v1
