// SPDX-License-Identifier: Apache-2.0
// Frames, login and its refusals, and the end of a session (msync-wire 3, 4, 6, 7).
#include "gateway/msync/session.h"

#include "base/json_writer.h"
#include "domain/class_names.h"
#include "gateway/msync/platform.h"
#include "model/names.h"
#include "protocol/msync/forms.h"
#include "protocol/msync/jid.h"

namespace fenshen::gateway {

namespace {

/// How long a client that was told to go may keep its socket.
constexpr Millis grace{700};

/// "$t$" and the token in the envelope; or {"token":"$t$..."} beside it.
std::string_view token_of(const msync::Envelope& envelope, const msync::Provision& provision) {
    constexpr std::string_view mark = "$t$";
    std::string_view text = envelope.auth.value_or("");
    if (text.starts_with(mark)) return text.substr(mark.size());
    text = provision.auth_token.value_or("");
    const auto begin = text.find(mark);
    if (begin == std::string_view::npos) return {};
    text = text.substr(begin + mark.size());
    return text.substr(0, text.find('"'));
}

domain::LoginDecision decide_names(const Uid& uid, const DeviceId& device, DeviceClass klass) {
    domain::LoginAttempt attempt;
    attempt.uid = uid;
    attempt.device_class = klass;
    attempt.device_id = device;
    attempt.token_verdict = domain::LoginWhy::ok;  // judged later
    return domain::decide_login(attempt, {}, {});
}

}  // namespace

MsyncSession::MsyncSession(std::unique_ptr<MsyncLink> link, const MsyncOptions& options)
    : link_(std::move(link)), options_(options), self_(std::make_shared<MsyncSession*>(this)) {}

MsyncSession::~MsyncSession() = default;

bool MsyncSession::is_held() const {
    return state_ == State::deciding || pending_.size() >= options_.sends_under_way_max;
}

// One WebSocket message is one frame, and is taken whole: a session that is held is handed none.
std::size_t MsyncSession::on_bytes(BytesView in, bool is_whole_text) {
    if (state_ == State::over) return in.size();
    const auto envelope = msync::decode<msync::Envelope>(in, options_.wire);
    if (is_whole_text || !envelope) {
        fail(CloseReason::protocol_error);
    } else {
        take(*envelope);
    }
    return in.size();
}

void MsyncSession::take(const msync::Envelope& envelope) {
    const auto command = envelope.command.value_or(msync::Command::sync);
    if (state_ == State::fresh) {
        if (command != msync::Command::provision) return fail(CloseReason::protocol_error);
        return provision(envelope);
    }
    switch (command) {
        case msync::Command::sync: {
            const auto request =
                msync::decode<msync::SyncUl>(envelope.payload.value_or(""), options_.wire);
            if (!request) return fail(CloseReason::protocol_error);
            if (request->meta) return submit(*request->meta);
            return take_queue_request(*request);
        }
        case msync::Command::unread:
            return take_unread();
        case msync::Command::logout:
            return logout();
        default:
            return;  // decodes, and means nothing here
    }
}

// --- login
// -----------------------------------------------------------------------------------------------

void MsyncSession::provision(const msync::Envelope& envelope) {
    const auto provision =
        msync::decode<msync::Provision>(envelope.payload.value_or(""), options_.wire);
    if (!provision) return fail(CloseReason::protocol_error);
    state_ = State::deciding;
    session_id_ = std::string(provision->session_id.value_or(""));
    auto command = command_of(envelope, *provision);
    if (command) service::connect_device(world(), std::move(*command));
}

/// None: it was refused already. Names that nobody can have would only take room where accounts are
/// kept.
std::optional<service::ConnectCommand> MsyncSession::command_of(const msync::Envelope& envelope,
                                                                const msync::Provision& provision) {
    const msync::Jid guid = envelope.guid.value_or(msync::Jid{});
    resource_ = DeviceId(std::string(provision.resource.value_or("")));
    if (resource_.value().empty()) {
        resource_ = DeviceId(std::string(guid.client_resource.value_or("")));
    }
    const auto platform = device_class_of(provision);
    device_class_ = platform.value_or(DeviceClass(1));
    const auto uid = msync::to_user_id(guid.name.value_or(""));
    uid_ = Uid(uid.value_or(""));
    if (guid.app_key && *guid.app_key != app_key()) {
        refuse_login(msync::StatusCode::wrong_parameter, "there is no such app");
        return std::nullopt;
    }
    if (!uid || !platform || !msync::is_resource(resource_.value()) ||
        resource_.value().size() > msync::resource_bytes_max ||
        provision.reason.value_or("").size() > options_.info_bytes_max) {
        refuse_login(msync::StatusCode::wrong_parameter, "not a user id, resource or platform");
        return std::nullopt;
    }
    const auto decision = decide_names(uid_, resource_, device_class_);
    if (!decision.accepted()) {
        log_refusal(decision);
        refuse_login(msync::StatusCode::wrong_parameter, decision.sentence);
        return std::nullopt;
    }
    service::ConnectCommand command;
    command.session = link_->ref();
    command.uid = uid_;
    command.device_id = resource_;
    command.device_class = device_class_;
    command.token = token_of(envelope, provision);
    command.family = domain::Family::msync;
    command.client =
        "msync " + std::string(provision.version.value_or("").substr(0, name_bytes_max));
    command.device_name = provision.device_name.value_or("").substr(0, name_bytes_max);
    if (!is_valid_utf8(command.device_name)) command.device_name.clear();
    if (!is_valid_utf8(command.client)) command.client = "msync";
    command.address = link_->address();
    command.is_automatic = provision.is_manual_login == false;
    command.info = provision.reason.value_or("");
    return command;
}

void MsyncSession::on_connect_decided(const service::ConnectOutcome& outcome) {
    if (state_ != State::deciding) return;
    if (outcome.error) {
        state_ = State::over;
        // The store's trouble, not the client's: it may come back.
        return link_->close(CloseReason::stopping, grace);
    }
    if (!outcome.decision.accepted()) {
        log_refusal(outcome.decision);
        const auto refusal = refusal_of(outcome.decision.why);
        return refuse_login(
            refusal.code,
            refusal.reason.empty() ? std::string_view(outcome.decision.sentence) : refusal.reason);
    }
    accept_login(outcome);
}

void MsyncSession::accept_login(const service::ConnectOutcome& outcome) {
    state_ = State::ready;
    muted_ = outcome.muted;
    token_expires_at_ = outcome.token_expires_at;
    told_at_ = saved_at_ = link_->now();
    queue_.begin_after(static_cast<std::uint64_t>(world().ids.next(world().clock.wall()).value()));
    msync::Provision answer;
    answer.status = msync::Status{.error_code = msync::StatusCode::ok};
    answer.resource = resource_.value();
    answer.session_id = session_id_;
    Bytes token_life;
    if (token_expires_at_) {
        JsonWriter(token_life)
            .begin_object()
            .member("expires_in", token_expires_at_->ms)
            .end_object();
        answer.auth_token = token_life;
    }
    send(answer);
    link_->log().debug("login",
                       {{"uid", uid_},
                        {"class", device_class_},
                        {"device", resource_},
                        {"protocol", "msync"},
                        {"session", link_->ref().serial}});
}

void MsyncSession::refuse_login(msync::StatusCode code, std::string_view reason) {
    state_ = State::over;
    msync::Provision answer;
    answer.status = msync::Status{.error_code = code, .reason = reason};
    answer.resource = resource_.value();
    answer.session_id = session_id_;
    send(answer);
    link_->close(CloseReason::refused, grace);
}

void MsyncSession::log_refusal(const domain::LoginDecision& decision) {
    const std::string address = link_->address();
    link_->log().warn("login_refused",
                      {{"uid", uid_},
                       {"why", domain::name_of(decision.why)},
                       {"asked_class", domain::number_and_name(decision.asked_class)},
                       {"device", resource_},
                       {"protocol", "msync"},
                       {"address", address},
                       {"sentence", decision.sentence}});
}

// --- the end
// -----------------------------------------------------------------------------------------------

void MsyncSession::logout() {
    save_progress();
    tell_closed("logged_out");
    state_ = State::over;
    link_->close(CloseReason::peer_closed, grace);
}

void MsyncSession::on_end(const service::SessionEnd& end) {
    if (state_ == State::over) return;
    const bool was_deciding = state_ == State::deciding;
    save_progress();
    state_ = State::over;
    const auto operation = kick_of(end.why);
    if (end.tell && !was_deciding && operation) {
        msync::StatisticsBody body;
        body.operation = operation;
        if (operation == msync::StatisticsBody::Operation::user_login_another_device &&
            !end.winner_info.empty()) {
            body.reason = end.winner_info;
        }
        Bytes payload;
        msync::encode(payload, body);
        msync::Meta meta;
        meta.id = static_cast<std::uint64_t>(world().ids.next(world().clock.wall()).value());
        meta.from = msync::Jid{.domain = msync::domain_users};
        meta.to = msync::Jid{.name = uid_.value()};
        meta.timestamp_ms = static_cast<std::uint64_t>(wall_ms());
        meta.ns = msync::Namespace::statistic;
        meta.payload = payload;
        Bytes bytes;
        msync::encode(bytes, meta);
        msync::SyncDl frame;
        frame.status = msync::Status{.error_code = msync::StatusCode::ok};
        frame.metas.emplace_back(bytes);
        frame.queue = msync::Jid{.domain = msync::domain_users};
        frame.is_last = true;
        frame.timestamp_ms = static_cast<std::uint64_t>(wall_ms());
        send(frame);
    }
    link_->log().info("session_ended",
                      {{"uid", uid_},
                       {"class", device_class_},
                       {"device", resource_},
                       {"why", end.why},
                       {"rule", end.rule},
                       {"by", end.by},
                       {"session", link_->ref().serial}});
    if (!end.mutual.empty()) {
        link_->log().warn("devices_end_each_other", {{"uid", uid_}, {"devices", end.mutual}});
    }
    link_->close(CloseReason::ended, grace);
}

void MsyncSession::on_closed(CloseReason reason) {
    save_progress();
    if (state_ == State::deciding || state_ == State::ready) {
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

void MsyncSession::tell_closed(std::string_view why) {
    service::session_closed(world(), {link_->ref(), uid_, std::string(why)});
}

void MsyncSession::fail(CloseReason reason) {
    // on_closed() tells services, as it is not over yet.
    link_->close(reason, Millis(0));
}

}  // namespace fenshen::gateway
