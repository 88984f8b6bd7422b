// SPDX-License-Identifier: Apache-2.0
#include "api/v1/explain_login.h"

#include "api/v1/detail/answers.h"
#include "api/v1/problem.h"
#include "domain/class_names.h"

namespace fenshen::api::v1 {

namespace {

using service::LoginExplanation;

std::string sentence_of(const LoginExplanation& explanation, bool has_token) {
    const auto& decision = explanation.decision;
    if (!decision.accepted()) return decision.sentence;
    const std::string sentence = decision.uid.value() + " may log in with class " +
                                 domain::number_and_name(decision.asked_class);
    if (!explanation.token_checks) return sentence + "; tokens are not checked.";
    return sentence + (has_token ? "." : ", given the right token.");
}

void write_asked(JsonWriter& json, const ExplainsLogin::Input& input, bool has_token) {
    json.begin_object();
    detail::write_class(json, input.question.device_class);
    json.key("device_id");
    input.names_device ? json.string(input.question.device_id.value()) : json.null();
    json.member("token", has_token ? "given" : "not_given").end_object();
}

/// Of sessions of this account.
void write_would_end(JsonWriter& json, const std::vector<service::PolicyEnding>& endings) {
    json.begin_array();
    for (const auto& ending : endings) {
        json.begin_object();
        detail::write_ending_members(json, ending);
        json.end_object();
    }
    json.end_array();
}

void write_hints(JsonWriter& json, const std::vector<std::string>& hints) {
    json.begin_array();
    for (const auto& hint : hints) json.string(hint);
    json.end_array();
}

Bytes written(const ExplainsLogin::Input& input, const LoginExplanation& explanation) {
    const auto& question = input.question;
    const auto& decision = explanation.decision;
    const bool has_token = question.token && !question.token->empty();
    Bytes body;
    JsonWriter json(body);
    json.begin_object().member("uid", question.uid.value()).key("asked");
    write_asked(json, input, has_token);
    json.member("outcome", decision.accepted() ? "accepted" : "refused")
        .member("why", domain::name_of(decision.why))
        .member("sentence", sentence_of(explanation, has_token))
        .key("classes_with_token");
    detail::write_tokens(json, decision.classes_with_token);
    json.member("token_checks", explanation.token_checks).key("would_end");
    write_would_end(json, explanation.would_end);
    json.key("mend");
    detail::write_mend(json, decision.mend);
    json.key("hints");
    write_hints(json, decision.hints);
    json.end_object();
    return body;
}

}  // namespace

Task<http::Response> ExplainsLogin::run(Context& context, Input input) {
    auto explaining = service::explain_login(context.world, input.question);
    const auto explanation = co_await explaining;
    if (!explanation) co_return failure(explanation.error(), input.question.uid);
    co_return detail::answer(written(input, *explanation));
}

ExplainLogin::Input ExplainLogin::read(detail::Asked& asked) {
    auto& body = asked.body({"class", "device_id", "token"});
    Input input;
    input.question.uid = asked.uid();
    input.question.device_class = asked.class_in(body);
    const auto device_id = asked.device_id_in(body);
    input.names_device = device_id.has_value();
    input.question.device_id = device_id.value_or(DeviceId{});
    if (body.has("token")) input.question.token = body.string("token");
    return input;
}

ExplainLoginByQuery::Input ExplainLoginByQuery::read(detail::Asked& asked) {
    Input input;
    input.question.uid = asked.uid();
    input.question.device_class = asked.class_in_query();
    const auto device_id = asked.device_id_in_query();
    input.names_device = device_id.has_value();
    input.question.device_id = device_id.value_or(DeviceId{});
    return input;
}

}  // namespace fenshen::api::v1
