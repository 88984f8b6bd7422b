// SPDX-License-Identifier: Apache-2.0
// May this device log in? The decision is a value that explains itself: the CONNACK, the log line,
// the history and the diagnosis only show it (architecture 5; wukong-wire 5.2-5.5). No token is in
// it, nor a hash of one.
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
    other_device_online,  ///< an automatic login would end a device that is online
    reserved_name,
    bad_name,
    client_key_missing,
    client_key_broken,
    token_expired,
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
    /// Set where the token is not one per class: what its own checker says of it.
    std::optional<LoginWhy> token_verdict = {};
    bool supposes_right_token = false;  ///< a diagnosis without a token: what if it were right?
    bool is_automatic = false;  ///< nobody pressed a button; asked by the device policy only
    bool key_missing = false;   ///< an encrypted protocol without a client key
    bool key_broken = false;    ///< the client key is not 32 bytes of base64
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
    std::vector<KnownToken> tokens;  ///< at most one a class
};

struct LoginRules {
    bool token_checks = true;
    std::string_view visitors_suffix = {};  ///< empty: none skips the check
    std::uint8_t main_level = 1;            ///< domain/device_level.h
};

/// A call that mends it, to be pasted; the token in it is a placeholder.
struct Mend {
    std::string text;
    std::string method;
    std::string path;
    std::string body;  ///< a JSON object
    bool operator==(const Mend&) const = default;
};

struct LoginDecision {
    LoginWhy why = LoginWhy::ok;
    Uid uid;  ///< as it was asked: not checked where `why` is bad_name
    DeviceClass asked_class;
    DeviceId device_id;
    DeviceLevel level = DeviceLevel::secondary;  ///< when accepted
    std::vector<KnownToken> classes_with_token;  ///< hashes removed, revoked ones left out
    std::string sentence;                        ///< for people; empty when accepted
    std::vector<Mend> mend;
    std::vector<std::string> hints;

    bool accepted() const { return why == LoginWhy::ok; }
};

/// The checks in the order of wukong-wire 5.3: names, token, ban, key. Without token checks, and
/// for visitors, any token will do and every device is secondary.
LoginDecision decide_login(const LoginAttempt& attempt,
                           const Credentials& credentials,
                           const LoginRules& rules);

/// Turns an accepted decision into a refusal by something else than the credentials: the device
/// policy, damping. `sentence` goes on after "ann asked for class 1 (web); ", without a full stop.
void refuse_by_policy(LoginDecision& decision, LoginWhy why, std::string sentence);

/// One line for the log, on one line whatever the names hold: what was asked, which classes have a
/// token, which check failed, what mends it.
std::string describe(const LoginDecision& decision);

/// Comparing takes as long whatever differs. Lengths are no secret.
bool equal_in_constant_time(BytesView a, BytesView b);

}  // namespace fenshen::domain
