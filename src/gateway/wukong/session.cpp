// SPDX-License-Identifier: Apache-2.0
// Bytes to frames, login and its refusals, and the end of a session. What happens to messages is
// messages.cpp.
#include "gateway/wukong/session.h"

#include <openssl/rand.h>

#include <cstdlib>

#include "base/base64.h"
#include "domain/class_names.h"
#include "domain/login.h"
#include "gateway/loop_gateway.h"
#include "gateway/wukong/session_parts.h"
#include "model/names.h"
#include "service/devices/device_sessions.h"

namespace fenshen::gateway {

namespace {

/// How long a client that was told to go may keep its socket.
constexpr Millis grace{700};

wukong::LoginDice throw_dice() {
    wukong::LoginDice dice;
    std::array<unsigned char, 16> noise{};
    const bool made = RAND_priv_bytes(reinterpret_cast<unsigned char*>(dice.private_key.data()),
                                      static_cast<int>(dice.private_key.size())) == 1 &&
                      RAND_bytes(noise.data(), static_cast<int>(noise.size())) == 1;
    if (!made) std::abort();  // without random numbers there are no keys
    constexpr std::string_view letters =
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for (std::size_t i = 0; i < noise.size(); ++i)
        dice.salt[i] = letters[noise[i] % letters.size()];
    return dice;
}

wukong::Reason reason_of(domain::LoginWhy why) {
    switch (why) {
        case domain::LoginWhy::ok:
            return wukong::Reason::success;
        case domain::LoginWhy::banned:
            return wukong::Reason::ban;
        case domain::LoginWhy::client_key_missing:
            return wukong::Reason::client_key_is_empty;
        case domain::LoginWhy::damped:
            return wukong::Reason::rate_limit;
        default:
            return wukong::Reason::auth_fail;
    }
}

bool is_public_key(std::string_view text) {
    Bytes key;
    return text.size() <= 64 && append_from_base64(key, text) && key.size() == 32;
}

}  // namespace

WukongSession::WukongSession(Connection& connection, WukongLoop& loop)
    : connection_(connection), loop_(loop) {}

WukongSession::~WukongSession() = default;

service::World& WukongSession::world() {
    return gateway().shard().world();
}

bool WukongSession::is_held() const {
    return state_ == State::deciding ||
           sends_under_way_ >= connection_.gateway().limits().sends_under_way_max;
}

std::size_t WukongSession::on_bytes(BytesView in, bool is_whole_text) {
    if (state_ == State::over || state_ == State::leaving) return in.size();
    if (format_ == Format::unknown) {
        switch (wukong::sniff_protocol(in)) {
            case wukong::Sniffed::need_more:
                return 0;
            case wukong::Sniffed::json:
                format_ = Format::json;
                json_ = std::make_unique<Json>();
                break;
            case wukong::Sniffed::binary:
                format_ = Format::binary;
                break;
        }
    }
    return is_json() ? take_json(in, is_whole_text) : take_binary(in);
}

std::size_t WukongSession::take_binary(BytesView in) {
    std::size_t taken = 0;
    while (taken < in.size() && !is_held() && may_go_on()) {
        const auto raw = wukong::take_frame(in.substr(taken), loop_.options.frame_bytes_max);
        if (!raw) {
            fail(CloseReason::protocol_error);
            return in.size();
        }
        if (!*raw) break;
        taken += (*raw)->size;
        handle(**raw);
    }
    return taken;
}

std::size_t WukongSession::take_json(BytesView in, bool is_whole_text) {
    std::size_t taken = 0;
    while (taken < in.size() && !is_held() && may_go_on()) {
        const auto text = json_->cutter.take(in.substr(taken), loop_.options.frame_bytes_max);
        if (!text || (!*text && is_whole_text)) {
            // On a WebSocket the next message begins anew; a stream cannot be read on.
            json_->cutter = {};
            if (state_ == State::fresh || !is_whole_text) {
                fail(CloseReason::protocol_error);
            } else {
                Bytes out;
                wukong::encode_json_error(out, {}, 0, "not a JSON text");
                connection_.send(out, true);
            }
            return in.size();
        }
        if (!*text) break;
        taken += (*text)->size;
        if ((*text)->text.empty()) continue;
        const auto request = wukong::decode_json((*text)->text, loop_.options.frame_bytes_max);
        if (request) {
            json_->dialect |= request->seen;
            handle(*request);
        } else if (state_ == State::fresh) {
            fail(CloseReason::protocol_error);
        } else {
            Bytes out;
            wukong::encode_json_error(out, request.error().id, 0, request.error().text);
            connection_.send(out, true);
        }
    }
    return taken;
}

void WukongSession::handle(const wukong::RawFrame& raw) {
    if (state_ == State::fresh) {
        if (raw.type != wukong::FrameType::connect) return fail(CloseReason::protocol_error);
        const auto frame = wukong::decode_connect(raw);
        if (!frame) return fail(CloseReason::protocol_error);
        return connect(*frame);
    }
    switch (raw.type) {
        case wukong::FrameType::send: {
            const auto frame = wukong::decode_send(raw, version_);
            if (!frame) return fail(CloseReason::protocol_error);
            return submit(*frame, frame->client_seq);
        }
        case wukong::FrameType::recvack: {
            const auto frame = wukong::decode_recvack(raw, version_);
            if (!frame) return fail(CloseReason::protocol_error);
            return acknowledge(*frame);
        }
        case wukong::FrameType::ping: {
            Bytes& out = gateway().scratch();
            out.clear();
            wukong::encode(out, wukong::Pong{}, version_);
            return connection_.send(out);
        }
        default:
            return;  // decodes, and means nothing here (wukong-wire 5.9)
    }
}

void WukongSession::handle(const wukong::JsonRequest& request) {
    if (state_ == State::fresh) {
        const auto* frame = std::get_if<wukong::Connect>(&request.call);
        if (frame == nullptr) return fail(CloseReason::protocol_error);
        json_->connect_id = request.id;
        return connect(*frame);
    }
    if (const auto* send = std::get_if<wukong::Send>(&request.call)) {
        const std::uint32_t number = ++json_->last_number;
        json_->under_way.emplace(number, request.id);
        return submit(*send, number);
    }
    if (const auto* ack = std::get_if<wukong::Recvack>(&request.call)) return acknowledge(*ack);
    if (std::holds_alternative<wukong::Ping>(request.call)) {
        Bytes out;
        wukong::encode_json(out, request.id, wukong::Pong{});
        connection_.send(out, true);
    }
}

// --- login
// -----------------------------------------------------------------------------------------------------------

void WukongSession::connect(const wukong::Connect& connect) {
    state_ = State::deciding;
    version_ = wukong::negotiate(is_json() && connect.version == 0 ? 5 : connect.version);
    uid_ = Uid(std::string(connect.uid));
    device_id_ = DeviceId(std::string(connect.device_id));
    device_class_ = DeviceClass(connect.device_flag);
    encrypted_ = loop_.options.encryption && !is_json();
    login_ = std::make_unique<Login>();
    login_->client_timestamp_ms = connect.client_timestamp_ms;
    login_->client_key = connect.client_key;
    if (auto refused = refuse_names(connect)) {
        log_refusal(*refused);
        return refuse_login(reason_of(refused->decision.why), refused->decision.sentence);
    }

    service::ConnectCommand command;
    command.session = connection_.ref();
    command.uid = uid_;
    command.device_id = device_id_;
    command.device_class = device_class_;
    command.token = connect.token;
    command.client = is_json() ? "wukong json" : "wkproto " + std::to_string(version_);
    command.address = connection_.address();
    command.key_missing = encrypted_ && connect.client_key.empty();
    command.key_broken = encrypted_ && !is_public_key(connect.client_key);
    service::connect_device(world(), std::move(command));
}

// Names that nobody can have are refused here: they would only take room where accounts are kept.
std::optional<service::ConnectOutcome> WukongSession::refuse_names(
    const wukong::Connect& connect) const {
    domain::LoginAttempt attempt;
    attempt.uid = uid_;
    attempt.device_class = device_class_;
    attempt.device_id = device_id_;
    attempt.is_manager_token = true;  // judged later
    service::ConnectOutcome outcome;
    outcome.decision = domain::decide_login(attempt, {}, {.token_checks = false});
    if (connect.device_id.size() > name_bytes_max) {
        outcome.decision.why = domain::LoginWhy::bad_name;
        outcome.decision.sentence =
            "A device id has at most " + std::to_string(name_bytes_max) + " bytes.";
    }
    if (outcome.decision.accepted()) return std::nullopt;
    return outcome;
}

void WukongSession::on_connect_decided(const service::ConnectOutcome& outcome) {
    if (state_ != State::deciding) return;
    if (outcome.error) {
        state_ = State::over;
        // The store's trouble, not the client's: it may come back.
        return connection_.close_after_flush(CloseReason::stopping, grace);
    }
    if (!outcome.decision.accepted()) {
        log_refusal(outcome);
        return refuse_login(reason_of(outcome.decision.why), outcome.decision.sentence);
    }
    accept_login(outcome);
}

void WukongSession::accept_login(const service::ConnectOutcome& outcome) {
    wukong::Connack answer;
    std::optional<wukong::Agreement> agreement;
    if (encrypted_) {
        const auto agreed = wukong::agree(login_->client_key, throw_dice());
        if (!agreed) {
            tell_closed("lost");
            return refuse_login(agreed.error(), "the client key cannot be used");
        }
        agreement = *agreed;
        keys_ = agreement->keys;
        answer.server_key = wukong::view_of(agreement->server_key);
        answer.salt = agreement->salt();
    }
    state_ = State::ready;
    level_ = outcome.decision.level;
    muted_ = outcome.muted;
    answer.time_diff_ms = world().clock.wall().ms - login_->client_timestamp_ms;
    answer.reason = wukong::Reason::success;
    answer.node_id = loop_.options.node_id;
    Bytes out;
    if (is_json()) {
        answer.server_version = version_;
        wukong::encode_json(out, json_->connect_id, answer, json_->dialect);
    } else {
        wukong::encode(out, answer, version_);
    }
    login_.reset();
    connection_.send(out, is_json());
    gateway().log().debug("login",
                          {{"uid", uid_},
                           {"class", device_class_},
                           {"device", device_id_},
                           {"level", level_ == DeviceLevel::main ? "main" : "secondary"},
                           {"session", connection_.serial()}});
}

void WukongSession::refuse_login(wukong::Reason reason, std::string_view text) {
    state_ = State::over;
    login_.reset();
    Bytes out;
    if (is_json()) {
        // Several clients take any result for success; an error is final for all (wukong-wire 7.7).
        wukong::encode_json_error(out, json_->connect_id, static_cast<int>(reason), text);
    } else {
        wukong::Connack answer;
        answer.reason = reason;
        wukong::encode(out, answer, version_);
    }
    connection_.send(out, is_json());
    connection_.close_after_flush(CloseReason::refused, grace);
}

void WukongSession::log_refusal(const service::ConnectOutcome& outcome) {
    const auto& decision = outcome.decision;
    std::string classes;
    for (const auto& token : decision.classes_with_token) {
        if (!classes.empty()) classes += ", ";
        classes += domain::number_and_name(token.device_class);
    }
    std::string mend;
    for (const auto& each : decision.mend) {
        if (!mend.empty()) mend += "; ";
        mend += "POST " + each.path + " " + each.body;
    }
    std::string hints;
    for (const auto& hint : decision.hints) hints += (hints.empty() ? "" : " ") + hint;
    const std::string address = connection_.address();
    gateway().log().warn("login_refused",
                         {{"uid", uid_},
                          {"why", domain::name_of(decision.why)},
                          {"asked_class", domain::number_and_name(decision.asked_class)},
                          {"classes_with_token", classes},
                          {"device", device_id_},
                          {"address", address},
                          {"sentence", decision.sentence},
                          {"mend", mend},
                          {"hint", hints}});
}

// --- the end
// ----------------------------------------------------------------------------------------------------------

void WukongSession::on_end(const service::SessionEnd& end) {
    if (state_ == State::over) return;
    const bool was_deciding = state_ == State::deciding;
    state_ = State::over;
    if (end.tell && !was_deciding) {
        wukong::Disconnect frame;
        frame.reason = wukong::Reason::connect_kick;
        frame.text = end.text;
        Bytes out;
        if (is_json()) {
            wukong::encode_json(out, frame, json_->dialect);
        } else {
            wukong::encode(out, frame, version_);
        }
        connection_.send(out, is_json());
    }
    gateway().log().info("session_ended",
                         {{"uid", uid_},
                          {"class", device_class_},
                          {"device", device_id_},
                          {"why", end.why},
                          {"rule", end.rule},
                          {"by", end.by},
                          {"session", connection_.serial()}});
    if (!end.mutual.empty()) {
        gateway().log().warn("devices_end_each_other", {{"uid", uid_}, {"devices", end.mutual}});
    }
    connection_.close_after_flush(CloseReason::ended, grace);
}

void WukongSession::on_closed(CloseReason reason) {
    // One that services ended themselves is known to them; asking again does no harm.
    if (state_ != State::fresh && state_ != State::over) {
        switch (reason) {
            case CloseReason::too_slow:
                tell_closed("too_slow");
                break;
            case CloseReason::stopping:
                tell_closed("stopped");
                break;
            default:
                tell_closed("lost");
                break;
        }
    }
    state_ = State::over;
}

void WukongSession::tell_closed(std::string_view why) {
    service::session_closed(world(), {connection_.ref(), uid_, std::string(why)});
}

void WukongSession::fail(CloseReason reason) {
    if (state_ == State::ready && sends_under_way_ > 0) {
        state_ = State::leaving;
        return;
    }
    connection_.close_after_flush(reason, Millis(0));
}

}  // namespace fenshen::gateway
