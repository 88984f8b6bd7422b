// SPDX-License-Identifier: Apache-2.0
#include "api/easemob/messages/pinned_messages.h"

#include <algorithm>

#include "api/easemob/answers.h"
#include "api/easemob/messages/history_page.h"
#include "api/easemob/messages/message_json.h"
#include "api/easemob/social.h"
#include "service/messages/conversation_marks.h"
#include "service/messages/messages.h"

namespace fenshen::api::easemob {

namespace {

constexpr std::size_t page_default = 10;
constexpr std::size_t page_max = 50;

http::Response illegal_message(const Call& call) {
    return illegal_argument(call, "param pin_msg_id illegal, please check it!");
}

struct Target {
    std::optional<ChannelKey> channel;
    std::optional<std::int64_t> message;
};
std::optional<Target> read_target(const Call& call) {
    auto body = http::JsonDocument::parse(call.request.body);
    if (!body) return std::nullopt;
    auto root = body->object();
    const auto type = root.string("type");
    const auto to = root.string("to");
    Target target;
    target.message = http::to_integer<std::int64_t>(root.string("pin_msg_id"));
    if (!body->ok()) return std::nullopt;
    target.channel = conversation_of(call.user, type, to);
    return target;
}

Task<http::Response> set_pin(Call& call, bool pinned) {
    const auto target = read_target(call);
    if (!target || !target->channel) co_return bad_body(call);
    if (!target->message) co_return illegal_message(call);
    auto asking = others_in(call, *target->channel);
    auto others = co_await asking;
    if (!others) co_return group_failed(call, others.error(), target->channel->id);
    service::PinMessage command{
        *target->channel, MessageId(*target->message), pinned, std::move(*others)};
    auto pinning = service::pin_message(call.world(), acting(call), std::move(command));
    const auto set = co_await pinning;
    if (set) co_return done(call);
    if (set.error() == Errc::not_found) co_return illegal_message(call);
    if (set.error() == Errc::too_big) {
        co_return illegal_argument(call, "The quantity has exceeded the limit!");
    }
    co_return failed(call, set.error());
}

struct Pinned {
    storage::PinnedMessageRow pin;
    Message message;
};

/// Those that can still be shown.
Task<Result<std::vector<Pinned>>> shown_pins(Call& call, ChannelKey channel) {
    auto listing = service::pinned_messages(call.world(), channel);
    const auto pins = co_await listing;
    if (!pins) co_return std::unexpected(pins.error());
    service::MessageLookups lookups;
    for (const auto& pin : *pins) lookups.ids.push_back(pin.id);
    auto finding = service::find_messages(call.world(), channel, std::move(lookups));
    auto found = co_await finding;
    if (!found) co_return std::unexpected(found.error());
    std::vector<Pinned> shown;
    for (auto& message : std::move(*found).take()) {
        const auto pin = std::ranges::find(*pins, message.id, &storage::PinnedMessageRow::id);
        if (pin == pins->end() || !shown_kind_of(message)) continue;
        shown.push_back({*pin, std::move(message)});
    }
    co_return shown;
}

}  // namespace

Task<http::Response> pin_message(Call& call) {
    auto pinning = set_pin(call, true);
    co_return co_await pinning;
}

Task<http::Response> unpin_message(Call& call) {
    auto pinning = set_pin(call, false);
    co_return co_await pinning;
}

Task<http::Response> list_pinned_messages(Call& call) {
    const auto channel =
        conversation_of(call.user, call.query("type").value_or(""), call.query("to").value_or(""));
    if (!channel) co_return illegal_argument(call, "param to is not legal");
    auto asking = others_in(call, *channel);
    const auto others = co_await asking;
    if (!others) co_return group_failed(call, others.error(), channel->id);
    auto finding = shown_pins(call, *channel);
    const auto pins = co_await finding;
    if (!pins) co_return failed(call, pins.error());
    const auto slice = slice_of(call, pins->size(), page_default, page_max);
    Envelope envelope(call);
    auto& json = envelope.json();
    json.key("data").begin_object().key("msg_infos").begin_array();
    for (std::size_t i = slice.first; i < slice.last; ++i) {
        const auto& [pin, message] = (*pins)[i];
        json.begin_object().key("message");
        write_message(json, message, call.context.rules().app_key());
        json.member("pin_opt_at", pin.at.ms).member("pin_operator", pin.by.value()).end_object();
    }
    json.end_array().member("cursor", slice.cursor).end_object();
    co_return envelope.done();
}

}  // namespace fenshen::api::easemob
