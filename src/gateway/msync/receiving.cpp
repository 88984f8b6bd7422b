// SPDX-License-Identifier: Apache-2.0
// What an MSync device is handed: its queue, asked for or pushed, a batch at a time (msync-wire 5).
#include <algorithm>
#include <iterator>
#include <set>

#include "base/task.h"
#include "gateway/msync/events.h"
#include "gateway/msync/session.h"
#include "protocol/msync/forms.h"
#include "protocol/msync/jid.h"

namespace fenshen::gateway {

namespace {

/// No user and no group has such a name, and the SDK tells queues apart by it (msync-wire 5.1).
constexpr std::string_view queue_name = "____queue";

msync::Jid queue_jid() {
    return {.name = queue_name, .domain = msync::domain_users};
}

constexpr msync::StatusCode ok = msync::StatusCode::ok;

}  // namespace

// At login and as heartbeat. The first answer waits until it is known what the device has missed.
void MsyncSession::take_unread() {
    if (has_begun()) return answer_unread();
    unread_waits_ = true;
    find_missed();
}

// What is named here is asked for at once, so nothing is pushed until then: it would come twice.
void MsyncSession::answer_unread() {
    const bool is_stuck =
        !queue_.under_way().empty() && link_->now() - told_at_ >= options_.ack_max;
    const bool names_it = has_something() && (!told_unread_ || is_stuck);
    told_unread_ = true;
    const auto count = static_cast<std::uint32_t>(queue_.size() + backlog_.size());
    msync::UnreadDl answer;
    answer.status = msync::Status{.error_code = ok};
    if (names_it) {
        answer.unread.push_back({.queue = queue_jid(), .metas_waiting = count});
        expects_request_ = true;
        told_at_ = link_->now();
    }
    answer.timestamp_ms = static_cast<std::uint64_t>(wall_ms());
    send(answer);
    pump();
}

void MsyncSession::take_queue_request(const msync::SyncUl& request) {
    if (state_ != State::ready) return;
    expects_request_ = false;
    told_unread_ = true;
    if (request.key) {
        queue_.acknowledge(*request.key, [this](const DeviceQueue::Entry& entry) { acked(entry); });
        save_cursor();
        if (events_wait_ && queue_.waiting().size() < options_.queue.waiting_max / 2) {
            events_wait_ = false;
            read_events();
        }
    }
    if (!has_begun()) {
        request_waits_ = true;
        return find_missed();
    }
    if (cursors_under_way_ > 0) {
        request_waits_ = true;
        return;
    }
    go_on(true);
}

void MsyncSession::on_message(const SharedMessage& message) {
    if (state_ != State::ready || std::ranges::binary_search(from_log_, message->id)) return;
    enqueue({.message = message});
}

void MsyncSession::enqueue(DeviceQueue::Entry entry) {
    if (!queue_.add(std::move(entry), options_.queue)) {
        link_->log().warn("client_too_slow",
                          {{"session", link_->ref().serial}, {"waiting", queue_.size()}});
        return fail(CloseReason::too_slow);
    }
    pump();
}

void MsyncSession::go_on(bool asked) {
    if (!queue_.under_way().empty()) {
        if (asked) send_batch();
        return;
    }
    if (!backlog_.empty() && !queue_.has_missed_waiting()) {
        request_waits_ = request_waits_ || asked;
        return read_backlog();
    }
    if (!queue_.batch(options_.queue).empty()) return send_batch();
    if (asked) send_end_of_queue();
}

// Pushes, unless the SDK is about to ask.
void MsyncSession::pump() {
    const bool may = state_ == State::ready && has_begun() && told_unread_ && !expects_request_ &&
                     !reading_ && cursors_under_way_ == 0;
    if (may) go_on(false);
}

void MsyncSession::send_batch() {
    const std::string app = app_key();
    std::vector<Bytes> metas;
    metas.reserve(queue_.under_way().size());
    for (const auto& entry : queue_.under_way()) {
        if (entry.meta) {
            metas.push_back(*entry.meta);
        } else {
            msync::append_meta(metas.emplace_back(),
                               *entry.message,
                               {.app_key = app, .is_online = entry.is_online});
        }
    }
    msync::SyncDl frame;
    frame.status = msync::Status{.error_code = ok};
    frame.metas.assign(metas.begin(), metas.end());
    frame.next_key = queue_.under_way().back().key;
    frame.queue = queue_jid();
    frame.is_last = false;
    frame.timestamp_ms = static_cast<std::uint64_t>(wall_ms());
    send(frame);
    told_at_ = link_->now();
    link_->stats().messages_out.fetch_add(metas.size(), std::memory_order_relaxed);
}

void MsyncSession::send_end_of_queue() {
    msync::SyncDl frame;
    frame.status = msync::Status{.error_code = ok};
    frame.queue = queue_jid();
    frame.is_last = true;
    frame.timestamp_ms = static_cast<std::uint64_t>(wall_ms());
    send(frame);
}

// --- what was missed
// -----------------------------------------------------------------------------------------------

void MsyncSession::find_missed() {
    if (std::exchange(finding_, true)) return;
    ask(service::missed_messages(world(), uid_, device_class_, resource_),
        &MsyncSession::on_missed);
    ask(service::event_cursor(world(), uid_, device_class_, resource_), &MsyncSession::on_cursor);
}

void MsyncSession::begin() {
    if (!has_begun()) return;
    if (std::exchange(unread_waits_, false)) answer_unread();
    if (std::exchange(request_waits_, false)) go_on(true);
    pump();
}

void MsyncSession::on_missed(Result<service::Missed> missed) {
    if (state_ != State::ready) return;
    // The store's trouble: it comes back, and asks again.
    if (!missed) return fail(CloseReason::stopping);
    std::set<MessageId> here;
    for (const auto& entry : queue_.waiting()) {
        if (entry.message) here.insert(entry.message->id);
    }
    progress_.begin(missed->synced);
    for (const auto& message : missed->messages) {
        const bool is_known = here.contains(message.id) || progress_.knows(message.id);
        if (!is_known) backlog_.push_back(message);
    }
    for (const auto& message : backlog_) from_log_.push_back(message.id);
    missed_at_ = link_->now();
    begin();
}

void MsyncSession::read_backlog() {
    if (std::exchange(reading_, true)) return;
    std::vector<service::MissedMessage> wanted;
    for (const auto& message : backlog_) {
        if (wanted.size() == options_.queue.batch_metas_max) break;
        wanted.push_back(message);
    }
    ask(service::read_missed(world(), std::move(wanted), options_.queue.batch_bytes_max),
        &MsyncSession::on_backlog_read);
}

void MsyncSession::on_backlog_read(Result<service::ReadMissed> read) {
    reading_ = false;
    if (state_ != State::ready) return;
    if (!read) return fail(CloseReason::stopping);
    std::vector<DeviceQueue::Entry> entries;
    for (auto& message : read->messages) {
        entries.push_back({.message = std::move(message), .is_online = false});
    }
    backlog_.erase(backlog_.begin(),
                   std::next(backlog_.begin(), static_cast<std::ptrdiff_t>(read->taken)));
    const bool is_nothing = entries.empty();
    queue_.add_front(std::move(entries));
    const bool asked = std::exchange(request_waits_, false);
    if (is_nothing && !backlog_.empty()) {
        request_waits_ = asked;
        return read_backlog();
    }
    if (!queue_.batch(options_.queue).empty()) return send_batch();
    if (asked) send_end_of_queue();
}

// What is not acknowledged is missing: it comes again.
void MsyncSession::save_progress() {
    if (state_ == State::ready) save_cursor();
    if (state_ != State::ready || !progress_.has_begun()) return;
    std::optional<MessageId> missing;
    const auto note = [&](MessageId id) { missing = missing ? std::min(*missing, id) : id; };
    for (const auto* entries : {&queue_.under_way(), &queue_.waiting()}) {
        for (const auto& entry : *entries) {
            if (entry.message && !entry.message->flags.no_persist) note(entry.message->id);
        }
    }
    for (const auto& message : backlog_) note(message.id);
    auto row = progress_.row(world().clock.wall(), missing);
    row.device_class = device_class_;
    row.device_id = resource_;
    service::note_synced(world(), uid_, std::move(row), true);
    saved_at_ = link_->now();
}

void MsyncSession::on_tick(MonoTime now) {
    if (state_ != State::ready) return;
    if (token_expires_at_ && world().clock.wall() >= *token_expires_at_) {
        // It comes back, and is refused with the reason.
        return fail(CloseReason::refused);
    }
    save_cursor();
    if (!from_log_.empty() && now - missed_at_ >= SyncProgress::settled_after) {
        std::vector<MessageId>().swap(from_log_);
    }
    if (progress_.is_changed() && now - saved_at_ >= options_.save_every) save_progress();
    if (now - told_at_ < options_.ask_max) return;
    // An SDK that does not ask is told all the same.
    told_unread_ = true;
    expects_request_ = false;
    if (!has_begun()) return find_missed();
    pump();
}

// --- the account's events
// -----------------------------------------------------------------------------------------------

void MsyncSession::on_cursor(Result<std::uint64_t> cursor) {
    if (state_ != State::ready) return;
    if (!cursor) return fail(CloseReason::stopping);
    feed_.emplace(*cursor);
    event_acked_ = event_saved_ = *cursor;
    read_events();
}

void MsyncSession::read_events() {
    constexpr std::size_t page = 100;
    ask(service::read_events(world(), uid_, resource_, feed_->place(), page),
        &MsyncSession::on_events_read);
}

void MsyncSession::on_events_read(Result<service::EventPage> page) {
    if (state_ != State::ready) return;
    if (!page) return fail(CloseReason::stopping);
    for (const auto& event : page->events) {
        if (!enqueue_event(event)) return;
    }
    const bool has_more = feed_->page_read(page->next, page->more);
    if (events_queued_ == 0) event_acked_ = feed_->place();
    if (has_more && queue_.waiting().size() < options_.queue.waiting_max / 2) {
        read_events();
    } else {
        events_wait_ = has_more;
    }
    events_begun_ = true;
    begin();
}

void MsyncSession::on_account_event(const service::SharedEvent& event) {
    if (state_ != State::ready || !feed_ || !feed_->told(event->number)) return;
    if (!enqueue_event(*event)) return;
    if (events_queued_ == 0) event_acked_ = feed_->place();
    pump();
}

bool MsyncSession::enqueue_event(const service::AccountEvent& event) {
    auto metas = metas_of(event, uid_, app_key());
    for (std::size_t i = 0; i < metas.size(); ++i) {
        DeviceQueue::Entry entry;
        entry.meta = std::make_shared<const Bytes>(std::move(metas[i]));
        if (i + 1 == metas.size()) entry.event_number = event.number;
        if (!queue_.add(std::move(entry), options_.queue)) {
            fail(CloseReason::too_slow);
            return false;
        }
    }
    if (!metas.empty()) ++events_queued_;
    return true;
}

void MsyncSession::acked(const DeviceQueue::Entry& entry) {
    if (entry.message) progress_.has(entry.message->id);
    if (entry.event_number == 0) return;
    event_acked_ = std::max(event_acked_, entry.event_number);
    if (--events_queued_ == 0) event_acked_ = std::max(event_acked_, feed_->place());
}

// An SDK shows an event as often as it is told of it (msync-wire 5.3). So what acknowledges one is
// answered when that is durable: from then on it never comes again, whatever happens to the server.
void MsyncSession::save_cursor() {
    if (event_acked_ <= event_saved_) return;
    ++cursors_under_way_;
    event_saved_ = event_acked_;
    ask(service::move_event_cursor(world(), uid_, device_class_, resource_, event_acked_),
        &MsyncSession::on_cursor_saved);
}

void MsyncSession::on_cursor_saved(Result<void> saved) {
    --cursors_under_way_;
    if (state_ != State::ready) return;
    if (!saved) return fail(CloseReason::stopping);
    if (cursors_under_way_ > 0) return;
    if (std::exchange(request_waits_, false)) go_on(true);
    pump();
}

}  // namespace fenshen::gateway
