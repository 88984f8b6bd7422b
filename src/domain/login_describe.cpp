// SPDX-License-Identifier: Apache-2.0
#include "base/json_writer.h"
#include "domain/class_names.h"
#include "domain/login.h"

namespace fenshen::domain {

namespace {

/// Names come from outside: they are quoted, escaped, and cut where they are absurdly long.
std::string quoted(std::string_view name) {
    constexpr std::size_t shown_bytes_max = 128;
    std::string text;
    JsonWriter(text).string(name.substr(0, shown_bytes_max));
    if (name.size() > shown_bytes_max) text += "...";
    return text;
}

std::string_view name_of_level(DeviceLevel level) {
    return level == DeviceLevel::main ? "main" : "secondary";
}

}  // namespace

std::string describe(const LoginDecision& decision) {
    std::string text = decision.accepted() ? "login accepted:" : "login refused:";
    text.append(" uid ").append(quoted(decision.uid.value()));
    text.append(", class ").append(number_and_name(decision.asked_class));
    text.append(", device ").append(quoted(decision.device_id.value()));
    if (decision.accepted()) {
        text.append(", level ").append(name_of_level(decision.level));
    } else {
        text.append(", why ").append(name_of(decision.why)).append(". ").append(decision.sentence);
        text += " Classes with a token: ";
        if (decision.classes_with_token.empty()) text += "none";
        for (std::size_t i = 0; i < decision.classes_with_token.size(); ++i) {
            const auto& token = decision.classes_with_token[i];
            text.append(i > 0 ? ", " : "").append(number_and_name(token.device_class));
            text.append(" ").append(name_of_level(token.level));
        }
        text += ".";
    }
    for (const auto& mend : decision.mend) {
        text.append(" ").append(mend.text).append(": ").append(mend.method).append(" ");
        text.append(mend.path).append(" ").append(mend.body);
    }
    for (const auto& hint : decision.hints) text.append(" ").append(hint);
    return text;
}

}  // namespace fenshen::domain
