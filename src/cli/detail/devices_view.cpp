// SPDX-License-Identifier: Apache-2.0
#include "cli/detail/devices_view.h"

#include <algorithm>

#include "cli/detail/text_width.h"

namespace fenshen::cli {
namespace {

/// "ios_device_002, class 5", or "the API".
std::string by_of(const Json& by) {
    if (is_true(by, "api")) return "the API";
    const std::string device = text_of(by, "device_id");
    const std::string of_class = class_of(by);
    if (device.empty()) return of_class;
    return of_class.empty() ? device : device + ", " + of_class;
}

std::string count_of(std::size_t count, const char* one) {
    return std::to_string(count) + " " + one + (count == 1 ? "" : "s");
}

std::string device_name(const Json& device) {
    const std::string name = text_of(device, "name");
    const std::string id = text_of(device, "device_id");
    return name.empty() ? id : id + " (" + name + ")";
}

std::string class_and_level(const Json& device) {
    const std::string level = text_of(device, "level");
    return short_class_of(device) + (level == "main" ? ", main" : "");
}

std::string online_word(const Json& device, const Json& sessions) {
    if (!is_true(device, "online")) return "no";
    return sessions.size() > 1 ? "yes, " + std::to_string(sessions.size()) : "yes";
}

/// Of the session that has been there longest.
std::string since_of(const Json& sessions) {
    std::string since;
    for (const Json& session : sessions) {
        const std::string at = text_of(session, "since");
        if (since.empty() || at < since) since = at;
    }
    return since;
}

std::string addresses_of(const Json& device, const Json& sessions) {
    std::string addresses;
    for (const Json& session : sessions) {
        const std::string address = text_of(session, "address");
        if (address.empty()) continue;
        addresses += (addresses.empty() ? "" : " ") + address;
    }
    return addresses.empty() ? text_of(device, "last_address") : addresses;
}

std::string end_of(const Json& end, const TimeWords& times) {
    if (!end.is_object()) return {};
    std::string text = text_of(end, "why") + " " + times.relative(text_of(end, "at"));
    const std::string by = by_of(member(end, "by"));
    const std::string rule = text_of(end, "rule");
    if (!by.empty()) text += " by " + by;
    return rule.empty() ? text : text + ": " + rule;
}

std::size_t online_among(const Json& devices) {
    return static_cast<std::size_t>(std::ranges::count_if(
        devices, [](const Json& device) { return is_true(device, "online"); }));
}

Paint paint_of(const std::string& what) {
    if (what == "login") return Paint::good;
    return what == "refused" || what == "banned" ? Paint::bad : Paint::plain;
}

}  // namespace

std::string draw_devices(const Json& answer, const TimeWords& times, const Terminal& terminal) {
    const std::string uid = printable(text_of(answer, "uid"));
    const Json& devices = member(answer, "devices");
    if (!devices.is_array() || devices.empty()) return uid + ": no devices\n";
    Table table(
        {"CLASS", "DEVICE", "ONLINE", "SINCE", "LAST SEEN", "ADDRESS", "CLIENT", "LAST END"});
    for (const Json& device : devices) {
        static const Json none = Json::array();
        const Json& told = member(device, "sessions");
        const Json& sessions = told.is_array() ? told : none;
        const bool online = is_true(device, "online");
        table.add({class_and_level(device),
                   device_name(device),
                   {online_word(device, sessions), online ? Paint::good : Paint::faint},
                   times.relative(since_of(sessions)),
                   times.relative(text_of(device, "last_seen")),
                   addresses_of(device, sessions),
                   text_of(device, "client"),
                   end_of(member(device, "last_end"), times)});
    }
    return table.draw(terminal) + uid + ": " + count_of(devices.size(), "device") + ", " +
           std::to_string(online_among(devices)) + " online\n";
}

std::string draw_logins(const Json& answer, const TimeWords& times, const Terminal& terminal) {
    const Json& events = member(answer, "events");
    if (!events.is_array() || events.empty()) return "no logins are remembered\n";
    Table table({"TIME", "WHAT", "CLASS", "DEVICE", "ADDRESS", "WHY", "RULE", "BY"});
    for (const Json& event : events) {
        const std::string what = text_of(event, "what");
        table.add({times.absolute(text_of(event, "at")),
                   {what, paint_of(what)},
                   short_class_of(event),
                   text_of(event, "device_id"),
                   text_of(event, "address"),
                   text_of(event, "why"),
                   text_of(event, "rule"),
                   by_of(member(event, "by"))});
    }
    return table.draw(terminal);
}

std::string login_line(const Json& event, const TimeWords& times) {
    std::string line = times.absolute(text_of(event, "at")) + "  " + text_of(event, "what");
    const std::string why = text_of(event, "why");
    const std::string rule = text_of(event, "rule");
    const std::string by = by_of(member(event, "by"));
    if (!why.empty()) line += " (" + why + ")";
    for (const std::string& part :
         {class_of(event), text_of(event, "device_id"), text_of(event, "address")}) {
        if (!part.empty()) line += ", " + part;
    }
    if (!by.empty()) line += "; by " + by;
    if (!rule.empty()) line += "; " + rule;
    return printable(line);
}

std::string ended_text(const Json& ended) {
    if (!ended.is_array() || ended.empty()) return "nobody was online: no session ended\n";
    std::string text = count_of(ended.size(), "session") + " ended:\n";
    for (const Json& session : ended) {
        std::string line;
        for (const std::string& part : {text_of(session, "uid"),
                                        text_of(session, "device_id"),
                                        class_of(session),
                                        text_of(session, "session"),
                                        text_of(session, "rule")}) {
            if (!part.empty()) line += (line.empty() ? "" : ", ") + part;
        }
        text += "  " + printable(line) + "\n";
    }
    return text;
}

}  // namespace fenshen::cli
