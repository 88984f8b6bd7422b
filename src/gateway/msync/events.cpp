// SPDX-License-Identifier: Apache-2.0
#include "gateway/msync/events.h"

#include <charconv>
#include <optional>
#include <string>

#include "model/names.h"
#include "protocol/msync/codec.h"
#include "protocol/msync/jid.h"
#include "protocol/msync/notify.h"

namespace fenshen::gateway {

namespace {

using service::AccountEvent;
using Kind = service::AccountEventKind;
using Muc = msync::MucBody::Operation;
using Roster = msync::RosterBody::Operation;

/// Who acts where no account does (easemob-multidevice 5.2).
constexpr std::string_view app_name = "admin";

struct Reader {
    const AccountEvent& event;
    const Uid& uid;
    std::string_view app_key;

    bool is_own() const { return event.origin.uid == uid; }
    msync::Jid user(std::string_view name) const {
        return {.app_key = app_key, .name = name, .domain = msync::domain_users};
    }
    msync::Jid group(std::string_view id) const {
        return {.app_key = app_key, .name = id, .domain = msync::domain_groups};
    }
    msync::Jid actor() const {
        const auto& by = event.origin;
        auto jid = user(by.uid.value().empty() ? app_name : std::string_view(by.uid.value()));
        if (is_own() && !by.device_id.value().empty()) jid.client_resource = by.device_id.value();
        return jid;
    }
    bool is_person() const { return event.channel.type == ChannelType::person; }
    /// The conversation's other side, as this account sees it.
    std::string_view conversation() const {
        if (!is_person()) return event.channel.id;
        const auto pair = split_person_id(event.channel.id);
        return pair.first == uid.value() ? pair.second : pair.first;
    }
    msync::ConversationKind kind() const {
        return is_person() ? msync::ConversationKind::single : msync::ConversationKind::group;
    }
    std::uint64_t at_ms() const { return static_cast<std::uint64_t>(event.at.ms); }
};

/// Grows with time, as ids of messages do, and is the same each time the event is told.
std::uint64_t id_of(const AccountEvent& event, std::size_t part) {
    constexpr unsigned number_bits = 16;
    constexpr unsigned part_bits = 6;
    const std::uint64_t number = event.number % (std::uint64_t{1} << number_bits);
    const std::uint64_t last = part % (std::size_t{1} << part_bits);
    return (static_cast<std::uint64_t>(event.at.ms) << (number_bits + part_bits)) |
           (number << part_bits) | last;
}

void add_meta(std::vector<Bytes>& metas,
              const Reader& reader,
              msync::Namespace ns,
              const msync::Jid& to,
              BytesView payload) {
    msync::Meta meta;
    meta.id = id_of(reader.event, metas.size());
    meta.from = reader.actor();
    meta.to = to;
    meta.timestamp_ms = reader.at_ms();
    meta.ns = ns;
    meta.payload = payload;
    msync::encode(metas.emplace_back(), meta);
}

// --- contacts (msync-wire 10.3)

std::optional<Roster> roster_of(const Reader& reader) {
    switch (reader.event.kind) {
        case Kind::contact_invited:
            return Roster::add;
        case Kind::contact_added:
            return Roster::accept;
        case Kind::contact_agreed:
            return Roster::remote_accept;
        case Kind::contact_refused:
            return reader.is_own() ? Roster::decline : Roster::remote_decline;
        case Kind::contact_deleted:
            return Roster::remove;
        case Kind::contact_blocked:
            return Roster::ban;
        case Kind::contact_unblocked:
            return Roster::allow;
        default:
            return std::nullopt;
    }
}

void add_roster(std::vector<Bytes>& metas, const Reader& reader, Roster operation) {
    const AccountEvent& event = reader.event;
    if (event.uids.empty()) return;
    msync::RosterBody body;
    body.operation = operation;
    body.from = reader.actor();
    body.to.push_back(reader.user(event.uids.front().value()));
    body.reason = event.text;
    Bytes payload;
    msync::encode(payload, body);
    add_meta(metas, reader, msync::Namespace::roster, reader.user(reader.uid.value()), payload);
}

// --- groups and what an account does to its threads (msync-wire 10.1, 10.4)

struct MucRow {
    Kind kind;
    Muc operation;
    bool one_each = false;  ///< readers look at the first `to` only: a meta for each who is meant
};
constexpr MucRow muc_table[] = {
    {Kind::group_created, Muc::create},
    {Kind::group_destroyed, Muc::destroy},
    {Kind::group_joined, Muc::join},
    {Kind::group_left, Muc::leave},
    {Kind::group_apply, Muc::apply},
    {Kind::group_apply_accepted, Muc::apply_accept},
    {Kind::group_apply_declined, Muc::apply_decline},
    {Kind::group_invited, Muc::invite},
    {Kind::group_invite_accepted, Muc::invite_accept},
    {Kind::group_invite_declined, Muc::invite_decline},
    {Kind::group_member_removed, Muc::kick},
    {Kind::group_member_blocked, Muc::ban},
    {Kind::group_member_unblocked, Muc::allow},
    {Kind::group_updated, Muc::update},
    {Kind::group_member_came, Muc::presence},
    {Kind::group_member_gone, Muc::absence},
    {Kind::group_direct_joined, Muc::direct_joined},
    {Kind::group_owner_changed, Muc::assign_owner},
    {Kind::group_admin_added, Muc::add_admin, true},
    {Kind::group_admin_removed, Muc::remove_admin, true},
    {Kind::group_member_muted, Muc::add_mute, true},
    {Kind::group_member_unmuted, Muc::remove_mute, true},
    {Kind::group_announcement, Muc::update_announcement},
    {Kind::group_file_added, Muc::upload_file},
    {Kind::group_file_removed, Muc::delete_file},
    {Kind::group_allow_added, Muc::add_user_white_list, true},
    {Kind::group_allow_removed, Muc::remove_user_white_list, true},
    {Kind::group_all_muted, Muc::ban_group},
    {Kind::group_all_unmuted, Muc::remove_ban_group},
    {Kind::group_shielded, Muc::block},
    {Kind::group_unshielded, Muc::unblock},
    {Kind::member_attributes, Muc::group_member_metadata_update},
    {Kind::thread_created, Muc::thread_create},
    {Kind::thread_destroyed, Muc::thread_destroy},
    {Kind::thread_joined, Muc::thread_join},
    {Kind::thread_left, Muc::thread_leave},
    {Kind::thread_renamed, Muc::thread_update},
    {Kind::thread_member_removed, Muc::thread_kick},
};

const MucRow* muc_row_of(Kind kind) {
    for (const auto& row : muc_table) {
        if (row.kind == kind) return &row;
    }
    return nullptr;
}

/// Texts that a body points to while it is written.
struct MucTexts {
    std::string ext;
    std::string event_ext;
};

void append_json_text(std::string& out, std::string_view text) {
    // User ids hold nothing that JSON would have to escape.
    out += '"';
    out += text;
    out += '"';
}

void fill_by_kind(msync::MucBody& body, MucTexts& texts, const Reader& reader) {
    const AccountEvent& event = reader.event;
    switch (event.kind) {
        case Kind::group_announcement:
            if (event.text.empty()) body.operation = Muc::delete_announcement;
            break;
        case Kind::group_member_came:
        case Kind::group_member_gone:
            body.member_count = static_cast<std::int32_t>(event.value);
            if (event.uids.size() > 1) {
                for (const auto& uid : event.uids) body.members.emplace_back(uid.value());
            }
            // It is the member's coming and going, whoever caused it.
            if (!event.uids.empty()) body.from = reader.user(event.uids.front().value());
            break;
        case Kind::group_member_muted:
            texts.ext = "{\"user_mute_time\":" + std::to_string(event.value) + "}";
            body.ext = texts.ext;
            break;
        case Kind::group_updated:
            texts.event_ext = event.detail;
            break;
        case Kind::member_attributes:
            texts.event_ext = "{\"username\":";
            append_json_text(texts.event_ext,
                             event.uids.empty() ? "" : std::string_view(event.uids[0].value()));
            texts.event_ext += ",\"properties\":" + event.detail + "}";
            break;
        default:
            break;
    }
    if (!texts.event_ext.empty()) {
        body.event_info = msync::MucEventInfo{.ext = texts.event_ext};
    }
}

void add_muc(std::vector<Bytes>& metas,
             const Reader& reader,
             const MucRow& row,
             std::vector<msync::Jid> to) {
    const AccountEvent& event = reader.event;
    msync::MucBody body;
    MucTexts texts;
    body.muc_id = reader.group(event.channel.id);
    body.operation = row.operation;
    body.from = reader.actor();
    body.to = std::move(to);
    body.reason = event.text;
    body.is_chatroom = false;
    body.muc_name = event.name;
    if (event.parent.type != ChannelType::none) {
        body.is_thread = true;
        body.muc_parent_id = reader.group(event.parent.id);
    }
    fill_by_kind(body, texts, reader);
    Bytes payload;
    msync::encode(payload, body);
    add_meta(metas, reader, msync::Namespace::muc, reader.user(reader.uid.value()), payload);
}

void add_mucs(std::vector<Bytes>& metas, const Reader& reader, const MucRow& row) {
    const auto& uids = reader.event.uids;
    if (row.one_each) {
        for (const auto& uid : uids) add_muc(metas, reader, row, {reader.user(uid.value())});
        return;
    }
    std::vector<msync::Jid> to;
    for (const auto& uid : uids) to.push_back(reader.user(uid.value()));
    if (to.empty()) to.push_back(reader.user(reader.uid.value()));
    add_muc(metas, reader, row, std::move(to));
}

// --- notices (msync-wire 9.2, 10.1)

template <class Notice>
void add_notice(std::vector<Bytes>& metas, const Reader& reader, const Notice& notice) {
    Bytes json;
    msync::append_json(json, notice);
    add_meta(metas, reader, msync::Namespace::notify, reader.user(reader.uid.value()), json);
}

std::optional<msync::ConversationNotice::Operation> conversation_operation(Kind kind) {
    using Operation = msync::ConversationNotice::Operation;
    switch (kind) {
        case Kind::conversation_pinned:
            return Operation::pin;
        case Kind::conversation_unpinned:
            return Operation::unpin;
        case Kind::conversation_marked:
            return Operation::mark;
        case Kind::conversation_unmarked:
            return Operation::unmark;
        case Kind::conversation_deleted:
            return Operation::remove;
        case Kind::message_pinned:
            return Operation::pin_message;
        case Kind::message_unpinned:
            return Operation::unpin_message;
        default:
            return std::nullopt;
    }
}

void add_conversation(std::vector<Bytes>& metas,
                      const Reader& reader,
                      msync::ConversationNotice::Operation operation) {
    const AccountEvent& event = reader.event;
    std::string ext;
    if (event.kind == Kind::conversation_marked || event.kind == Kind::conversation_unmarked) {
        ext = "mark_" + std::to_string(event.value);
    } else if (event.kind != Kind::conversation_deleted && event.value != 0) {
        ext = std::to_string(event.value);
    }
    msync::ConversationNotice notice;
    notice.operation = operation;
    notice.id = reader.conversation();
    notice.kind = reader.kind();
    notice.timestamp_ms = reader.at_ms();
    notice.resource = event.origin.device_id.value();
    notice.from = event.origin.uid.value();
    notice.ext = ext;
    add_notice(metas, reader, notice);
}

void add_silent_mode(std::vector<Bytes>& metas, const Reader& reader) {
    using Target = msync::SilentModeNotice::Target;
    const AccountEvent& event = reader.event;
    msync::SilentModeNotice notice;
    notice.resource = event.origin.device_id.value();
    if (event.channel.type == ChannelType::none) {
        // The whole app goes by the account's own name (easemob-multidevice 5.5).
        notice.target = Target::user;
        notice.id = reader.uid.value();
    } else {
        notice.target = reader.is_person() ? Target::user : Target::group;
        notice.id = reader.conversation();
    }
    if (event.kind == Kind::silent_mode_set) notice.data = event.detail;
    add_notice(metas, reader, notice);
}

std::optional<msync::ThreadNotice::Operation> thread_operation(Kind kind) {
    using Operation = msync::ThreadNotice::Operation;
    switch (kind) {
        case Kind::thread_seen_created:
            return Operation::create;
        case Kind::thread_seen_renamed:
            return Operation::update;
        case Kind::thread_seen_destroyed:
            return Operation::remove;
        default:
            return std::nullopt;
    }
}

void add_thread(std::vector<Bytes>& metas,
                const Reader& reader,
                msync::ThreadNotice::Operation operation) {
    const AccountEvent& event = reader.event;
    const std::string message = std::to_string(event.value);
    msync::ThreadNotice notice;
    notice.operation = operation;
    notice.id = event.channel.id;
    notice.name = event.name;
    notice.muc_parent_id = event.parent.id;
    notice.msg_parent_id = message;
    notice.timestamp_ms = reader.at_ms();
    notice.from = reader.actor().name.value_or("");
    std::uint32_t count = 0;
    const char* const end = event.text.data() + event.text.size();
    if (std::from_chars(event.text.data(), end, count).ec == std::errc{}) {
        notice.message_count = count;
    }
    add_notice(metas, reader, notice);
}

void add_reaction(std::vector<Bytes>& metas, const Reader& reader) {
    const AccountEvent& event = reader.event;
    const std::string message = std::to_string(event.value);
    msync::ReactionNotice notice;
    notice.from = event.origin.uid.value();
    notice.to = reader.is_person() ? std::string_view(reader.uid.value()) : event.channel.id;
    notice.kind = reader.kind();
    notice.message_id = message;
    notice.reactions = event.text;
    notice.timestamp_ms = reader.at_ms();
    add_notice(metas, reader, notice);
}

/// The conversation was read on another device: as if that had said so (easemob-multidevice 4).
void add_channel_ack(std::vector<Bytes>& metas, const Reader& reader) {
    if (!reader.is_person() || !reader.is_own()) return;
    const auto peer = reader.user(reader.conversation());
    msync::MessageBody body;
    body.type = msync::MessageType::channel_ack;
    body.from = reader.user(reader.uid.value());
    body.to = peer;
    Bytes payload;
    msync::encode(payload, body);
    add_meta(metas, reader, msync::Namespace::chat, peer, payload);
}

}  // namespace

std::vector<Bytes> metas_of(const AccountEvent& event, const Uid& uid, std::string_view app_key) {
    std::vector<Bytes> metas;
    const Reader reader{event, uid, app_key};
    if (const auto roster = roster_of(reader)) {
        add_roster(metas, reader, *roster);
    } else if (const auto* row = muc_row_of(event.kind)) {
        add_mucs(metas, reader, *row);
    } else if (const auto conversation = conversation_operation(event.kind)) {
        add_conversation(metas, reader, *conversation);
    } else if (const auto thread = thread_operation(event.kind)) {
        add_thread(metas, reader, *thread);
    } else if (event.kind == Kind::roaming_deleted) {
        msync::RoamingDeleteNotice notice;
        notice.to = reader.conversation();
        notice.kind = reader.kind();
        notice.resource = event.origin.device_id.value();
        add_notice(metas, reader, notice);
    } else if (event.kind == Kind::silent_mode_set || event.kind == Kind::silent_mode_cleared) {
        add_silent_mode(metas, reader);
    } else if (event.kind == Kind::message_reacted) {
        add_reaction(metas, reader);
    } else if (event.kind == Kind::conversation_read) {
        add_channel_ack(metas, reader);
    }
    return metas;  // contact_remark, history_cleared: nobody listens (easemob-multidevice 5)
}

}  // namespace fenshen::gateway
