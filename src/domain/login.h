// SPDX-License-Identifier: Apache-2.0
// May this device log in? The decision is a value that explains itself: the CONNACK, the log line,
// the history and the diagnosis only show it (architecture 5; wukong-wire 5.4, 5.5). No token is in
// it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "model/ids.h"

namespace fenshen::domain {

enum class LoginWhy : std::uint8_t {
    ok,
    no_token_given,
    unknown_account,
    no_token_for_class,
    wrong_token,
    token_of_another_class,
    token_of_manager,
    token_revoked,
    banned,
    damped,
    class_not_allowed,
    limit_reached,
    reserved_name,
    bad_name,
    client_key_missing,
    client_key_broken,
    count_,
};
/// As in the API and the log: "no_token_for_class".
std::string_view name_of(LoginWhy why);

struct LoginAttempt {
    Uid uid;
    DeviceClass device_class;
    DeviceId device_id;
    Bytes token_hash;               ///< under the server's key; empty: no token was given
    bool is_manager_token = false;  ///< the token given is the configured manager token
    bool key_missing = false;       ///< an encrypted protocol without a client key
    bool key_broken = false;        ///< the client key is not 32 bytes of base64
};

struct KnownToken {
    DeviceClass device_class;
    DeviceLevel level = DeviceLevel::secondary;
    Bytes hash;  ///< empty: revoked
    WallTime registered_at;
};
struct Credentials {
    bool account_exists = false;
    bool banned = false;
    std::vector<KnownToken> tokens;
};

struct LoginRules {
    bool token_checks = true;
    std::string_view visitors_suffix;  ///< empty: none skips the check
};

/// A call that mends it; the token is a placeholder.
struct Mend {
    std::string text;
    std::string path;
    std::string body;  ///< JSON
};

struct LoginDecision {
    LoginWhy why = LoginWhy::ok;
    Uid uid;
    DeviceClass asked_class;
    DeviceLevel level = DeviceLevel::secondary;  ///< when accepted
    std::vector<KnownToken> classes_with_token;  ///< hashes removed
    std::string sentence;                        ///< for people; empty when accepted
    std::vector<Mend> mend;
    std::vector<std::string> hints;

    bool accepted() const { return why == LoginWhy::ok; }
};

/// The checks in the order of wukong-wire 5.3: names, token, ban, key.
LoginDecision decide_login(const LoginAttempt& attempt,
                           const Credentials& credentials,
                           const LoginRules& rules);

/// Turns an accepted decision into a refusal by the device policy.
void refuse_by_policy(LoginDecision& decision, LoginWhy why, std::string sentence);

/// Comparing takes as long whatever differs.
bool equal_in_constant_time(BytesView a, BytesView b);

}  // namespace fenshen::domain
