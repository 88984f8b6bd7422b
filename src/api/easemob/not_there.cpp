// SPDX-License-Identifier: Apache-2.0
#include "api/easemob/not_there.h"

#include "api/easemob/answers.h"
#include "api/easemob/social.h"

namespace fenshen::api::easemob {

Task<http::Response> no_presence(Call& call) {
    // The one error whose words the SDK looks for in `result`.
    Bytes body;
    JsonWriter json(body);
    json.begin_object()
        .member("error", "illegal_argument")
        .member("exception", "IllegalArgumentException")
        .member("error_description", "the app not open presence")
        .member("result", "the app not open presence")
        .member("timestamp", call.world().clock.wall().ms)
        .member("duration", 0)
        .end_object();
    co_return http::json(400, std::move(body));
}

Task<http::Response> no_reports(Call& call) {
    co_return forbidden(call, "message report not open");
}

Task<http::Response> no_rooms(Call& call) {
    Envelope envelope(call);
    envelope.json().key("data").begin_array().end_array().member("count", 0);
    co_return envelope.done();
}

Task<http::Response> no_room(Call& call) {
    co_return group_failed(call, Errc::not_found, call.capture("room"));
}

}  // namespace fenshen::api::easemob
