// SPDX-License-Identifier: Apache-2.0
// An Easemob client on a WebSocket (msync-wire): Provision and its refusals, heartbeats, messages
// both ways, kicks. Turns frames into service calls and what services decide into frames. Knows no
// socket; lives on its connection's loop. Login and frames are session.cpp, messages to the server
// sending.cpp, to the device receiving.cpp.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/client_session.h"
#include "gateway/msync/answers.h"
#include "gateway/msync/device_queue.h"
#include "gateway/msync/link.h"
#include "gateway/msync/sync_progress.h"
#include "protocol/msync/codec.h"
#include "service/devices/device_sessions.h"
#include "service/messages/missed_messages.h"
#include "service/social/account_events.h"
#include "storage/rows_social.h"

namespace fenshen::gateway {

struct MsyncOptions {
    msync::Limits wire;
    DeviceQueueLimits queue;
    std::size_t sends_under_way_max = 32;  ///< beyond it the session is read no further
    /// What waits is sent without being asked for when the SDK has not asked for so long.
    Millis ask_max{5'000};
    /// A batch that is not acknowledged for so long is named again in the answer to a heartbeat.
    Millis ack_max{10'000};
    Millis save_every{30'000};          ///< which messages it has, while there is something new
    std::size_t info_bytes_max = 4096;  ///< Provision.reason: 1024 characters
};

class MsyncSession final : public ClientSession {
public:
    /// `options` outlive the session.
    MsyncSession(std::unique_ptr<MsyncLink> link, const MsyncOptions& options);
    ~MsyncSession() override;

    std::size_t on_bytes(BytesView in, bool is_whole_text) override;
    bool is_held() const override;
    bool is_logged_in() const override { return state_ == State::ready; }
    void on_closed(CloseReason reason) override;
    void on_tick(MonoTime now) override;
    void on_connect_decided(const service::ConnectOutcome& outcome) override;
    void on_send_decided(const service::SendOutcome& outcome) override;
    void on_message(const SharedMessage& message) override;
    void on_end(const service::SessionEnd& end) override;
    void on_muted(bool muted) override { muted_ = muted; }
    void on_account_event(const service::SharedEvent& event) override;

private:
    enum class State : std::uint8_t { fresh, deciding, ready, over };
    /// A send that is not answered yet.
    struct Pending {
        std::uint64_t meta_id = 0;
        ChannelType channel_type = ChannelType::person;
        bool is_change = false;            ///< a recall or an edit: refused in other words
        std::shared_ptr<Bytes> edit = {};  ///< of an edit: JSON text that its answer carries
    };

    // session.cpp
    void take(const msync::Envelope& envelope);
    void provision(const msync::Envelope& envelope);
    std::optional<service::ConnectCommand> command_of(const msync::Envelope& envelope,
                                                      const msync::Provision& provision);
    void accept_login(const service::ConnectOutcome& outcome);
    void refuse_login(msync::StatusCode code, std::string_view reason);
    void log_refusal(const domain::LoginDecision& decision);
    void logout();
    void tell_closed(std::string_view why);
    void fail(CloseReason reason);

    // sending.cpp
    void submit(const msync::Meta& meta);
    void submit_chat(const msync::Meta& meta, const ChannelKey& channel);
    void submit_message(const msync::Meta& meta,
                        const msync::MessageHead& head,
                        const ChannelKey& channel);
    void submit_receipt(const msync::Meta& meta,
                        const msync::MessageHead& head,
                        const ChannelKey& channel);
    void submit_change(const msync::Meta& meta,
                       const msync::MessageHead& head,
                       const ChannelKey& channel);
    std::shared_ptr<Message> message_of(const msync::Meta& meta, const ChannelKey& channel);
    std::uint32_t note_pending(const msync::Meta& meta, ChannelType type);
    void hand_over(service::SendCommand command);
    void look_up_thread();
    void on_thread(Result<std::optional<storage::GroupRow>> thread);
    void answer_send(std::uint64_t meta_id, const MsyncRefusal& refusal);

    // receiving.cpp
    void take_unread();
    void answer_unread();
    void take_queue_request(const msync::SyncUl& request);
    void enqueue(DeviceQueue::Entry entry);
    /// Hands out what comes next, unless something is under way; `asked`: the SDK waits for it.
    void go_on(bool asked);
    void pump();
    void send_batch();
    void send_end_of_queue();
    void find_missed();
    void on_missed(Result<service::Missed> missed);
    void read_backlog();
    void on_backlog_read(Result<service::ReadMissed> read);
    void save_progress();
    void on_cursor(Result<std::uint64_t> cursor);
    void read_events();
    void on_events_read(Result<service::EventPage> page);
    /// False: the queue is full, and the session fails.
    bool enqueue_event(const service::AccountEvent& event);
    void acked(const DeviceQueue::Entry& entry);
    void save_cursor();
    void on_cursor_saved(Result<void> saved);
    /// What was missed is known: the SDK can be told what there is.
    bool has_begun() const { return progress_.has_begun() && events_begun_; }
    void begin();
    bool has_something() const { return queue_.size() > 0 || !backlog_.empty(); }
    /// Starts `task`; its outcome comes back on the session's loop, while the session is there.
    template <class T>
    void ask(Task<T> task, void (MsyncSession::*then)(T));

    service::World& world() { return link_->shard().world(); }
    std::string app_key() { return world().rules.easemob.app_key(); }
    std::int64_t wall_ms() { return world().clock.wall().ms; }
    template <msync::Downstream T>
    void send(const T& payload) {
        Bytes frame;
        msync::append_frame(frame, payload);
        link_->send(frame);
    }

    std::unique_ptr<MsyncLink> link_;
    const MsyncOptions& options_;
    Uid uid_;
    DeviceId resource_;
    DeviceClass device_class_;
    State state_ = State::fresh;
    bool muted_ = false;
    bool unread_waits_ = false;     // asked for, and what was missed is not known yet
    bool told_unread_ = false;      // was told once what there is
    bool expects_request_ = false;  // was told that there is something, and will ask for it
    bool request_waits_ = false;    // has asked, and the backlog is being read
    bool reading_ = false;          // the backlog
    bool finding_ = false;          // what was missed
    std::string session_id_;
    std::optional<WallTime> token_expires_at_;
    MonoTime told_at_;  // when it was told that there is something, or was sent a batch
    MonoTime saved_at_;
    DeviceQueue queue_;
    std::list<service::MissedMessage> backlog_;  // missed while it was away; before queue_
    /// Those of the backlog, sorted: a large group may still be told of one that the log has shown.
    std::vector<MessageId> from_log_;
    MonoTime missed_at_;
    SyncProgress progress_;
    // The account's events; none until the device's cursor is known.
    std::optional<service::EventFeed> feed_;
    std::size_t events_queued_ = 0;
    std::uint64_t event_acked_ = 0;
    std::uint64_t event_saved_ = 0;
    std::size_t cursors_under_way_ = 0;    // to the store: see save_cursor()
    bool events_begun_ = false;            // the first page is in the queue
    bool events_wait_ = false;             // there are more, and the queue is long
    std::shared_ptr<MsyncSession*> self_;  // for what comes back later
    std::uint32_t last_number_ = 0;
    std::map<std::uint32_t, Pending> pending_;
    std::list<service::SendCommand> to_threads_;  // until it is known which thread it is, in order
};

template <class T>
void MsyncSession::ask(Task<T> task, void (MsyncSession::*then)(T)) {
    const std::weak_ptr<MsyncSession*> weak = self_;
    Executor& home = link_->shard().home();
    start(std::move(task), [weak, then, &home](T outcome) {
        home.post([weak, then, outcome = std::move(outcome)]() mutable {
            if (const auto self = weak.lock()) ((*self)->*then)(std::move(outcome));
        });
    });
}

}  // namespace fenshen::gateway
