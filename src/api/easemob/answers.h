// SPDX-License-Identifier: Apache-2.0
// The two envelopes (easemob-rest 1.2, 1.3). The SDK takes only 200 for success, and reads the
// texts of errors: they are part of the interface.
#pragma once

#include <string>
#include <string_view>

#include "api/easemob/call.h"
#include "base/json_writer.h"

namespace fenshen::api::easemob {

/// What a successful answer is made of: the common members first, then what the endpoint writes.
///
///     Envelope answer(call);
///     answer.json().key("data").begin_object().member("result", true).end_object();
///     return answer.done();
class Envelope {
public:
    /// `action`: as documented where it is not the method's name.
    explicit Envelope(const Call& call, std::string_view action = {});
    /// Writes members of the answer's object.
    JsonWriter& json() { return json_; }
    http::Response done();

private:
    const Call& call_;
    Bytes body_;
    JsonWriter json_;
};

/// Of an endpoint that has nothing to say: `data` is an object with "result": true.
http::Response done(const Call& call);

struct Failure {
    int status = 400;
    std::string_view error;
    std::string_view exception;  ///< a Java-like class name
    std::string text;            ///< error_description
    int code = 0;                ///< error_code, of those services that have them
};
http::Response failed(const Clock& clock, const Failure& failure);
inline http::Response failed(const Call& call, const Failure& failure) {
    return failed(call.world().clock, failure);
}

// The usual ones.
http::Response illegal_argument(const Call& call, std::string text);
http::Response bad_body(const Call& call);
http::Response user_not_found(const Call& call);
/// A token of the wrong kind, or somebody else's.
http::Response not_with_this_token(const Call& call);
http::Response forbidden(const Call& call, std::string text);
/// What a service could not do.
http::Response failed(const Call& call, Errc error);

/// The same name, the same id: what looks like a UUID, made of `name`.
std::string uuid_of(std::string_view name);
/// {"uuid","type","created","modified","username","activated"}
void write_user(JsonWriter& json, const service::EasemobUser& user);

}  // namespace fenshen::api::easemob
