// SPDX-License-Identifier: Apache-2.0
// How members come into a group and leave it by their own will, or are asked in.
#include "api/easemob/social/groups.h"

#include "api/easemob/answers.h"
#include "api/easemob/social.h"
#include "domain/easemob_id.h"
#include "service/social/groups.h"

namespace fenshen::api::easemob {

namespace {

constexpr std::size_t members_a_call_max = 60;

http::Response failed_here(const Call& call, Errc error) {
    return group_failed(call, error, call.capture("group"));
}

/// {"data":{"result":true,"action":…,"user":…,"id":…}}
http::Response with_action(const Call& call, std::string_view action, const Uid& uid) {
    Envelope envelope(call);
    envelope.json()
        .key("data")
        .begin_object()
        .member("result", true)
        .member("action", action)
        .member("user", uid.value())
        .member("id", call.capture("group"))
        .member("groupid", call.capture("group"))
        .end_object();
    return envelope.done();
}

/// Either there is no such group, or nothing to decide in it.
Task<http::Response> nobody_waits(Call& call, std::string text) {
    auto viewing = service::group_of(call.world(), group_of_path(call));
    const auto view = co_await viewing;
    if (!view) co_return failed_here(call, view.error());
    co_return forbidden(call, std::move(text));
}

}  // namespace

Task<http::Response> quit_group(Call& call) {
    auto leaving = service::leave_group(call.world(), acting(call), group_of_path(call));
    const auto left = co_await leaving;
    if (!left && left.error() == Errc::denied) {
        co_return forbidden(call, "forbidden operation on group owner!");
    }
    if (!left) co_return failed_here(call, left.error());
    co_return with_action(call, "remove_member", call.bearer.uid);
}

Task<http::Response> invite_to_group(Call& call) {
    std::vector<Uid> uids;
    {
        auto body = http::JsonDocument::parse(call.request.body);
        if (!body) co_return bad_body(call);
        auto named = uids_of(body->object().strings("usernames"), members_a_call_max);
        if (!body->ok() || !named) co_return bad_body(call);
        uids = std::move(*named);
    }
    auto looking = missing_members(call, uids);
    auto missing = co_await looking;
    if (missing) co_return std::move(*missing);
    const bool is_single = uids.size() == 1;
    auto inviting =
        service::invite_to_group(call.world(), acting(call), group_of_path(call), std::move(uids));
    const auto outcomes = co_await inviting;
    if (!outcomes) co_return failed_here(call, outcomes.error());
    if (is_single && outcomes->front().error) co_return failed_here(call, *outcomes->front().error);
    Envelope envelope(call);
    auto& json = envelope.json();
    json.key("data").begin_array();
    for (const auto& each : *outcomes) {
        json.begin_object()
            .member("action", "invite")
            .member("id", call.capture("group"))
            .member("user", each.uid.value())
            .member("result", !each.error.has_value());
        if (each.error) json.member("reason", row_of(*each.error).meaning);
        json.end_object();
    }
    json.end_array();
    co_return envelope.done();
}

Task<http::Response> apply_to_group(Call& call) {
    std::string message;
    if (!call.request.body.empty()) {
        auto body = http::JsonDocument::parse(call.request.body);
        if (!body) co_return bad_body(call);
        message = body->object().string("message");
        if (!body->ok()) co_return bad_body(call);
    }
    auto joining =
        service::join_group(call.world(), acting(call), group_of_path(call), std::move(message));
    const auto joined = co_await joining;
    if (!joined) co_return failed_here(call, joined.error());
    co_return with_action(call, "apply", call.bearer.uid);
}

Task<http::Response> verify_application(Call& call) {
    service::DecideApplication command;
    command.channel = group_of_path(call);
    {
        auto body = http::JsonDocument::parse(call.request.body);
        if (!body) co_return bad_body(call);
        auto root = body->object();
        const auto applicant = domain::easemob_uid(root.string("applicant"));
        command.accepted = root.boolean("verifyResult");
        command.reason = root.string("reason");
        if (!body->ok() || !applicant) co_return bad_body(call);
        command.applicant = *applicant;
    }
    const Uid applicant = command.applicant;
    auto deciding = service::decide_application(call.world(), acting(call), std::move(command));
    const auto decided = co_await deciding;
    if (!decided && decided.error() == Errc::not_found) {
        auto telling = nobody_waits(call, "the user has not applied to join this group");
        co_return co_await telling;
    }
    if (!decided) co_return failed_here(call, decided.error());
    co_return with_action(call, "apply_verify", applicant);
}

Task<http::Response> verify_invitation(Call& call) {
    bool accepted = false;
    {
        auto body = http::JsonDocument::parse(call.request.body);
        if (!body) co_return bad_body(call);
        auto root = body->object();
        const auto invitee = domain::easemob_uid(root.string("invitee", call.bearer.uid.value()));
        accepted = root.boolean("verifyResult");
        if (!body->ok() || !invitee) co_return bad_body(call);
        if (*invitee != call.bearer.uid) co_return not_with_this_token(call);
    }
    auto answering =
        service::answer_invitation(call.world(), acting(call), group_of_path(call), accepted);
    const auto answered = co_await answering;
    if (!answered && answered.error() == Errc::not_found) {
        auto telling = nobody_waits(call, "the user was not invited to this group");
        co_return co_await telling;
    }
    if (!answered) co_return failed_here(call, answered.error());
    co_return with_action(call, "invite_verify", call.bearer.uid);
}

}  // namespace fenshen::api::easemob
