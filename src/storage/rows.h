// SPDX-License-Identifier: Apache-2.0
// The rows that we keep: what is in them, under which key, and how they are read. A row begins with
// a format number; one that a release does not know is refused as store_corrupt, never misread.
// Functions that read take a Store and may wait for the disk: call them on the blocking pool, or
// when a thing is loaded.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "model/channel.h"
#include "model/error.h"
#include "model/ids.h"
#include "model/message.h"
#include "storage/batch.h"
#include "storage/store.h"

namespace fenshen::storage {

// --- accounts
// -------------------------------------------------------------------------------------------------------

struct AccountRow {
    ChannelFlags flags;  ///< what /channel/info sets for a person: ban, disband, send_ban, ...
    WallTime created_at;
    bool operator==(const AccountRow&) const = default;
};
void put_account(Batch& batch, const Uid& uid, const AccountRow& row);
Result<std::optional<AccountRow>> read_account(const Store& store, SlotId slot, const Uid& uid);

struct TokenRow {
    DeviceClass device_class;
    DeviceLevel level = DeviceLevel::secondary;
    Bytes token_hash;  ///< keyed hash; empty once revoked
    WallTime registered_at;
    bool operator==(const TokenRow&) const = default;
};
void put_token(Batch& batch, const Uid& uid, const TokenRow& row);
Result<std::vector<TokenRow>> read_tokens(const Store& store, SlotId slot, const Uid& uid);

/// Which class a token is of, by its hash: for saying whose it may be, not for letting in. In the
/// account's slot; put, and erased, along with the token.
void put_token_class(Batch& batch, const Uid& uid, BytesView token_hash, DeviceClass device_class);
void erase_token_class(Batch& batch, const Uid& uid, BytesView token_hash);
Result<std::optional<DeviceClass>> find_token_class(const Store& store,
                                                    SlotId slot,
                                                    BytesView token_hash);

/// A device policy that counts for this account in place of the general one.
struct AccountPolicyRow {
    WallTime changed_at;
    std::optional<WallTime> expires_at;
    Bytes policy;  ///< service/devices/policy_record.h
    bool operator==(const AccountPolicyRow&) const = default;
};
void put_account_policy(Batch& batch, const Uid& uid, const AccountPolicyRow& row);
void erase_account_policy(Batch& batch, const Uid& uid);
Result<std::optional<AccountPolicyRow>> read_account_policy(const Store& store,
                                                            SlotId slot,
                                                            const Uid& uid);

/// The account's Easemob side: there is one while there is this row (easemob-config).
struct CredentialRow {
    std::uint64_t generation = 0;  ///< tokens of another one are dead; drawn by lot
    Bytes password_salt;           ///< empty, with the hash: no password lets in
    Bytes password_hash;
    std::uint8_t password_work = 0;  ///< what the hash cost, as a power of two
    std::string nickname;
    WallTime created_at;
    WallTime modified_at;
    bool operator==(const CredentialRow&) const = default;
};
void put_credential(Batch& batch, const Uid& uid, const CredentialRow& row);
void erase_credential(Batch& batch, const Uid& uid);
Result<std::optional<CredentialRow>> read_credential(const Store& store,
                                                     SlotId slot,
                                                     const Uid& uid);
/// The uids of one slot that have one, in no order that means anything; those behind `after` in
/// that order (none: all), at most `count_max`.
Result<std::vector<Uid>> read_credential_uids(const Store& store,
                                              SlotId slot,
                                              const std::optional<Uid>& after,
                                              std::size_t count_max);

/// How a device's last session ended.
struct LastEnd {
    std::string why;  ///< "replaced", "kicked", "lost", ... (v1-api); empty: none has ended yet
    WallTime at;
    std::string rule;  ///< empty: no rule ended it
    std::string by;    ///< JSON text of who caused it, or empty
    bool operator==(const LastEnd&) const = default;
};

/// A device that the account has used, online or not (the registry of architecture 4).
struct DeviceRow {
    DeviceClass device_class;
    DeviceId device_id;
    DeviceLevel level = DeviceLevel::secondary;
    std::string protocol;  ///< "wukong", "msync"
    std::string client;    ///< as far as the protocol tells: "wkproto 5"
    std::string name;
    std::string last_address;
    WallTime first_seen;
    WallTime last_login;
    WallTime last_seen;
    LastEnd last_end;
    bool operator==(const DeviceRow&) const = default;
};
void put_device(Batch& batch, const Uid& uid, const DeviceRow& row);
void erase_device(Batch& batch,
                  const Uid& uid,
                  DeviceClass device_class,
                  const DeviceId& device_id);
Result<std::vector<DeviceRow>> read_devices(const Store& store, SlotId slot, const Uid& uid);

/// Which messages an MSync device has: all up to a message id, and some beyond it. What is newer
/// and not among these it has missed.
struct DeviceSyncedRow {
    DeviceClass device_class;
    DeviceId device_id;
    MessageId floor;
    std::vector<MessageId> beyond;  ///< ascending, greater than `floor`
    bool operator==(const DeviceSyncedRow&) const = default;
};
void put_device_synced(Batch& batch, const Uid& uid, const DeviceSyncedRow& row);
void erase_device_synced(Batch& batch,
                         const Uid& uid,
                         DeviceClass device_class,
                         const DeviceId& device_id);
Result<std::vector<DeviceSyncedRow>> read_devices_synced(const Store& store,
                                                         SlotId slot,
                                                         const Uid& uid);

/// One entry of the account's login history: logins, refusals, kicks, token changes.
struct LoginEventRow {
    std::uint64_t number = 0;  ///< ascending within the account
    WallTime at;
    std::string what;  ///< "login", "refused", "ended", "lost", "token_set", ... (spec v1-api)
    std::string why;
    std::string rule;
    DeviceClass device_class;
    DeviceId device_id;
    std::string protocol;
    std::string address;
    std::string by;  ///< JSON text of who caused it, or empty
    bool operator==(const LoginEventRow&) const = default;
};
void put_login_event(Batch& batch, const Uid& uid, const LoginEventRow& row);
void erase_login_events_before(Batch& batch, const Uid& uid, std::uint64_t number);
/// Newest first, with number < before (0: from the newest), at most `count_max`.
Result<std::vector<LoginEventRow>> read_login_events(
    const Store& store, SlotId slot, const Uid& uid, std::uint64_t before, std::size_t count_max);
Result<std::optional<LoginEventRow>> read_oldest_login_event(const Store& store,
                                                             SlotId slot,
                                                             const Uid& uid);

// --- lists
// ----------------------------------------------------------------------------------------------------------

enum class ListKind : std::uint8_t { subscriber = 1, deny = 2, allow = 3 };

/// Lists of a person: who may not, or who alone may, write to this account. In the account's slot.
void put_person_listed(Batch& batch, const Uid& owner, ListKind kind, const Uid& other);
void erase_person_listed(Batch& batch, const Uid& owner, ListKind kind, const Uid& other);
void erase_person_list(Batch& batch, const Uid& owner, ListKind kind);
Result<bool> is_person_listed(
    const Store& store, SlotId slot, const Uid& owner, ListKind kind, const Uid& other);
Result<std::vector<Uid>> read_person_list(const Store& store,
                                          SlotId slot,
                                          const Uid& owner,
                                          ListKind kind);

/// Lists of any other channel. In the channel's slot.
void put_member(Batch& batch, const ChannelKey& channel, ListKind kind, const Uid& uid);
void erase_member(Batch& batch, const ChannelKey& channel, ListKind kind, const Uid& uid);
void erase_members(Batch& batch, const ChannelKey& channel, ListKind kind);
Result<bool> is_member(
    const Store& store, SlotId slot, const ChannelKey& channel, ListKind kind, const Uid& uid);
Result<std::vector<Uid>> read_members(const Store& store,
                                      SlotId slot,
                                      const ChannelKey& channel,
                                      ListKind kind);

// --- channels and messages
// -------------------------------------------------------------------------------------------

struct ChannelRow {
    ChannelFlags flags;
    WallTime created_at;
    bool operator==(const ChannelRow&) const = default;
};
void put_channel(Batch& batch, const ChannelKey& channel, const ChannelRow& row);
Result<std::optional<ChannelRow>> read_channel(const Store& store,
                                               SlotId slot,
                                               const ChannelKey& channel);

/// One key a message; its value holds everything, checksummed. Precondition: message.seq > 0.
void put_message(Batch& batch, const Message& message);
/// 0 when the channel never had one.
Result<MessageSeq> read_last_seq(const Store& store, SlotId slot, const ChannelKey& channel);
/// What a page of messages may come to, whoever asks for how many: `message_bytes` together.
inline constexpr std::size_t page_bytes_max = 16UL * 1024 * 1024;
/// What a message takes: its payload, and its other texts, which a client may make long as well.
std::size_t message_bytes(const Message& message);

struct MessageSlice {
    std::vector<Message> messages;  ///< ascending
    std::size_t bytes = 0;          ///< `message_bytes` together
    bool cut = false;               ///< there would have been more, but for `bytes_max`
};
/// Messages with first <= seq <= last: the oldest of them, at most `count_max` and, from the second
/// on, no more than `bytes_max`. A record that cannot be read ends the call with store_corrupt;
/// others of the channel stay readable.
Result<MessageSlice> read_messages(const Store& store,
                                   SlotId slot,
                                   const ChannelKey& channel,
                                   MessageSeq first,
                                   MessageSeq last,
                                   std::size_t count_max,
                                   std::size_t bytes_max = page_bytes_max);
/// The same of the newest: `last` must be no more than the channel's last sequence.
Result<MessageSlice> read_newest_messages(const Store& store,
                                          SlotId slot,
                                          const ChannelKey& channel,
                                          MessageSeq first,
                                          MessageSeq last,
                                          std::size_t count_max,
                                          std::size_t bytes_max = page_bytes_max);
/// Shows messages with first <= seq <= last, ascending, one at a time, until `visit` answers false.
Result<void> visit_messages(const Store& store,
                            SlotId slot,
                            const ChannelKey& channel,
                            MessageSeq first,
                            MessageSeq last,
                            const std::function<bool(Message&&)>& visit);
Result<std::optional<Message>> read_message(const Store& store,
                                            SlotId slot,
                                            const ChannelKey& channel,
                                            MessageSeq seq);
/// The newest message whose id is `id` or less; 0 when there is none. Ids grow with the sequence
/// within a channel, so this is a binary search over the log.
Result<MessageSeq> read_seq_until(const Store& store,
                                  SlotId slot,
                                  const ChannelKey& channel,
                                  MessageId id);
/// By id, in the same way.
Result<std::optional<Message>> find_message(const Store& store,
                                            SlotId slot,
                                            const ChannelKey& channel,
                                            MessageId id);

// --- conversations
// ---------------------------------------------------------------------------------------------------

enum class ConversationKind : std::uint8_t { chat = 1, command = 2 };

/// Exists once the account entered the channel. Unread and last message are computed when asked
/// (architecture 7).
struct ConversationRow {
    ChannelKey channel;
    ConversationKind kind = ConversationKind::chat;
    MessageSeq read_to;
    MessageSeq deleted_to;
    WallTime created_at;
    WallTime updated_at;
    bool operator==(const ConversationRow&) const = default;
};
void put_conversation(Batch& batch, const Uid& uid, const ConversationRow& row);
void erase_conversation(Batch& batch, const Uid& uid, const ChannelKey& channel);
Result<std::optional<ConversationRow>> read_conversation(const Store& store,
                                                         SlotId slot,
                                                         const Uid& uid,
                                                         const ChannelKey& channel);
Result<std::vector<ConversationRow>> read_conversations(const Store& store,
                                                        SlotId slot,
                                                        const Uid& uid);

// --- effects between slots
// -------------------------------------------------------------------------------------------

/// What another slot has still to learn (cluster-design 10): written in the batch that causes it,
/// erased once the target has committed it.
struct EffectRow {
    std::uint64_t number = 0;  ///< ascending within the source slot
    SlotId target;
    Bytes payload;
    bool operator==(const EffectRow&) const = default;
};
void put_effect(Batch& batch, const EffectRow& row);
void erase_effect(Batch& batch, std::uint64_t number);
Result<std::vector<EffectRow>> read_effects(const Store& store, SlotId slot);
void put_effect_taken(Batch& batch, SlotId source, std::uint64_t number);
Result<std::uint64_t> read_effect_taken(const Store& store, SlotId slot, SlotId source);

// --- the whole server (slot 0)
// -----------------------------------------------------------------------------------------

void put_system_uid(Batch& batch, const Uid& uid);
void erase_system_uid(Batch& batch, const Uid& uid);
Result<std::vector<Uid>> read_system_uids(const Store& store);
void put_setting(Batch& batch, std::string_view name, BytesView value);
Result<std::optional<Bytes>> read_setting(const Store& store, std::string_view name);

/// A version of the general device policy; the one with the highest number is in force.
struct PolicyVersionRow {
    std::uint64_t version = 0;  ///< ascending from 1
    WallTime changed_at;
    std::string changed_by;
    Bytes policy;  ///< service/devices/policy_record.h
    bool operator==(const PolicyVersionRow&) const = default;
};
void put_policy_version(Batch& batch, const PolicyVersionRow& row);
void erase_policy_versions_before(Batch& batch, std::uint64_t version);
/// Newest first, with version < before (0: from the newest), at most `count_max`.
Result<std::vector<PolicyVersionRow>> read_policy_versions(const Store& store,
                                                           std::uint64_t before,
                                                           std::size_t count_max);

}  // namespace fenshen::storage
