// SPDX-License-Identifier: Apache-2.0
#include "api/easemob/social/member_attributes.h"

#include <algorithm>
#include <map>

#include "api/easemob/answers.h"
#include "api/easemob/social.h"
#include "domain/easemob_id.h"

namespace fenshen::api::easemob {

namespace {

constexpr std::size_t targets_max = 60;
constexpr std::size_t name_bytes_max = 16;
constexpr std::size_t value_bytes_max = 512;

http::Response failed_here(const Call& call, Errc error, const Uid& uid) {
    return group_failed(call, error, call.capture("group"), uid);
}

/// The codes are those that the SDK shows as "over the limit".
http::Response refused(const Call& call, std::string text, int code) {
    return failed(call, {400, "metadata_error", "MetadataException", std::move(text), code});
}

}  // namespace

Task<http::Response> set_attributes(Call& call) {
    const auto uid = domain::easemob_uid(call.capture("member"));
    if (!uid) co_return user_not_found(call);
    std::map<std::string, std::string> attributes;
    {
        auto body = http::JsonDocument::parse(call.request.body);
        if (!body) co_return bad_body(call);
        auto given = body->object().object("metaData");
        for (const auto& name : given.names()) attributes[name] = given.string(name);
        if (!body->ok() || attributes.empty()) co_return bad_body(call);
    }
    for (const auto& [name, value] : attributes) {
        if (name.size() > name_bytes_max) {
            co_return refused(call, "exceeds chatgroup user metadata single key limit", 60'006);
        }
        if (value.size() > value_bytes_max) {
            co_return refused(call, "exceeds chatgroup user metadata single value limit", 60'010);
        }
    }
    auto setting = service::set_member_attributes(
        call.world(), acting(call), group_of_path(call), *uid, attributes);
    const auto set = co_await setting;
    if (!set && set.error() == Errc::too_big) {
        co_return refused(call, "exceeds chatgroup user metadata limit", 60'006);
    }
    if (!set) co_return failed_here(call, set.error(), *uid);
    Envelope envelope(call);
    auto& json = envelope.json();
    json.key("data").begin_object();
    for (const auto& [name, value] : attributes) json.member(name, value);
    json.end_object();
    co_return envelope.done();
}

Task<http::Response> get_attributes(Call& call) {
    std::vector<Uid> targets;
    std::vector<std::string> properties;
    {
        auto body = http::JsonDocument::parse(call.request.body);
        if (!body) co_return bad_body(call);
        auto root = body->object();
        auto uids = uids_of(root.strings("targets"), targets_max);
        properties = root.strings("properties");
        if (!body->ok() || !uids) co_return bad_body(call);
        targets = std::move(*uids);
    }
    auto viewing = group_seen(call);
    auto view = co_await viewing;
    if (!view) co_return std::move(view.error());
    Envelope envelope(call);
    auto& json = envelope.json();
    json.key("data").begin_object();
    for (const auto& uid : targets) {
        const auto* member = view->member(uid);
        if (member == nullptr) continue;
        json.key(uid.value()).begin_object();
        for (const auto& [name, value] : member->attributes) {
            const bool is_asked =
                properties.empty() || std::ranges::find(properties, name) != properties.end();
            if (is_asked) json.member(name, value);
        }
        json.end_object();
    }
    json.end_object();
    co_return envelope.done();
}

Task<http::Response> attributes_of(Call& call) {
    const auto uid = domain::easemob_uid(call.capture("member"));
    if (!uid) co_return user_not_found(call);
    auto viewing = group_seen(call);
    auto view = co_await viewing;
    if (!view) co_return std::move(view.error());
    const auto* member = view->member(*uid);
    if (member == nullptr) co_return failed_here(call, Errc::not_a_member, *uid);
    Envelope envelope(call);
    auto& json = envelope.json();
    json.key("data").begin_object();
    for (const auto& [name, value] : member->attributes) json.member(name, value);
    json.end_object();
    co_return envelope.done();
}

}  // namespace fenshen::api::easemob
