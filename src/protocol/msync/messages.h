// SPDX-License-Identifier: Apache-2.0
// The envelope of MSync and the payloads of its commands (msync-wire 3 to 8; the schema is
// msync.proto beside this file) as plain structs. What is absent on the wire is an empty optional:
// the web SDK tells an absent field from a zero. Texts and bytes are views: into what they were
// decoded from, or into whatever the writer owns. A message that is kept longer must be copied.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"

namespace fenshen::msync {

// Enumerations are open: decoding lets every number through, and writing it gives the same number.
// A value without a name is the peer's own.

/// A user, a group or chat room, one device of a user, or the system.
struct Jid {
    std::optional<std::string_view> app_key{};          ///< "org#app"
    std::optional<std::string_view> name{};             ///< user id, or group, chat room, thread id
    std::optional<std::string_view> domain{};           ///< domain_users, domain_groups (jid.h)
    std::optional<std::string_view> client_resource{};  ///< the device; absent: every device
    bool operator==(const Jid&) const = default;
};

/// An entry of application data. Which value a type goes with is in msync-wire 8.3; nothing here
/// holds the two together.
struct KeyValue {
    enum class Type : std::int32_t {
        boolean = 1,
        int32 = 2,
        uint32 = 3,
        int64 = 4,
        float32 = 5,
        float64 = 6,
        string = 7,
        json_string = 8,
    };
    using Value = std::variant<std::monostate, std::int64_t, float, double, std::string_view>;

    std::optional<std::string_view> key{};
    std::optional<Type> type{};
    Value value{};
    bool operator==(const KeyValue&) const = default;
};

enum class EncryptType : std::int32_t { none = 0, aes_128_cbc = 1, aes_256_cbc = 2 };

enum class Version : std::int32_t { v1 = 0, v2 = 1 };

enum class Command : std::int32_t {
    sync = 0,       ///< SyncUl up, SyncDl down
    unread = 1,     ///< nothing up, UnreadDl down
    notice = 2,     ///< Notice, down only
    provision = 3,  ///< Provision both ways
    logout = 4,     ///< Logout both ways
};

/// `MSync`: one binary WebSocket message is one of these, with nothing around it (msync-wire 3).
struct Envelope {
    std::optional<Version> version{};
    std::optional<Jid> guid{};               ///< Provision and Logout only
    std::optional<std::string_view> auth{};  ///< "$t$" and the token; Provision and Logout only
    std::optional<std::uint32_t> compress_algorithm{};
    std::optional<std::uint32_t> crypto{};
    std::optional<std::string_view> user_agent{};
    std::optional<std::uint64_t> pov{};
    std::optional<Command> command{};
    std::optional<BytesView> payload{};  ///< a message by `command`, serialized
    std::optional<std::uint32_t> device_id{};
    std::vector<EncryptType> encrypt_type{};
    std::optional<std::string_view> encrypt_key{};
    std::optional<std::uint64_t> trace_id{};
    bool operator==(const Envelope&) const = default;
};

/// Decides how `Meta::payload` reads. An absent one means statistic (msync-wire 9): always set it.
enum class Namespace : std::int32_t {
    statistic = 0,   ///< StatisticsBody
    chat = 1,        ///< MessageBody
    muc = 2,         ///< MucBody
    roster = 3,      ///< RosterBody
    conference = 4,  ///< ConferenceBody
    notify = 5,      ///< JSON text (notify.h)
    query = 6,       ///< not handled by the web SDK
};

enum class RouteType : std::int32_t {
    all = 0,
    online = 1,  ///< only to devices that are online now
    direct = 2,  ///< only to Meta::directed_users
};

/// One message or event (msync-wire 8.1, 9).
struct Meta {
    std::optional<std::uint64_t> id{};
    std::optional<Jid> from{};
    std::optional<Jid> to{};
    std::optional<std::uint64_t> timestamp_ms{};
    std::optional<Namespace> ns{};
    std::optional<BytesView> payload{};  ///< a body by `ns`, byte for byte as it came
    std::optional<RouteType> route_type{};
    std::vector<KeyValue> ext{};
    std::optional<BytesView> meta{};  ///< JSON text, with the rule of notify.h
    std::vector<std::string_view> directed_users{};
    bool operator==(const Meta&) const = default;
};

enum class StatusCode : std::int32_t {
    ok = 0,
    fail = 1,
    unauthorized = 2,
    missing_parameter = 3,
    wrong_parameter = 4,
    redirect = 5,
    token_expired = 6,
    permission_denied = 7,
    no_route = 8,
    unknown_command = 9,
    pb_parser_error = 10,
    bind_another_device = 11,
    im_forbidden = 12,
    too_many_devices = 13,
    platform_limit = 14,
    user_muted = 15,
    encrypt_disable = 16,
    encrypt_enable = 17,
    decrypt_failure = 18,
    permission_denied_external = 19,
    resource_changed = 20,
};

struct RedirectInfo {
    std::optional<std::string_view> host{};
    std::optional<std::uint32_t> port{};
    bool operator==(const RedirectInfo&) const = default;
};

/// What the SDK makes of a code and a reason is in msync-wire 7.1 and 7.3.
struct Status {
    std::optional<StatusCode> error_code{};
    std::optional<std::string_view> reason{};
    std::vector<RedirectInfo> redirect_info{};
    bool operator==(const Status&) const = default;
};

/// Sends one Meta, or acknowledges and asks for a queue (msync-wire 5.1, 8.1).
struct SyncUl {
    std::optional<Meta> meta{};
    std::optional<std::uint64_t> key{};  ///< acknowledges up to here; absent: from the oldest on
    std::optional<Jid> queue{};
    std::optional<bool> is_roam{};
    std::optional<std::uint64_t> last_full_roam_key{};
    bool operator==(const SyncUl&) const = default;
};

/// Answers both, and kicks. `status` is never absent, nor `queue` where there are metas
/// (msync-wire 5.2, 13).
struct SyncDl {
    std::optional<Status> status{};
    std::optional<std::uint64_t> meta_id{};  ///< of the Meta that was sent; absent for a queue
    std::optional<std::uint64_t> server_id{};
    /// Each a serialized Meta, as it was stored: neither read nor judged on the way through.
    std::vector<BytesView> metas{};
    std::optional<std::uint64_t> next_key{};
    std::optional<Jid> queue{};
    std::optional<bool> is_last{};
    std::optional<std::uint64_t> timestamp_ms{};
    std::optional<bool> is_roam{};
    bool operator==(const SyncDl&) const = default;
};

/// "This queue has something."
struct Notice {
    std::optional<Jid> queue{};
    bool operator==(const Notice&) const = default;
};

/// The web SDK sends no payload at all in its place.
struct UnreadUl {
    bool operator==(const UnreadUl&) const = default;
};

struct MetaQueue {
    std::optional<Jid> queue{};
    std::optional<std::uint32_t> metas_waiting{};
    bool operator==(const MetaQueue&) const = default;
};

/// Every queue that has something (msync-wire 5.4).
struct UnreadDl {
    std::optional<Status> status{};
    std::vector<MetaQueue> unread{};
    std::optional<std::uint64_t> timestamp_ms{};  ///< the SDK holds it against its token's end
    bool operator==(const UnreadDl&) const = default;
};

enum class OsType : std::int32_t {
    ios = 0,
    android = 1,
    linux_os = 2,
    osx = 3,
    windows = 4,
    custom = 5,  ///< with Provision::os_custom_value
    other = 16,  ///< the web SDK
};

enum class NetworkType : std::int32_t { none = 0, wifi = 1, g4 = 2, g3 = 3, g2 = 4, wire = 5 };

enum class CompressType : std::int32_t { none = 0, zlib = 1, lz4 = 2 };

enum class CompressDirection : std::int32_t { only_up = 0, only_down = 1, both = 2 };

/// Login, and its answer (msync-wire 4). An answer has `status` and `resource`, and no
/// `protocol_compress_type`: that would accept what the client proposed.
struct Provision {
    std::optional<OsType> os_type{};
    std::optional<std::string_view> version{};
    std::optional<NetworkType> network_type{};
    std::optional<std::string_view> app_sign{};
    std::vector<CompressType> compress_type{};
    std::vector<EncryptType> encrypt_type{};
    std::optional<std::string_view> encrypt_key{};
    std::optional<Status> status{};
    std::optional<std::string_view> device_uuid{};
    std::optional<bool> is_manual_login{};
    std::optional<std::string_view> password{};
    std::optional<std::string_view> device_name{};
    std::optional<std::string_view> resource{};
    std::optional<std::string_view> auth{};
    std::optional<std::string_view> service_id{};
    std::optional<std::string_view> action_version{};
    std::optional<std::string_view> auth_token{};  ///< JSON text, a different one each way
    std::optional<std::uint32_t> os_custom_value{};
    std::optional<std::string_view> session_id{};
    std::optional<std::string_view> reason{};  ///< for the devices that this login ends
    std::vector<CompressType> protocol_compress_type{};
    std::optional<CompressDirection> protocol_compress_direction{};
    bool operator==(const Provision&) const = default;
};

struct Logout {
    std::optional<std::string_view> session_id{};
    std::optional<std::string_view> reason{};
    std::optional<Status> status{};
    bool operator==(const Logout&) const = default;
};

}  // namespace fenshen::msync
