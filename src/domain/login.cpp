// SPDX-License-Identifier: Apache-2.0
#include "domain/login.h"

#include <algorithm>
#include <array>

#include "domain/class_names.h"
#include "model/names.h"

namespace fenshen::domain {

namespace {

std::string list_of_classes(const std::vector<KnownToken>& tokens) {
    std::string text;
    for (const auto& token : tokens) {
        if (!text.empty()) text += ", ";
        text += number_and_name(token.device_class);
    }
    return text;
}

std::string json_string(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

Mend register_token(const Uid& uid, DeviceClass device_class) {
    return {"Register a token for class " + number_and_name(device_class),
            "/user/token",
            "{\"uid\":" + json_string(uid.value()) +
                ",\"device_flag\":" + std::to_string(device_class.value()) +
                ",\"device_level\":1,\"token\":\"<token>\"}"};
}

/// Traps that integrators fall into, by the class that was asked for.
void add_hints(LoginDecision& decision) {
    if (decision.asked_class.value() == 1) {
        decision.hints.emplace_back(
            "The JavaScript SDK connects as class 1 unless told otherwise.");
    }
    if (decision.asked_class.value() == 2) {
        decision.hints.emplace_back(
            "The Python, C++, Rust and C# easy SDKs connect as class 2 unless told otherwise.");
    }
}

LoginDecision refused(LoginDecision decision, LoginWhy why, std::string sentence) {
    decision.why = why;
    decision.sentence = std::move(sentence);
    return decision;
}

/// Names that nobody may log in with (wukong-wire 5.2); nullopt: fine.
std::optional<LoginDecision> check_names(const LoginAttempt& attempt, const LoginDecision& base) {
    if (attempt.device_id.value() == system_device_id || attempt.uid.value() == system_uid) {
        return refused(base,
                       LoginWhy::reserved_name,
                       "The uid " + std::string(system_uid) + " and the device id " +
                           std::string(system_device_id) + " are reserved for the server.");
    }
    const bool is_manager = attempt.uid.value() == manager_uid;
    if (is_manager || is_usable_uid(attempt.uid.value())) return std::nullopt;
    return refused(base,
                   LoginWhy::bad_name,
                   "A uid is not blank, has none of @ # &, and at most " +
                       std::to_string(name_bytes_max) + " bytes of UTF-8.");
}

LoginDecision explain_missing(LoginDecision decision, const LoginAttempt& attempt, bool exists) {
    const std::string who = attempt.uid.value();
    const std::string asked = number_and_name(attempt.device_class);
    decision.mend.push_back(register_token(attempt.uid, attempt.device_class));
    add_hints(decision);
    if (!exists && decision.classes_with_token.empty()) {
        return refused(
            std::move(decision),
            LoginWhy::unknown_account,
            who + " asked for class " + asked + "; no token was ever registered for it.");
    }
    std::string sentence = who + " asked for class " + asked + "; ";
    sentence += decision.classes_with_token.empty()
                    ? "no class has a token."
                    : "tokens are registered for class " +
                          list_of_classes(decision.classes_with_token) + " only.";
    return refused(std::move(decision), LoginWhy::no_token_for_class, std::move(sentence));
}

LoginDecision check_token(LoginDecision decision,
                          const LoginAttempt& attempt,
                          const Credentials& credentials) {
    const std::string asked =
        attempt.uid.value() + " asked for class " + number_and_name(attempt.device_class);
    const auto row =
        std::ranges::find(credentials.tokens, attempt.device_class, &KnownToken::device_class);
    const bool has_row = row != credentials.tokens.end();
    if (has_row && row->hash.empty()) {
        decision.mend.push_back(register_token(attempt.uid, attempt.device_class));
        return refused(std::move(decision),
                       LoginWhy::token_revoked,
                       asked + "; its token was revoked (by /user/device_quit or a kick).");
    }
    if (!has_row && !attempt.token_hash.empty()) {
        const auto other = std::ranges::find_if(credentials.tokens, [&](const KnownToken& token) {
            return !token.hash.empty() && equal_in_constant_time(token.hash, attempt.token_hash);
        });
        if (other != credentials.tokens.end()) {
            decision.hints.push_back("The token given is the one registered for class " +
                                     number_and_name(other->device_class) + ".");
        }
    }
    if (!has_row) {
        return explain_missing(std::move(decision), attempt, credentials.account_exists);
    }
    if (attempt.token_hash.empty()) {
        return refused(std::move(decision), LoginWhy::no_token_given, asked + " without a token.");
    }
    if (equal_in_constant_time(row->hash, attempt.token_hash)) {
        decision.level = row->level;
        return decision;
    }
    if (attempt.is_manager_token) {
        return refused(std::move(decision),
                       LoginWhy::token_of_manager,
                       asked + " with the manager's token; devices have tokens of their own.");
    }
    for (const auto& token : credentials.tokens) {
        if (token.hash.empty() || !equal_in_constant_time(token.hash, attempt.token_hash)) continue;
        add_hints(decision);
        return refused(std::move(decision),
                       LoginWhy::token_of_another_class,
                       asked + " with the token registered for class " +
                           number_and_name(token.device_class) + ".");
    }
    decision.mend.push_back(register_token(attempt.uid, attempt.device_class));
    return refused(std::move(decision),
                   LoginWhy::wrong_token,
                   asked + " with a token that is not the one registered for it.");
}

bool skips_token(const LoginAttempt& attempt, const LoginRules& rules) {
    return !rules.token_checks ||
           (!rules.visitors_suffix.empty() && attempt.uid.value().ends_with(rules.visitors_suffix));
}

}  // namespace

std::string_view name_of(LoginWhy why) {
    constexpr std::array<std::string_view, static_cast<std::size_t>(LoginWhy::count_)> names{
        "ok",
        "no_token_given",
        "unknown_account",
        "no_token_for_class",
        "wrong_token",
        "token_of_another_class",
        "token_of_manager",
        "token_revoked",
        "banned",
        "damped",
        "class_not_allowed",
        "limit_reached",
        "reserved_name",
        "bad_name",
        "client_key_missing",
        "client_key_broken",
    };
    return names[static_cast<std::size_t>(why)];
}

LoginDecision decide_login(const LoginAttempt& attempt,
                           const Credentials& credentials,
                           const LoginRules& rules) {
    LoginDecision decision;
    decision.uid = attempt.uid;
    decision.asked_class = attempt.device_class;
    for (const auto& token : credentials.tokens) {
        if (token.hash.empty()) continue;
        decision.classes_with_token.push_back(
            {token.device_class, token.level, {}, token.registered_at});
    }
    if (auto bad = check_names(attempt, decision)) return std::move(*bad);

    if (attempt.uid.value() == manager_uid) {
        if (!attempt.is_manager_token) {
            return refused(std::move(decision),
                           LoginWhy::wrong_token,
                           "The manager logs in with the configured manager token only.");
        }
    } else if (!skips_token(attempt, rules)) {
        decision = check_token(std::move(decision), attempt, credentials);
        if (!decision.accepted()) return decision;
    }
    if (credentials.banned) {
        return refused(std::move(decision), LoginWhy::banned, attempt.uid.value() + " is banned.");
    }
    if (attempt.key_missing) {
        return refused(std::move(decision),
                       LoginWhy::client_key_missing,
                       "CONNECT carries no client key, and encryption is on.");
    }
    if (attempt.key_broken) {
        return refused(std::move(decision),
                       LoginWhy::client_key_broken,
                       "The client key is not a usable X25519 public key of 32 bytes in Base64.");
    }
    return decision;
}

void refuse_by_policy(LoginDecision& decision, LoginWhy why, std::string sentence) {
    decision.why = why;
    decision.sentence = decision.uid.value() + " asked for class " +
                        number_and_name(decision.asked_class) + "; " + std::move(sentence) + ".";
}

bool equal_in_constant_time(BytesView a, BytesView b) {
    if (a.size() != b.size()) return false;
    unsigned difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        difference |= static_cast<unsigned>(byte_at(a, i) ^ byte_at(b, i));
    }
    return difference == 0;
}

}  // namespace fenshen::domain
