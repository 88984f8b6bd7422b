// SPDX-License-Identifier: Apache-2.0
// Every way a call can fail, and how each protocol says it, side by side. A missing row does not
// compile.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <string_view>

namespace fenshen {

enum class Errc : std::uint8_t {
    // who may
    not_authenticated,
    account_banned,
    client_key_missing,
    not_a_member,
    denied,
    not_allowed,
    channel_banned,
    channel_disbanded,
    sender_muted,
    rate_limited,
    // what was said
    bad_request,
    payload_undecodable,
    bad_channel,
    too_big,
    not_found,
    conflict,
    // the machine
    store_unavailable,
    store_corrupt,
    busy,
    not_owner,
    unavailable,
    outcome_unknown,
    stopping,
    internal,
    count_,
};

template <class T>
using Result = std::expected<T, Errc>;

struct ErrorRow {
    Errc code;
    std::string_view name;
    std::uint8_t wukong;  ///< reason code (wukong-wire 3.1)
    std::uint16_t http;
    std::string_view meaning;
};

inline constexpr std::array error_table{
    // clang-format off
    //       code                        name                  wukong http  meaning
    ErrorRow{Errc::not_authenticated,   "not_authenticated",   2,     401, "the token does not let this device in"},
    ErrorRow{Errc::account_banned,      "account_banned",      19,    403, "the account is banned"},
    ErrorRow{Errc::client_key_missing,  "client_key_missing",  21,    400, "CONNECT carries no client key"},
    ErrorRow{Errc::not_a_member,        "not_a_member",        3,     403, "the sender is not a member of the channel"},
    ErrorRow{Errc::denied,              "denied",              4,     403, "the sender is on the deny list"},
    ErrorRow{Errc::not_allowed,         "not_allowed",         13,    403, "there is an allow list without the sender"},
    ErrorRow{Errc::channel_banned,      "channel_banned",      19,    403, "the channel is banned"},
    ErrorRow{Errc::channel_disbanded,   "channel_disbanded",   24,    410, "the channel is disbanded"},
    ErrorRow{Errc::sender_muted,        "sender_muted",        25,    403, "the sender is muted everywhere"},
    ErrorRow{Errc::rate_limited,        "rate_limited",        22,    429, "too many attempts; wait"},
    ErrorRow{Errc::bad_request,         "bad_request",         20,    400, "the request does not fit the protocol"},
    ErrorRow{Errc::payload_undecodable, "payload_undecodable", 9,     400, "message key or payload cannot be decoded"},
    ErrorRow{Errc::bad_channel,         "bad_channel",         16,    400, "no such kind of channel, or a bad channel id"},
    ErrorRow{Errc::too_big,             "too_big",             20,    413, "larger than the limit"},
    ErrorRow{Errc::not_found,           "not_found",           5,     404, "there is no such thing"},
    ErrorRow{Errc::conflict,            "conflict",            28,    409, "somebody changed it in between"},
    ErrorRow{Errc::store_unavailable,   "store_unavailable",   15,    503, "the store did not take the change"},
    ErrorRow{Errc::store_corrupt,       "store_corrupt",       15,    500, "a stored record cannot be read"},
    ErrorRow{Errc::busy,                "busy",                15,    503, "too much under way; try again"},
    ErrorRow{Errc::not_owner,           "not_owner",           15,    503, "another node owns this; try again"},
    ErrorRow{Errc::unavailable,         "unavailable",         15,    503, "not served at the moment; try again"},
    ErrorRow{Errc::outcome_unknown,     "outcome_unknown",     15,    504, "may have happened; ask again with the same number"},
    ErrorRow{Errc::stopping,            "stopping",            15,    503, "the server is stopping; connect again"},
    ErrorRow{Errc::internal,            "internal",            15,    500, "a fault in the server"},
    // clang-format on
};

constexpr bool every_code_has_its_row() {
    if (error_table.size() != static_cast<std::size_t>(Errc::count_)) return false;
    for (std::size_t i = 0; i < error_table.size(); ++i) {
        if (error_table[i].code != static_cast<Errc>(i)) return false;
    }
    return true;
}
static_assert(every_code_has_its_row());

constexpr const ErrorRow& row_of(Errc code) {
    return error_table[static_cast<std::size_t>(code)];
}

}  // namespace fenshen
