// SPDX-License-Identifier: Apache-2.0
#include "domain/login.h"

#include <algorithm>
#include <array>
#include <optional>

#include "domain/class_names.h"
#include "domain/detail/login_help.h"
#include "domain/device_level.h"
#include "model/names.h"

namespace fenshen::domain {

namespace {

std::string asked(const LoginDecision& decision) {
    return decision.uid.value() + " asked for class " + number_and_name(decision.asked_class);
}

void refuse(LoginDecision& decision, LoginWhy why, std::string sentence) {
    decision.why = why;
    decision.sentence = std::move(sentence);
}

std::string list_of_classes(const std::vector<KnownToken>& tokens) {
    std::string text = tokens.size() == 1 ? "class " : "classes ";
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (i > 0) text += ", ";
        text += number_and_name(tokens[i].device_class);
    }
    return text;
}

/// Names that nobody may log in with (wukong-wire 5.2).
void check_names(LoginDecision& decision) {
    const auto& uid = decision.uid.value();
    const auto& device_id = decision.device_id.value();
    if (device_id == system_device_id || uid == system_uid) {
        return refuse(decision,
                      LoginWhy::reserved_name,
                      "The uid " + std::string(system_uid) + " and the device id " +
                          std::string(system_device_id) + " are reserved for the server.");
    }
    const std::string most =
        "at most " + std::to_string(name_bytes_max) + " bytes of UTF-8 without control characters.";
    if (uid != manager_uid && !is_usable_uid(uid)) {
        return refuse(decision,
                      LoginWhy::bad_name,
                      "A uid is not blank, has none of the characters @ # &, and is " + most);
    }
    if (!is_showable_name(device_id)) {
        return refuse(decision, LoginWhy::bad_name, "A device id is " + most);
    }
}

void check_manager(LoginDecision& decision, const LoginAttempt& attempt) {
    if (attempt.is_manager_token) return;
    refuse(decision,
           attempt.token_hash.empty() ? LoginWhy::no_token_given : LoginWhy::wrong_token,
           "The manager logs in with the configured manager token only.");
}

/// The class, other than the one asked for, whose token was given. All are looked at: how long it
/// takes does not tell which one matched.
const KnownToken* other_class_of(const LoginAttempt& attempt, const Credentials& credentials) {
    const KnownToken* other = nullptr;
    for (const auto& token : credentials.tokens) {
        const bool matches = equal_in_constant_time(token.hash, attempt.token_hash);
        if (matches && !token.hash.empty() && token.device_class != attempt.device_class) {
            other = &token;
        }
    }
    return other;
}

/// The class has no token that could match: none was registered, or it was revoked.
void explain_missing(LoginDecision& decision,
                     const LoginAttempt& attempt,
                     const Credentials& credentials,
                     bool is_revoked) {
    if (attempt.is_manager_token) {
        decision.hints.emplace_back("The token given is the manager token.");
    }
    if (const auto* other = other_class_of(attempt, credentials)) {
        decision.hints.push_back("The token given is the one registered for class " +
                                 number_and_name(other->device_class) + ".");
    }
    if (is_revoked) {
        return refuse(decision,
                      LoginWhy::token_revoked,
                      asked(decision) + "; its token was revoked. Register a new one.");
    }
    if (!credentials.account_exists && credentials.tokens.empty()) {
        return refuse(decision,
                      LoginWhy::unknown_account,
                      asked(decision) + "; no token was ever registered for this account.");
    }
    const auto& classes = decision.classes_with_token;
    refuse(decision,
           LoginWhy::no_token_for_class,
           asked(decision) + (classes.empty() ? "; no class has a token."
                                              : "; tokens are registered for " +
                                                    list_of_classes(classes) + " only."));
}

void explain_mismatch(LoginDecision& decision,
                      const LoginAttempt& attempt,
                      const Credentials& credentials) {
    if (attempt.token_hash.empty()) {
        return refuse(decision, LoginWhy::no_token_given, asked(decision) + " without a token.");
    }
    if (attempt.is_manager_token) {
        return refuse(
            decision,
            LoginWhy::token_of_manager,
            asked(decision) + " with the manager token; devices have tokens of their own.");
    }
    if (const auto* other = other_class_of(attempt, credentials)) {
        return refuse(decision,
                      LoginWhy::token_of_another_class,
                      asked(decision) + " with the token that is registered for class " +
                          number_and_name(other->device_class) + ".");
    }
    refuse(decision,
           LoginWhy::wrong_token,
           asked(decision) + " with a token that is not the one registered for it.");
}

/// wukong-wire 5.4: the row of (uid, class), and its token.
void check_token(LoginDecision& decision,
                 const LoginAttempt& attempt,
                 const Credentials& credentials,
                 const LoginRules& rules) {
    const auto row =
        std::ranges::find(credentials.tokens, attempt.device_class, &KnownToken::device_class);
    const bool has_row = row != credentials.tokens.end();
    if (!has_row || row->hash.empty()) {
        explain_missing(decision, attempt, credentials, has_row);
    } else if (attempt.supposes_right_token ||
               equal_in_constant_time(row->hash, attempt.token_hash)) {
        decision.level = row->level;
        return;
    } else {
        explain_mismatch(decision, attempt, credentials);
    }
    if (auto hint = detail::sdk_hint(attempt.device_class); !hint.empty()) {
        decision.hints.push_back(std::move(hint));
    }
    if (decision.why == LoginWhy::no_token_given) return;  // there is a token; it has to be given
    const auto main = number_of(DeviceLevel::main, rules.main_level);
    decision.mend.push_back(detail::register_token(attempt.uid, attempt.device_class, main));
}

/// Tokens of the Easemob side name their user and their end themselves; a device is as good as any.
void take_verdict(LoginDecision& decision, LoginWhy why) {
    switch (why) {
        case LoginWhy::ok:
            return;
        case LoginWhy::no_token_given:
            return refuse(decision, why, asked(decision) + " without a token.");
        case LoginWhy::unknown_account:
            return refuse(decision, why, asked(decision) + "; there is no such Easemob user.");
        case LoginWhy::token_expired:
            return refuse(decision, why, asked(decision) + " with a token that has expired.");
        case LoginWhy::token_revoked:
            return refuse(
                decision, why, asked(decision) + " with a token from before its password changed.");
        case LoginWhy::banned:
            return refuse(decision, why, decision.uid.value() + " is banned.");
        default:
            return refuse(decision,
                          LoginWhy::wrong_token,
                          asked(decision) + " with a token that is not this user's.");
    }
}

void check_credentials(LoginDecision& decision,
                       const LoginAttempt& attempt,
                       const Credentials& credentials,
                       const LoginRules& rules) {
    if (attempt.token_verdict) return take_verdict(decision, *attempt.token_verdict);
    if (attempt.uid.value() == manager_uid) return check_manager(decision, attempt);
    if (!rules.token_checks) {
        decision.hints.emplace_back(
            "Token checks are off: any token lets in, and every device is secondary, whatever "
            "level was registered.");
        return;
    }
    const bool is_visitor =
        !rules.visitors_suffix.empty() && attempt.uid.value().ends_with(rules.visitors_suffix);
    if (is_visitor) return;
    check_token(decision, attempt, credentials, rules);
}

void check_key(LoginDecision& decision, const LoginAttempt& attempt) {
    if (attempt.key_missing) {
        refuse(decision,
               LoginWhy::client_key_missing,
               "CONNECT carries no client key, and encryption is on.");
    } else if (attempt.key_broken) {
        refuse(decision,
               LoginWhy::client_key_broken,
               "The client key is not a usable X25519 public key of 32 bytes in Base64.");
    }
}

}  // namespace

LoginDecision decide_login(const LoginAttempt& attempt,
                           const Credentials& credentials,
                           const LoginRules& rules) {
    LoginDecision decision;
    decision.uid = attempt.uid;
    decision.asked_class = attempt.device_class;
    decision.device_id = attempt.device_id;
    for (const auto& token : credentials.tokens) {
        if (token.hash.empty()) continue;
        decision.classes_with_token.push_back(
            {token.device_class, token.level, {}, token.registered_at});
    }
    std::ranges::sort(decision.classes_with_token, {}, &KnownToken::device_class);

    check_names(decision);
    if (decision.accepted()) check_credentials(decision, attempt, credentials, rules);
    if (decision.accepted() && credentials.banned) {
        refuse(decision, LoginWhy::banned, attempt.uid.value() + " is banned.");
        decision.mend.push_back(detail::lift_ban(attempt.uid));
    }
    if (decision.accepted()) check_key(decision, attempt);
    if (!decision.accepted()) decision.level = DeviceLevel::secondary;
    return decision;
}

void refuse_by_policy(LoginDecision& decision, LoginWhy why, std::string sentence) {
    decision.level = DeviceLevel::secondary;
    refuse(decision, why, asked(decision) + "; " + sentence + ".");
}

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
        "other_device_online",
        "reserved_name",
        "bad_name",
        "client_key_missing",
        "client_key_broken",
        "token_expired",
    };
    return names[static_cast<std::size_t>(why)];
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
