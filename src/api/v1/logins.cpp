// SPDX-License-Identifier: Apache-2.0
#include "api/v1/logins.h"

#include <algorithm>

#include "api/v1/detail/answers.h"
#include "api/v1/detail/cursor.h"
#include "api/v1/problem.h"

namespace fenshen::api::v1 {

namespace {

/// What happened to the account as a whole.
bool has_class(const storage::LoginEventRow& event) {
    return event.what != "banned" && event.what != "unbanned";
}
/// What happened to a class, not to a device of it.
bool has_device(const storage::LoginEventRow& event) {
    return has_class(event) && event.what != "token_set" && event.what != "token_revoked";
}

void write_event(JsonWriter& json, const storage::LoginEventRow& event) {
    json.begin_object();
    detail::write_time(json, "at", event.at);
    json.member("what", event.what);
    if (has_class(event)) {
        detail::write_class(json, event.device_class);
    } else {
        json.key("class").null().key("class_name").null();
    }
    json.key("device_id");
    has_device(event) ? json.string(event.device_id.value()) : json.null();
    detail::write_text(json, "protocol", event.protocol);
    detail::write_text(json, "address", event.address);
    detail::write_text(json, "why", event.why);
    detail::write_text(json, "rule", event.rule);
    detail::write_raw(json, "by", event.by);
    json.end_object();
}

}  // namespace

ListLogins::Input ListLogins::read(detail::Asked& asked) {
    return {.uid = asked.uid(), .page = asked.numbered_page()};
}

Task<http::Response> ListLogins::run(Context& context, Input input) {
    auto looking =
        service::logins_of(context.world, input.uid, input.page.before, input.page.limit + 1);
    const auto events = co_await looking;
    if (!events) co_return failure(events.error(), input.uid);
    const std::size_t count = std::min(events->size(), input.page.limit);
    Bytes body;
    JsonWriter json(body);
    json.begin_object().key("events").begin_array();
    for (std::size_t i = 0; i < count; ++i) write_event(json, (*events)[i]);
    json.end_array();
    const bool is_last = count == events->size();
    detail::write_next(json, is_last ? "" : detail::cursor_of((*events)[count - 1].number));
    json.end_object();
    co_return detail::answer(std::move(body));
}

}  // namespace fenshen::api::v1
