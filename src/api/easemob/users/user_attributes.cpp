// SPDX-License-Identifier: Apache-2.0
#include "api/easemob/users/user_attributes.h"

#include <algorithm>

#include "api/easemob/answers.h"
#include "api/easemob/social.h"
#include "api/easemob/users/attribute_form.h"
#include "service/social/user_attributes.h"

namespace fenshen::api::easemob {

namespace {

constexpr std::size_t targets_max = 100;

void write_attributes(JsonWriter& json,
                      const service::UserAttributes& attributes,
                      const std::vector<std::string>& wanted = {}) {
    json.begin_object();
    for (const auto& [name, value] : attributes) {
        const bool is_wanted = wanted.empty() || std::ranges::find(wanted, name) != wanted.end();
        if (is_wanted) json.member(name, value);
    }
    json.end_object();
}

http::Response with_attributes(const Call& call, const service::UserAttributes& attributes) {
    Envelope envelope(call);
    envelope.json().key("data");
    write_attributes(envelope.json(), attributes);
    return envelope.done();
}

}  // namespace

Task<http::Response> set_user_attributes(Call& call) {
    auto form = read_attribute_form(call.request.body);
    if (form.empty()) co_return bad_body(call);
    auto looking = missing_user(call, call.user);
    auto missing = co_await looking;
    if (missing) co_return std::move(*missing);
    auto setting = service::set_user_attributes(call.world(), call.user, std::move(form));
    const auto set = co_await setting;
    if (set) co_return with_attributes(call, *set);
    if (set.error() != Errc::too_big) co_return failed(call, set.error());
    co_return failed(call,
                     {403,
                      "FORBIDDEN",
                      "ForbiddenException",
                      "user metadata exceeds the limit of " +
                          std::to_string(service::user_attributes_bytes_max) + " bytes"});
}

Task<http::Response> get_user_attributes(Call& call) {
    auto reading = service::user_attributes(call.world(), call.user);
    const auto attributes = co_await reading;
    if (!attributes) co_return failed(call, attributes.error());
    co_return with_attributes(call, *attributes);
}

Task<http::Response> delete_user_attributes(Call& call) {
    auto deleting = service::delete_user_attributes(call.world(), call.user);
    const auto deleted = co_await deleting;
    if (!deleted) co_return failed(call, deleted.error());
    Envelope envelope(call);
    envelope.json().member("data", true);
    co_return envelope.done();
}

Task<http::Response> attributes_of_users(Call& call) {
    std::vector<Uid> targets;
    std::vector<std::string> wanted;
    {
        auto body = http::JsonDocument::parse(call.request.body);
        if (!body) co_return bad_body(call);
        auto root = body->object();
        auto uids = uids_of(root.strings("targets"), targets_max);
        wanted = root.strings("properties");
        if (!body->ok() || !uids) co_return bad_body(call);
        targets = std::move(*uids);
    }
    Envelope envelope(call);
    auto& json = envelope.json();
    json.key("data").begin_object();
    for (const auto& uid : targets) {
        auto reading = service::user_attributes(call.world(), uid);
        const auto attributes = co_await reading;
        if (!attributes) co_return failed(call, attributes.error());
        write_attributes(json.key(uid.value()), *attributes, wanted);
    }
    json.end_object();
    co_return envelope.done();
}

Task<http::Response> attribute_bytes(Call& call) {
    auto adding = service::user_attribute_bytes(call.world());
    const auto bytes = co_await adding;
    if (!bytes) co_return failed(call, bytes.error());
    Envelope envelope(call);
    envelope.json().member("data", *bytes);
    co_return envelope.done();
}

}  // namespace fenshen::api::easemob
