// SPDX-License-Identifier: Apache-2.0
#include "api/wukong/sending.h"

#include <algorithm>
#include <memory>

#include "api/wukong/channel_names.h"
#include "api/wukong/detail/fields.h"
#include "api/wukong/detail/fnv.h"
#include "api/wukong/detail/send_all.h"
#include "base/hex.h"
#include "base/json_writer.h"
#include "service/channels/temporary_channels.h"
#include "service/messages/messages.h"

namespace fenshen::api::wukong {

namespace {

constexpr std::uint8_t stream_setting = 0x02;  // wukong-semantics 4.2
constexpr std::string_view bad_id = "频道ID不合法！";
constexpr std::string_view no_payload = "payload不能为空！";
constexpr std::string_view payload_too_big = "payload不能超过716800字节！";
static_assert(payload_bytes_max == 716'800);
/// Messages of a batch under way at a time: enough to share commits, few enough for the memory.
constexpr std::size_t batch_under_way_max = 256;

MessageFlags read_flags(http::JsonObject& body) {
    http::JsonObject header = body.object("header");
    return {
        .no_persist = detail::flag_of(header, "no_persist"),
        .red_dot = detail::flag_of(header, "red_dot"),
        .sync_once = detail::flag_of(header, "sync_once"),
    };
}

std::string_view fault_of_payload(BytesView payload) {
    if (payload.empty()) return no_payload;
    return payload.size() > payload_bytes_max ? payload_too_big : std::string_view();
}

/// 32 random hexadecimal digits, and what tells its kind.
std::string new_client_msg_no(const Context& context) {
    Bytes random;
    append_be<std::uint64_t>(random, context.random());
    append_be<std::uint64_t>(random, context.random());
    return to_hex(random) + '0';
}

std::shared_ptr<Message> message_to(std::string addressed_to,
                                    ChannelType type,
                                    const Uid& from,
                                    MessageFlags flags) {
    auto message = std::make_shared<Message>();
    message->channel = channel_as_written(from.value(), addressed_to, type);
    // Commands have a log beside the channel's; a temporary channel is all commands already.
    if (flags.sync_once && type != ChannelType::temp) {
        message->channel = command_channel_of(message->channel);
    }
    message->addressed_to = std::move(addressed_to);
    message->from = from;
    message->flags = flags;
    return message;
}

/// A command to accounts, not to a channel: one that is not kept goes to who is online, one that is
/// kept has a channel named after its recipients.
std::shared_ptr<Message> command_to(const std::vector<Uid>& recipients,
                                    const Uid& from,
                                    MessageFlags flags) {
    std::string channel_id(online_command_channel);
    if (!flags.no_persist) {
        std::string joined;
        for (const Uid& uid : recipients) {
            if (!joined.empty()) joined += ',';
            joined += uid.value();
        }
        channel_id = std::to_string(detail::fnv1a_64(joined));
        channel_id += command_suffix;
    }
    return message_to(std::move(channel_id), ChannelType::temp, from, flags);
}

/// What the caller is not told of: whoever asks finds the message missing.
bool is_kept_quiet(Errc code) {
    switch (code) {
        case Errc::not_a_member:
        case Errc::denied:
        case Errc::not_allowed:
        case Errc::channel_banned:
        case Errc::channel_disbanded:
        case Errc::sender_muted:
            return true;
        default:
            return false;
    }
}

http::Response sent(const service::SendOutcome& sending, std::string_view client_msg_no) {
    if (sending.error == Errc::conflict) return err("client_msg_no已用于另一条消息！");
    if (sending.error && !is_kept_quiet(*sending.error)) return failure(*sending.error);
    Bytes data;
    JsonWriter json(data);
    json.begin_object()
        .member("message_id", sending.id.value())
        .member("client_msg_no", client_msg_no)
        .member("message_seq", sending.seq.value())
        .end_object();
    return ok_with(data);
}

Task<http::Response> send_to_accounts(Context& context, SendMessage::Input input) {
    auto message = command_to(input.subscribers, input.from, input.flags);
    message->client_msg_no = new_client_msg_no(context);
    message->expire_s = input.expire_s;
    message->payload = std::move(input.payload);
    std::shared_ptr<const std::vector<Uid>> audience;
    if (input.flags.no_persist) {
        audience = std::make_shared<const std::vector<Uid>>(std::move(input.subscribers));
    } else {
        // As members, so that it waits for those who are away, too.
        auto setting = service::set_temporary_subscribers(
            context.world, plain_channel_of(message->channel), std::move(input.subscribers));
        const auto set = co_await setting;
        if (!set) co_return failure(set.error());
    }
    auto sending = service::send_from_api(context.world, std::move(message), std::move(audience));
    const auto outcome = co_await sending;
    if (outcome.error && !is_kept_quiet(*outcome.error)) co_return failure(*outcome.error);
    co_return ok();
}

}  // namespace

SendMessage::Input SendMessage::read(http::JsonObject& body) {
    Input input{
        .flags = read_flags(body),
        .client_msg_no = detail::name_of(body, "client_msg_no"),
        .is_stream = detail::flag_of(body, "is_stream"),
        .from = detail::uid_of(body, "from_uid"),
        .channel_id = detail::name_of(body, "channel_id"),
        .channel_type = detail::channel_type_of(body),
        .expire_s = body.integer<std::uint32_t>("expire"),
        .subscribers = detail::uids_of(body, "subscribers"),
        .payload = body.base64("payload"),
    };
    if (is_blank(input.from.value())) input.from = Uid(std::string(system_uid));
    return input;
}

std::string_view SendMessage::refusal(const Input& input) {
    const std::string_view fault = fault_of_payload(input.payload);
    if (!fault.empty()) return fault;
    const bool has_channel = !is_blank(input.channel_id);
    const bool has_subscribers = !input.subscribers.empty();
    if (has_channel == has_subscribers || (has_subscribers && !input.flags.sync_once)) {
        return "无法处理发送消息请求！";
    }
    if (has_reserved_character(input.from.value())) return "from_uid不合法！";
    if (has_subscribers) return {};
    const bool is_command_id = input.channel_id.ends_with(command_suffix);
    if (has_reserved_character(input.channel_id) || is_command_id) return bad_id;
    if (input.channel_type == ChannelType::none) return "频道类型不能为0！";
    return {};
}

Task<http::Response> SendMessage::run(Context& context, Input input) {
    if (!input.subscribers.empty()) {
        auto sending = send_to_accounts(context, std::move(input));
        co_return co_await sending;
    }
    auto message =
        message_to(std::move(input.channel_id), input.channel_type, input.from, input.flags);
    message->client_msg_no =
        input.client_msg_no.empty() ? new_client_msg_no(context) : std::move(input.client_msg_no);
    message->setting = input.is_stream ? stream_setting : std::uint8_t{0};
    message->expire_s = input.expire_s;
    message->payload = std::move(input.payload);
    const std::string client_msg_no = message->client_msg_no;
    auto sending = service::send_from_api(context.world, std::move(message), nullptr);
    const auto outcome = co_await sending;
    co_return sent(outcome, client_msg_no);
}

SendBatch::Input SendBatch::read(http::JsonObject& body) {
    return {
        .flags = read_flags(body),
        .from = detail::uid_of(body, "from_uid"),
        .subscribers = detail::uids_of(body, "subscribers"),
        .payload = body.base64("payload"),
    };
}

std::string_view SendBatch::refusal(const Input& input) {
    if (is_blank(input.from.value())) return "from_uid不能为空！";
    if (input.subscribers.empty()) return "subscribers不能为空！";
    const std::string_view fault = fault_of_payload(input.payload);
    if (!fault.empty()) return fault;
    if (has_reserved_character(input.from.value())) return "from_uid不合法！";
    return {};
}

Task<http::Response> SendBatch::run(Context& context, Input input) {
    struct Failed {
        const Uid* uid;
        std::string_view reason;
    };
    std::vector<Failed> failed;
    std::vector<const Uid*> recipients;
    for (const Uid& uid : input.subscribers) {
        const bool usable = !has_reserved_character(uid.value());
        if (usable) recipients.push_back(&uid);
        if (!usable) failed.push_back({&uid, bad_id});
    }
    for (std::size_t first = 0; first < recipients.size(); first += batch_under_way_max) {
        const std::size_t last = std::min(first + batch_under_way_max, recipients.size());
        std::vector<std::shared_ptr<Message>> messages;
        for (std::size_t i = first; i < last; ++i) {
            auto message =
                message_to(recipients[i]->value(), ChannelType::person, input.from, input.flags);
            message->client_msg_no = new_client_msg_no(context);
            message->payload = input.payload;
            messages.push_back(std::move(message));
        }
        detail::SendAll sending(context.world, std::move(messages));
        const auto outcomes = co_await sending;
        for (std::size_t i = 0; i < outcomes.size(); ++i) {
            const auto& error = outcomes[i].error;
            if (!error || is_kept_quiet(*error)) continue;
            failed.push_back({recipients[first + i], row_of(*error).meaning});
        }
    }
    Bytes body;
    JsonWriter json(body);
    json.begin_object().key("fail_uids").begin_array();
    for (const Failed& each : failed) json.string(each.uid->value());
    json.end_array().key("reason").begin_array();
    for (const Failed& each : failed) json.string(each.reason);
    json.end_array().end_object();
    co_return raw(std::move(body));
}

}  // namespace fenshen::api::wukong
