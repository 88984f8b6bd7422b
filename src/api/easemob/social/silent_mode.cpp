// SPDX-License-Identifier: Apache-2.0
#include "api/easemob/social/silent_mode.h"

#include <algorithm>

#include "api/easemob/answers.h"
#include "api/easemob/social.h"
#include "service/social/silent_mode.h"

namespace fenshen::api::easemob {

namespace {

using storage::SilentModeRow;

constexpr std::size_t asked_max = 20;

/// The channel that the path means; none of type `none` for the account itself.
std::optional<ChannelKey> target_of(const Call& call) {
    const auto kind = call.capture("kind");
    const auto key = call.capture("key");
    if (kind != "user" && kind != "chatgroup") return std::nullopt;
    auto channel = conversation_of(call.user, kind, key);
    const bool is_self = kind == "user" && key == call.user.value();
    return is_self ? ChannelKey{} : channel;
}

void write_mode(JsonWriter& json, const SilentModeRow& row) {
    json.begin_object();
    if (!row.type.empty()) json.member("type", row.type);
    if (row.ignore_until.ms != 0) json.member("ignoreDuration", row.ignore_until.ms);
    if (!row.interval.empty()) json.member("ignoreInterval", row.interval);
    json.end_object();
}

http::Response with_mode(const Call& call, const SilentModeRow& row) {
    Envelope envelope(call);
    envelope.json().key("data");
    write_mode(envelope.json(), row);
    return envelope.done();
}

}  // namespace

Task<http::Response> set_silent_mode(Call& call) {
    const auto target = target_of(call);
    if (!target) co_return illegal_argument(call, "key is illegal");
    service::SetSilentMode command;
    command.channel = *target;
    {
        auto body = http::JsonDocument::parse(call.request.body);
        if (!body) co_return bad_body(call);
        auto root = body->object();
        if (root.has("type")) command.type = root.string("type");
        if (root.has("ignoreDuration")) {
            command.duration = Millis{root.integer<std::int64_t>("ignoreDuration")};
        }
        if (root.has("ignoreInterval")) command.interval = root.string("ignoreInterval");
        if (!body->ok()) co_return bad_body(call);
    }
    if (!command.type && !command.duration && !command.interval) co_return bad_body(call);
    auto setting = service::set_silent_mode(call.world(), acting(call), std::move(command));
    const auto row = co_await setting;
    if (!row) co_return failed(call, row.error());
    co_return with_mode(call, *row);
}

Task<http::Response> get_silent_mode(Call& call) {
    const auto target = target_of(call);
    if (!target) co_return illegal_argument(call, "key is illegal");
    auto asking = service::silent_mode_of(call.world(), call.user, *target);
    const auto row = co_await asking;
    if (!row) co_return failed(call, row.error());
    co_return with_mode(call, *row);
}

Task<http::Response> get_silent_modes(Call& call) {
    const auto users = split(call.query("user").value_or(""));
    const auto groups = split(call.query("group").value_or(""));
    if (users.size() + groups.size() > asked_max) {
        co_return illegal_argument(call, "too many conversations");
    }
    auto asking = service::silent_modes(call.world(), call.user);
    const auto rows = co_await asking;
    if (!rows) co_return failed(call, rows.error());
    Envelope envelope(call);
    auto& json = envelope.json();
    const auto write = [&](std::string_view kind, const std::vector<std::string>& ids) {
        json.key(kind).begin_object();
        for (const auto& id : ids) {
            const auto channel = conversation_of(call.user, kind, id);
            const auto row =
                channel ? std::ranges::find(*rows, *channel, &SilentModeRow::channel) : rows->end();
            json.key(id);
            write_mode(json, row == rows->end() ? SilentModeRow{} : *row);
        }
        json.end_object();
    };
    json.key("data").begin_object();
    write("user", users);
    write("group", groups);
    json.end_object();
    co_return envelope.done();
}

Task<http::Response> list_silent_types(Call& call) {
    auto asking = service::silent_modes(call.world(), call.user);
    auto rows = co_await asking;
    if (!rows) co_return failed(call, rows.error());
    std::erase_if(*rows, [](const SilentModeRow& row) {
        return row.type.empty() || row.channel.type == ChannelType::none;
    });
    const auto slice = slice_of(call, rows->size(), 10, 50);
    Envelope envelope(call);
    auto& json = envelope.json();
    json.key("data").begin_array();
    for (std::size_t i = slice.first; i < slice.last; ++i) {
        const auto& row = (*rows)[i];
        const bool is_person = row.channel.type == ChannelType::person;
        json.begin_object()
            .member(is_person ? "user" : "group", other_side(row.channel, call.user))
            .member("value", row.type)
            .end_object();
    }
    json.end_array().member("cursor", slice.cursor);
    co_return envelope.done();
}

}  // namespace fenshen::api::easemob
