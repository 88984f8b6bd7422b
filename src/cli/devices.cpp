// SPDX-License-Identifier: Apache-2.0
// An account's devices, its logins, and both as they change.
#include <algorithm>
#include <utility>

#include "cli/detail/api.h"
#include "cli/detail/arguments.h"
#include "cli/detail/devices_view.h"
#include "cli/detail/shell.h"
#include "cli/detail/text_width.h"
#include "cli/detail/verbs.h"
#include "cli/detail/watch.h"

namespace fenshen::cli {
namespace {

struct Asked {
    ApiOptions api;
    std::string uid;
    bool history = false;
    bool online = false;
    bool watch = false;
};

constexpr Millis between_looks{1'000};

std::string devices_path(const Asked& asked) {
    return account_path(asked.uid, asked.online ? "/devices?online=true" : "/devices");
}

int list(const Shell& shell, const Asked& asked, const Api& api) {
    const auto answer = asked.history
                            ? api.all_pages("GET", account_path(asked.uid, "/logins"), "events")
                            : api.all_pages("GET", devices_path(asked), "devices");
    if (!answer) return fail(shell, asked.api, answer.error());
    if (asked.api.json) return print_json(shell, *answer);
    const TimeWords times = time_words(shell, asked.api);
    const Terminal terminal = terminal_of(shell, asked.api);
    shell.out() << (asked.history ? draw_logins(*answer, times, terminal)
                                  : draw_devices(*answer, times, terminal));
    return ExitCode::done;
}

/// Draws over what it drew last, where a cursor can be moved; else draws when something changed.
class Watch {
public:
    Watch(const Shell& shell, const Asked& asked, const Api& api)
        : shell_(shell), asked_(asked), api_(api), terminal_(terminal_of(shell, asked.api)) {}

    int run() {
        const auto& pause = shell_.surroundings().pause;
        // From here on an interrupt is the ordinary end.
        for (bool go_on = pause(Millis{0}); go_on; go_on = pause(between_looks)) {
            const auto failure = look();
            if (!failure) continue;
            // A server that restarts is worth waiting for, if it was there at all.
            if (!failure->no_server || !seen_) return fail(shell_, asked_.api, *failure);
            if (!std::exchange(waiting_, true)) shell_.err() << failure->line << '\n';
        }
        return ExitCode::done;
    }

private:
    std::optional<Failure> look() {
        auto devices = api_.all_pages("GET", devices_path(asked_), "devices");
        if (!devices) return std::move(devices.error());
        auto events = new_events();
        if (!events) return std::move(events.error());
        seen_ = true;
        waiting_ = false;
        if (asked_.api.json) {
            for (const Json& event : *events) print_json(shell_, event);
        } else {
            show(*devices, *events);
        }
        shell_.out().flush();
        return std::nullopt;
    }

    /// No more pages than what is new needs.
    std::expected<std::vector<Json>, Failure> new_events() {
        Json all = Json::array();
        std::string after;
        while (true) {
            const auto page = api_.get(account_path(asked_.uid, "/logins?limit=100") + after);
            if (!page) return std::unexpected(page.error());
            const Json& events = items_of(page->json, "events");
            for (const Json& event : events) all.push_back(event);
            const std::string next = next_of(page->json);
            if (known_.reaches_known(events) || next.empty()) break;
            after = "&after=" + next;
        }
        return known_.take(all);
    }

    void show(const Json& devices, const std::vector<Json>& events) {
        const TimeWords times = time_words(shell_, asked_.api);
        const Json state = without_last_seen(devices);
        const bool draw = terminal_.is_one || state != drawn_state_;
        std::string out;
        if (terminal_.is_one && drawn_lines_ > 0) {
            out = "\x1b[" + std::to_string(drawn_lines_) + "A\r\x1b[J";
        }
        for (const Json& event : events) out += cut(login_line(event, times)) + '\n';
        if (draw) {
            const std::string table = fitting(draw_devices(devices, times, terminal_));
            drawn_lines_ = static_cast<std::size_t>(std::ranges::count(table, '\n'));
            out += table;
        }
        drawn_state_ = state;
        shell_.out() << out;
    }

    std::string cut(const std::string& line) const {
        return terminal_.columns == 0 ? line : cut_to(line, terminal_.columns);
    }

    /// The cursor does not go back beyond the top of the screen: the table's first lines and its
    /// last are kept.
    std::string fitting(const std::string& table) const {
        std::vector<std::string> lines;
        for (std::size_t at = 0; at < table.size();) {
            const std::size_t end = table.find('\n', at);
            lines.push_back(table.substr(at, end - at));
            at = end + 1;
        }
        const std::size_t lines_max = terminal_.rows > 4 ? terminal_.rows - 1 : 3;
        if (!terminal_.is_one || terminal_.rows == 0 || lines.size() <= lines_max) return table;
        const std::size_t left_out = lines.size() - lines_max + 1;
        const std::string last = lines.back();
        lines.resize(lines_max - 2);
        lines.push_back(cut("… and " + std::to_string(left_out) + " more"));
        lines.push_back(last);
        std::string out;
        for (const std::string& line : lines) out += line + '\n';
        return out;
    }

    /// It changes all the time, and says nothing new.
    static Json without_last_seen(const Json& answer) {
        Json state = items_of(answer, "devices");
        for (Json& device : state) {
            if (device.is_object()) device.erase("last_seen");
        }
        return state;
    }

    const Shell& shell_;
    const Asked& asked_;
    const Api& api_;
    Terminal terminal_;
    NewEvents known_;
    Json drawn_state_{};
    std::size_t drawn_lines_ = 0;
    bool seen_ = false;
    bool waiting_ = false;
};

int devices(const Shell& shell, const Asked& asked) {
    const auto api = open_api(shell, asked.api);
    if (!api) return fail(shell, asked.api, api.error());
    return asked.watch ? Watch(shell, asked, *api).run() : list(shell, asked, *api);
}

}  // namespace

void add_devices(Shell& shell) {
    const auto asked = std::make_shared<Asked>();
    CLI::App& verb = shell.add("devices", "List an account's devices, last seen first.");
    take_uid(verb, asked->uid);
    CLI::Option& history = *verb.add_flag(
        "--history", asked->history, "Its logins, refusals and ends instead, newest first.");
    verb.add_flag("--online", asked->online, "Only those that are online.")->excludes(&history);
    verb.add_flag("--watch",
                  asked->watch,
                  "Follow both: look every second, until interrupted. With --json the new events "
                  "only, one a line.")
        ->excludes(&history);
    take_api_and_look(shell, verb, asked->api);
    shell.on(verb, [&shell, asked] { return devices(shell, *asked); });
}

}  // namespace fenshen::cli
