// SPDX-License-Identifier: Apache-2.0
#include "api/easemob/social/contacts.h"

#include <span>

#include "api/easemob/answers.h"
#include "api/easemob/social.h"
#include "domain/easemob_id.h"
#include "service/channels/channels.h"
#include "service/social/contacts.h"

namespace fenshen::api::easemob {

namespace {

constexpr std::size_t usernames_max = 100;
constexpr std::string_view no_friends =
    "updateRemark | they are not friends, please add as a friend first.";

std::optional<Uid> peer_of(const Call& call) {
    return domain::easemob_uid(call.capture("peer"));
}

/// The `usernames` of the body; nothing when it is none.
std::optional<std::vector<Uid>> usernames_of(const Call& call) {
    auto body = http::JsonDocument::parse(call.request.body);
    if (!body) return std::nullopt;
    const auto names = body->object().strings("usernames");
    if (!body->ok()) return std::nullopt;
    return uids_of(names, usernames_max);
}

http::Response answer(const Call& call, const Result<void>& done_) {
    return done_ ? done(call) : failed(call, done_.error());
}

http::Response with_user(const Call& call, const service::EasemobUser& user) {
    Envelope envelope(call);
    envelope.json().key("entities").begin_array();
    write_user(envelope.json(), user);
    envelope.json().end_array();
    return envelope.done();
}

/// The user as they are listed; who has no Easemob side any more is only named.
Task<http::Response> with_user_named(Call& call, Uid uid) {
    auto looking = service::easemob_user(call.world(), uid);
    auto user = co_await looking;
    if (!user && user.error() != Errc::not_found) co_return failed(call, user.error());
    service::EasemobUser named;
    named.uid = std::move(uid);
    co_return with_user(call, user ? *user : named);
}

void write_names(JsonWriter& json, std::span<const Uid> uids) {
    json.key("data").begin_array();
    for (const auto& uid : uids) json.string(uid.value());
    json.end_array();
}

void write_contact(JsonWriter& json, const storage::ContactRow& row) {
    json.begin_object()
        .member("username", row.peer.value())
        .member("remark", row.remark)
        .end_object();
}

}  // namespace

Task<http::Response> apply_contact(Call& call) {
    std::vector<Uid> peers;
    std::string reason;
    {
        auto body = http::JsonDocument::parse(call.request.body);
        if (!body) co_return bad_body(call);
        auto root = body->object();
        auto uids = uids_of(root.strings("usernames"), usernames_max);
        reason = root.string("reason");
        if (!body->ok() || !uids) co_return bad_body(call);
        peers = std::move(*uids);
    }
    for (const auto& peer : peers) {
        auto looking = missing_user(call, peer);
        auto missing = co_await looking;
        if (missing) co_return std::move(*missing);
    }
    for (const auto& peer : peers) {
        auto asking = service::ask_contact(call.world(), acting(call), peer, reason);
        const auto asked = co_await asking;
        if (!asked && asked.error() == Errc::too_big) {
            co_return exceeds_limit(call, "Inviter's contact max count");
        }
        if (!asked) co_return failed(call, asked.error());
    }
    co_return done(call);
}

Task<http::Response> accept_contact(Call& call) {
    const auto peer = peer_of(call);
    if (!peer) co_return user_not_found(call);
    auto accepting = service::accept_contact(call.world(), acting(call), *peer);
    const auto accepted = co_await accepting;
    co_return answer(call, accepted);
}

Task<http::Response> decline_contact(Call& call) {
    const auto peer = peer_of(call);
    if (!peer) co_return user_not_found(call);
    auto declining = service::decline_contact(call.world(), acting(call), *peer);
    const auto declined = co_await declining;
    co_return answer(call, declined);
}

Task<http::Response> delete_contact(Call& call) {
    const auto peer = peer_of(call);
    if (!peer) co_return user_not_found(call);
    auto deleting = service::delete_contact(call.world(), acting(call), *peer);
    const auto deleted = co_await deleting;
    if (!deleted) co_return failed(call, deleted.error());
    auto answering = with_user_named(call, *peer);
    co_return co_await answering;
}

Task<http::Response> add_contact(Call& call) {
    const auto peer = peer_of(call);
    if (!peer) co_return user_not_found(call);
    for (const auto& uid : {call.user, *peer}) {
        auto looking = missing_user(call, uid);
        auto missing = co_await looking;
        if (missing) co_return std::move(*missing);
    }
    auto making = service::make_contact(call.world(), acting(call), *peer);
    const auto made = co_await making;
    if (!made && made.error() == Errc::too_big) {
        co_return exceeds_limit(call, "user contact number exceed limit");
    }
    if (!made) co_return failed(call, made.error());
    auto answering = with_user_named(call, *peer);
    co_return co_await answering;
}

Task<http::Response> set_remark(Call& call) {
    const auto peer = peer_of(call);
    if (!peer) co_return user_not_found(call);
    std::string remark;
    {
        auto body = http::JsonDocument::parse(call.request.body);
        if (!body) co_return bad_body(call);
        remark = body->object().string("remark");
        if (!body->ok()) co_return bad_body(call);
    }
    auto setting =
        service::set_contact_remark(call.world(), acting(call), *peer, std::move(remark));
    const auto set = co_await setting;
    if (!set && set.error() == Errc::not_found) {
        co_return illegal_argument(call, std::string(no_friends));
    }
    if (!set && set.error() == Errc::too_big) {
        co_return illegal_argument(call, "remark length must less than 100");
    }
    co_return answer(call, set);
}

Task<http::Response> list_contacts(Call& call) {
    auto listing = service::contacts_of(call.world(), call.user);
    const auto rows = co_await listing;
    if (!rows) co_return failed(call, rows.error());
    Envelope envelope(call);
    auto& json = envelope.json();
    json.key("data").begin_array();
    for (const auto& row : *rows) json.string(row.peer.value());
    json.end_array().key("entities").begin_array();
    if (call.query("needReturnRemark") == "true") {
        for (const auto& row : *rows) write_contact(json, row);
    }
    json.end_array().member("count", rows->size());
    co_return envelope.done();
}

Task<http::Response> page_contacts(Call& call) {
    auto listing = service::contacts_of(call.world(), call.user);
    const auto rows = co_await listing;
    if (!rows) co_return failed(call, rows.error());
    const auto slice = slice_of(call, rows->size(), 20, 50);
    Envelope envelope(call);
    auto& json = envelope.json();
    json.key("data").begin_object().key("contacts").begin_array();
    for (std::size_t i = slice.first; i < slice.last; ++i) write_contact(json, (*rows)[i]);
    json.end_array().member("cursor", slice.cursor).end_object();
    co_return envelope.done();
}

Task<http::Response> block_users(Call& call) {
    const auto peers = usernames_of(call);
    if (!peers) co_return bad_body(call);
    auto blocking = service::block(call.world(), acting(call), *peers);
    const auto blocked = co_await blocking;
    if (!blocked && blocked.error() == Errc::too_big) {
        co_return exceeds_limit(call, "user blocklist number exceed limit");
    }
    if (!blocked) co_return failed(call, blocked.error());
    Envelope envelope(call);
    write_names(envelope.json(), *peers);
    co_return envelope.done();
}

Task<http::Response> unblock_users(Call& call) {
    const auto peers = usernames_of(call);
    if (!peers) co_return bad_body(call);
    auto letting = service::unblock(call.world(), acting(call), *peers);
    const auto let = co_await letting;
    co_return answer(call, let);
}

Task<http::Response> unblock_user(Call& call) {
    const auto peers = uids_of(split(call.capture("peer")), usernames_max);
    if (!peers) co_return user_not_found(call);
    auto letting = service::unblock(call.world(), acting(call), *peers);
    const auto let = co_await letting;
    if (!let) co_return failed(call, let.error());
    auto answering = with_user_named(call, peers->front());
    co_return co_await answering;
}

Task<http::Response> list_blocked(Call& call) {
    const ChannelKey own{ChannelType::person, call.user.value()};
    auto listing = service::list_of(call.world(), own, storage::ListKind::deny);
    const auto uids = co_await listing;
    if (!uids) co_return failed(call, uids.error());
    // The SDK asks for all of them, the app for pages.
    Slice slice{0, uids->size(), {}};
    if (call.query("pageSize")) slice = slice_of(call, uids->size(), "pageSize", 10, 50);
    Envelope envelope(call);
    write_names(envelope.json(), std::span(*uids).subspan(slice.first, slice.last - slice.first));
    envelope.json().member("count", slice.last - slice.first);
    if (!slice.cursor.empty()) envelope.json().member("cursor", slice.cursor);
    co_return envelope.done();
}

}  // namespace fenshen::api::easemob
