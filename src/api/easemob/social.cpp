// SPDX-License-Identifier: Apache-2.0
#include "api/easemob/social.h"

#include <algorithm>

#include "api/easemob/answers.h"
#include "domain/easemob_id.h"
#include "model/names.h"
#include "service/channels/channels.h"

namespace fenshen::api::easemob {

service::EventOrigin acting(const Call& call) {
    const Uid& uid = call.user.value().empty() ? call.bearer.uid : call.user;
    return {uid, DeviceId(std::string(call.resource()))};
}

std::optional<ChannelKey> conversation_of(const Uid& me,
                                          std::string_view type,
                                          std::string_view id) {
    if (http::same_ignoring_case(type, "groupchat") || type == "chatgroup" || type == "group") {
        if (!is_usable_channel_id(id)) return std::nullopt;
        return service::group_channel(id);
    }
    if (type != "chat" && type != "user") return std::nullopt;
    const auto peer = domain::easemob_uid(id);
    if (!peer) return std::nullopt;
    return ChannelKey{ChannelType::person, person_channel_id(me.value(), peer->value())};
}

std::string other_side(const ChannelKey& channel, const Uid& me) {
    if (channel.type != ChannelType::person) return channel.id;
    const auto pair = split_person_id(channel.id);
    return std::string(pair.first == me.value() ? pair.second : pair.first);
}

Task<Result<std::vector<Uid>>> others_in(Call& call, ChannelKey channel) {
    if (channel.type == ChannelType::person) {
        co_return std::vector<Uid>(1, Uid(other_side(channel, call.user)));
    }
    auto listing =
        service::list_of(call.world(), std::move(channel), storage::ListKind::subscriber);
    auto members = co_await listing;
    if (!members) co_return std::unexpected(members.error());
    if (std::erase(*members, call.user) == 0) co_return std::unexpected(Errc::not_a_member);
    co_return std::move(*members);
}

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::optional<std::vector<Uid>> uids_of(const std::vector<std::string>& names, std::size_t max) {
    if (names.empty() || names.size() > max) return std::nullopt;
    std::vector<Uid> uids;
    for (const auto& name : names) {
        auto uid = domain::easemob_uid(name);
        if (!uid) return std::nullopt;
        if (std::ranges::find(uids, *uid) == uids.end()) uids.push_back(std::move(*uid));
    }
    return uids;
}

std::vector<std::string> split(std::string_view list) {
    std::vector<std::string> parts;
    for (;;) {
        const auto comma = list.find(',');
        if (comma > 0 && !list.empty()) parts.emplace_back(list.substr(0, comma));
        if (comma == std::string_view::npos) return parts;
        list.remove_prefix(comma + 1);
    }
}

Task<std::optional<http::Response>> missing_user(Call& call, Uid uid) {
    auto looking = service::easemob_user(call.world(), std::move(uid));
    const auto user = co_await looking;
    if (!user) co_return failed(call, user.error());
    co_return std::nullopt;
}

Task<std::optional<http::Response>> missing_members(Call& call, std::vector<Uid> uids) {
    for (const auto& uid : uids) {
        auto looking = service::easemob_user(call.world(), uid);
        const auto user = co_await looking;
        if (user) continue;
        if (user.error() != Errc::not_found || !call.bearer.is_app) {
            co_return failed(call, user.error());
        }
        co_return failed(call,
                         {404,
                          "resource_not_found",
                          "ResourceNotFoundException",
                          "username " + uid.value() + " doesn't exist!"});
    }
    co_return std::nullopt;
}

ChannelKey group_of_path(const Call& call) {
    return service::group_channel(call.capture("group"));
}

Task<std::expected<service::GroupView, http::Response>> group_seen(Call& call) {
    auto viewing = service::group_of(call.world(), group_of_path(call));
    auto view = co_await viewing;
    if (!view) co_return std::unexpected(group_failed(call, view.error(), call.capture("group")));
    if (!call.bearer.is_app && view->member(call.bearer.uid) == nullptr) {
        co_return std::unexpected(group_failed(call, Errc::not_a_member, call.capture("group")));
    }
    co_return std::move(*view);
}

bool may_see(const Call& call, const service::GroupView& view) {
    return call.bearer.is_app || view.row.is_public || view.member(call.bearer.uid) != nullptr;
}

http::Response exceeds_limit(const Call& call, std::string text) {
    return failed(call, {403, "exceed_limit", "ExceedLimitException", std::move(text)});
}

http::Response group_failed(const Call& call, Errc error, std::string_view group, const Uid& uid) {
    const Uid& meant = uid.value().empty() ? call.bearer.uid : uid;
    switch (error) {
        case Errc::not_found:
            return failed(call,
                          {404,
                           "resource_not_found",
                           "ResourceNotFoundException",
                           "grpID " + std::string(group) + " does not exist!"});
        case Errc::not_a_member:
            return forbidden(call, "users [" + meant.value() + "] are not members of this group!");
        case Errc::denied:
            return failed(call,
                          {403,
                           "forbidden_op",
                           "ForbiddenOpException",
                           "user has no permission to operate this group!",
                           60002});
        case Errc::conflict:
            return forbidden(call, "invite users to join group failed, reason: already in group");
        case Errc::too_big:
            return forbidden(call, "group member list is full!");
        default:
            return failed(call, error);
    }
}

Slice slice_of(const Call& call,
               std::size_t count,
               std::string_view size_name,
               std::size_t size,
               std::size_t size_max) {
    Slice slice;
    slice.first = static_cast<std::size_t>(number_in_query(call, "cursor", 0, 0, count));
    size = static_cast<std::size_t>(number_in_query(call, size_name, size, 1, size_max));
    slice.last = std::min(slice.first + size, count);
    if (slice.last < count) slice.cursor = std::to_string(slice.last);
    return slice;
}

Slice page_of(const Call& call,
              std::size_t count,
              std::string_view number_name,
              std::string_view size_name,
              std::size_t first_page,
              std::size_t size) {
    constexpr std::size_t pages_max = 1'000'000;
    size = static_cast<std::size_t>(number_in_query(call, size_name, size, 1, 1000));
    const auto page = static_cast<std::size_t>(
        number_in_query(call, number_name, first_page, first_page, pages_max));
    Slice slice;
    slice.first = std::min((page - first_page) * size, count);
    slice.last = std::min(slice.first + size, count);
    return slice;
}

}  // namespace fenshen::api::easemob
