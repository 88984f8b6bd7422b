// SPDX-License-Identifier: Apache-2.0
#include "api/v1/policy.h"

#include <algorithm>

#include "api/v1/detail/answers.h"
#include "api/v1/policy_json.h"
#include "api/v1/problem.h"

namespace fenshen::api::v1 {

namespace {

/// Members of an object.
void write_version(JsonWriter& json, const Context& context, const service::PolicyVersion& of) {
    const bool is_built_in = of.changed_at == WallTime{};
    json.member("version", of.version);
    detail::write_time(json, "changed_at", is_built_in ? context.started_at : of.changed_at);
    json.key("policy");
    write_policy(json, of.policy);
}

}  // namespace

domain::Policy required_policy(http::JsonObject& body) {
    body.require({"policy"});
    if (!body.has("policy")) return {};
    http::JsonObject object = body.object("policy");
    return read_policy(object);
}

service::Apply read_apply(http::JsonObject& body) {
    const std::string apply = body.string("apply", "logins");
    if (apply != "logins" && apply != "now") body.refuse("apply", "must be logins or now");
    return apply == "now" ? service::Apply::now : service::Apply::logins;
}

Task<http::Response> GetPolicy::run(Context& context) {
    auto reading = service::current_policy(context.world);
    const auto current = co_await reading;
    Bytes body;
    JsonWriter json(body);
    json.begin_object();
    write_version(json, context, current);
    json.end_object();
    co_return detail::answer(std::move(body));
}

PutPolicy::Input PutPolicy::read(detail::Asked& asked) {
    auto& body = asked.body({"version", "policy", "apply"});
    body.require({"version"});
    service::SetPolicy command;
    command.version = body.integer<std::uint64_t>("version");
    command.policy = required_policy(body);
    command.apply = read_apply(body);
    command.by = asked.peer_address();
    return {.command = std::move(command)};
}

Task<http::Response> PutPolicy::run(Context& context, Input input) {
    const std::uint64_t given = input.command.version;
    auto setting = service::set_policy(context.world, std::move(input.command));
    const auto set = co_await setting;
    if (!set) co_return failure(set.error());
    if (set->is_stale) co_return stale_version(given, set->version);
    Bytes body;
    JsonWriter json(body);
    json.begin_object().member("version", set->version).key("ended");
    detail::write_endings(json, set->ended);
    json.end_object();
    co_return detail::answer(std::move(body));
}

DryRunPolicy::Input DryRunPolicy::read(detail::Asked& asked) {
    Input input;
    input.policy = required_policy(asked.body({"policy"}));
    const detail::Page page = asked.page();
    input.limit = page.limit;
    if (!page.after.empty()) {
        input.after = detail::ending_place_of(page.after);
        if (!input.after) asked.refuse("after", detail::bad_cursor);
    }
    return input;
}

Task<http::Response> DryRunPolicy::run(Context& context, Input input) {
    auto trying = service::dry_run(context.world, std::move(input.policy));
    const auto endings = co_await trying;  // in the order of their places
    auto next = endings.begin();
    if (input.after) {
        next = std::ranges::find_if(endings, [&](const service::PolicyEnding& ending) {
            return detail::place_of(ending) > *input.after;
        });
    }
    Bytes body;
    JsonWriter json(body);
    json.begin_object().key("would_end").begin_array();
    for (std::size_t i = 0; i < input.limit && next != endings.end(); ++i, ++next) {
        detail::write_ending(json, *next);
    }
    json.end_array().member("count", endings.size());
    const bool is_last = next == endings.end();
    detail::write_next(json, is_last ? "" : detail::cursor_of(detail::place_of(*std::prev(next))));
    json.end_object();
    co_return detail::answer(std::move(body));
}

Task<http::Response> ListPresets::run(Context&) {
    Bytes body;
    JsonWriter json(body);
    json.begin_object().key("presets").begin_array();
    for (const auto name : domain::preset_names) {
        json.begin_object().member("name", name).key("policy");
        write_policy(json, domain::preset_of(name).value_or(domain::Policy{}));
        json.end_object();
    }
    json.end_array().end_object();
    co_return detail::answer(std::move(body));
}

ListPolicyVersions::Input ListPolicyVersions::read(detail::Asked& asked) {
    return {.page = asked.numbered_page()};
}

Task<http::Response> ListPolicyVersions::run(Context& context, Input input) {
    auto looking = service::policy_history(context.world, input.page.before, input.page.limit + 1);
    const auto versions = co_await looking;
    if (!versions) co_return failure(versions.error());
    const std::size_t count = std::min(versions->size(), input.page.limit);
    Bytes body;
    JsonWriter json(body);
    json.begin_object().key("versions").begin_array();
    for (std::size_t i = 0; i < count; ++i) {
        const auto& version = (*versions)[i];
        json.begin_object();
        write_version(json, context, version);
        detail::write_text(json, "changed_by", version.changed_by);
        json.end_object();
    }
    json.end_array();
    const bool is_last = count == versions->size();
    detail::write_next(json, is_last ? "" : detail::cursor_of((*versions)[count - 1].version));
    json.end_object();
    co_return detail::answer(std::move(body));
}

}  // namespace fenshen::api::v1
