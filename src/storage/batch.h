// SPDX-License-Identifier: Apache-2.0
// A change of durable state: puts and erasures in one slot, all or none. Absolute values only, so
// that to apply a batch twice, or on another machine, gives the same bytes (cluster-design 4, 15).
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "model/error.h"

namespace fenshen::storage {

/// Third byte of every key, behind the slot. Numbers are part of the stored format.
enum class Table : std::uint8_t {
    applied_mark = 0x00,  ///< how far the slot is; only the engine itself writes it
    // slot of an account
    account = 0x10,            ///< uid -> flags of the account
    token = 0x11,              ///< uid, class -> keyed hash, level
    device = 0x12,             ///< uid, class, device id -> the registry
    login_event = 0x13,        ///< uid, time -> the history
    person_list = 0x14,        ///< uid, list kind, other uid
    conversation = 0x15,       ///< uid, channel -> read position, marks
    account_event = 0x16,      ///< uid, number -> the account's event log
    account_policy = 0x17,     ///< uid -> a device policy of its own
    token_class = 0x18,        ///< keyed hash, uid -> class: which token is this?
    credential = 0x19,         ///< uid -> password and generation of the Easemob side
    event_cursor = 0x20,       ///< uid, class, device id -> number of the last event it has
    contact = 0x21,            ///< uid, other uid -> how they stand, remark
    joined = 0x22,             ///< uid, channel -> groups and threads that the account is in
    conversation_mark = 0x23,  ///< uid, channel -> pin, marks, how far history is hidden
    hidden_message = 0x24,     ///< uid, channel, sequence: deleted for this account
    silent_mode = 0x25,        ///< uid, channel (none: the account itself) -> what is silenced
    user_attribute = 0x26,     ///< uid -> what the user tells of itself
    device_synced = 0x2F,      ///< uid, class, device id -> which messages a device has
    // slot of a channel
    channel = 0x30,         ///< channel -> flags, times
    member = 0x31,          ///< channel, list kind, uid
    message = 0x32,         ///< channel, sequence -> message
    group = 0x38,           ///< channel -> what a group or thread is called, and may do
    group_member = 0x39,    ///< channel, uid -> role, mute, attributes
    group_request = 0x3A,   ///< channel, uid -> an application or invitation that waits
    pinned_message = 0x3B,  ///< channel, message id -> who pinned it
    thread = 0x3C,          ///< channel of a group, id of a thread -> the message that it hangs on
    reaction = 0x3D,        ///< channel, message id, reaction, uid -> since when
    message_reader = 0x3E,  ///< channel, message id, uid -> when it was said to be read
    // any slot
    outbox = 0x40,  ///< effects that other slots have still to learn
    inbox = 0x41,   ///< source slot -> number of its last effect taken
    // slot 0
    system_uid = 0x50,
    setting = 0x51,         ///< name -> value: what the operator sets while running
    policy_version = 0x52,  ///< number -> a device policy, the last one in force
};

/// What a batch may change.
bool is_batch_table(Table table);

/// Operations in the order of the calls, back to back in one buffer.
class Batch {
public:
    void put(Table table, BytesView key, BytesView value);
    void erase(Table table, BytesView key);
    /// All keys with from <= key < to; an empty `to`: to the table's end.
    void erase_range(Table table, BytesView from, BytesView to);
    /// Appends all operations of `other`.
    void append(const Batch& other) {
        ops_ += other.ops_;
        count_ += other.count_;
    }

    /// The bytes that stand for this batch, wherever it is applied.
    BytesView encoded() const { return ops_; }
    /// From bytes of another machine: all of them or nothing. Errc: bad_request (not a batch, or
    /// one that names a table this release does not know). Takes no more memory than `ops`.
    static Result<Batch> decode(Bytes ops);

    bool empty() const { return count_ == 0; }
    std::size_t count() const { return count_; }
    std::size_t bytes() const { return ops_.size(); }

    enum class OpKind : std::uint8_t { put = 1, erase = 2, erase_range = 3 };
    struct Op {
        OpKind kind;
        Table table;
        BytesView key;    ///< `from` of a range
        BytesView value;  ///< `to` of a range
    };
    /// Calls `each(const Op&)` in order.
    template <class F>
    void for_each(F&& each) const {
        BytesView rest = ops_;
        Op op{};
        while (take_op(rest, op)) each(static_cast<const Op&>(op));
    }

private:
    static bool take_op(BytesView& rest, Op& op);
    void add(OpKind kind, Table table, BytesView key, BytesView value);

    Bytes ops_;
    std::size_t count_ = 0;
};

}  // namespace fenshen::storage
