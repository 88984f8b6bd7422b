// SPDX-License-Identifier: Apache-2.0
#include "api/easemob/users/users.h"

#include <algorithm>

#include "api/easemob/answers.h"
#include "base/hex.h"
#include "domain/easemob_id.h"
#include "service/devices/device_sessions.h"
#include "storage/rows.h"

namespace fenshen::api::easemob {

namespace {

constexpr std::size_t users_a_status_max = 100;

/// Where a page of users ended: "3:bob", in hexadecimal digits.
struct Place {
    SlotId::Value slot = 0;
    std::optional<Uid> after;
};

std::string cursor_of(const Place& place) {
    return to_hex(std::to_string(place.slot) + ":" + (place.after ? place.after->value() : ""));
}

std::optional<Place> place_of(std::string_view cursor) {
    if (cursor.empty()) return Place{};
    const auto text = from_hex(cursor);
    const auto colon = text ? text->find(':') : Bytes::npos;
    if (colon == Bytes::npos) return std::nullopt;
    const auto slot = http::to_integer<SlotId::Value>(BytesView(*text).substr(0, colon));
    if (!slot) return std::nullopt;
    Place place{*slot, std::nullopt};
    if (colon + 1 < text->size()) place.after = Uid(text->substr(colon + 1));
    return place;
}

struct PageOfUids {
    std::vector<Uid> uids;
    std::optional<Place> next;
};

/// On the pool.
Result<PageOfUids> read_page(const service::World& world, Place place, std::size_t count_max) {
    PageOfUids page;
    for (; place.slot < world.slots.count(); ++place.slot, place.after.reset()) {
        auto uids = storage::read_credential_uids(
            world.store, SlotId(place.slot), place.after, count_max - page.uids.size());
        if (!uids) return std::unexpected(uids.error());
        page.uids.insert(page.uids.end(), uids->begin(), uids->end());
        if (page.uids.size() < count_max) continue;
        page.next = Place{place.slot, page.uids.back()};
        break;
    }
    return page;
}

Task<bool> is_online(service::World& world, Uid uid) {
    std::vector<Uid> one{std::move(uid)};
    auto asking = service::online_devices(world, std::move(one));
    const auto devices = co_await asking;
    co_return !devices.empty();
}

}  // namespace

Task<http::Response> get_user(Call& call) {
    auto looking = service::easemob_user(call.world(), call.user);
    const auto user = co_await looking;
    if (!user) co_return failed(call, user.error());
    Envelope answer(call);
    answer.json().key("entities").begin_array();
    write_user(answer.json(), *user);
    answer.json().end_array().member("count", 1);
    co_return answer.done();
}

Task<http::Response> list_users(Call& call) {
    const auto limit = static_cast<std::size_t>(number_in_query(call, "limit", 10, 1, 100));
    const auto place = place_of(call.query("cursor").value_or(""));
    if (!place) co_return illegal_argument(call, "cursor is not legal");
    auto& world = call.world();
    co_await move_to(world.pool);
    const auto page = read_page(world, *place, limit);
    if (!page) co_return failed(call, page.error());
    std::vector<service::EasemobUser> users;
    for (const auto& uid : page->uids) {
        auto looking = service::easemob_user(world, uid);
        auto user = co_await looking;
        if (user) users.push_back(std::move(*user));
    }
    Envelope answer(call);
    auto& json = answer.json();
    json.key("entities").begin_array();
    for (const auto& user : users) write_user(json, user);
    json.end_array().member("count", users.size());
    if (page->next) json.member("cursor", cursor_of(*page->next));
    co_return answer.done();
}

Task<http::Response> user_status(Call& call) {
    auto looking = service::easemob_user(call.world(), call.user);
    const auto user = co_await looking;
    if (!user) co_return failed(call, user.error());
    auto asking = is_online(call.world(), call.user);
    const bool online = co_await asking;
    Envelope answer(call);
    answer.json()
        .key("data")
        .begin_object()
        .member(call.user.value(), online ? "online" : "offline")
        .end_object();
    co_return answer.done();
}

Task<http::Response> users_status(Call& call) {
    std::vector<std::string> names;
    {
        auto document = http::JsonDocument::parse(call.request.body);
        if (!document) co_return bad_body(call);
        names = document->object().strings("usernames");
        if (!document->ok()) co_return bad_body(call);
    }
    if (names.size() > users_a_status_max) {
        co_return illegal_argument(call,
                                   "request body exceeds maximum limit, maximum limit is 100");
    }
    const bool any_too_long = std::ranges::any_of(
        names, [](const std::string& name) { return name.size() > domain::easemob_id_bytes_max; });
    if (names.empty() || any_too_long) co_return bad_body(call);
    Envelope answer(call);
    auto& json = answer.json();
    json.key("data").begin_array();
    for (const auto& name : names) {
        const auto uid = domain::easemob_uid(name);
        bool online = false;
        if (uid) {
            auto asking = is_online(call.world(), *uid);
            online = co_await asking;
        }
        json.begin_object().member(name, online ? "online" : "offline").end_object();
    }
    json.end_array();
    co_return answer.done();
}

}  // namespace fenshen::api::easemob
