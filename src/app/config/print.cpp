// SPDX-License-Identifier: Apache-2.0
#include "app/config/config.h"
#include "app/config/detail/key.h"

namespace fenshen::config {
namespace {

constexpr std::size_t line_bytes_max = 100;

/// As comments, broken at blanks.
void append_comment(std::string& out, std::string_view text) {
    while (!text.empty()) {
        std::size_t end = text.size();
        if (end > line_bytes_max - 2) {
            end = text.rfind(' ', line_bytes_max - 2);
            if (end == std::string_view::npos || end == 0) end = text.find(' ');
            if (end == std::string_view::npos) end = text.size();
        }
        out += "# ";
        out += text.substr(0, end);
        out += '\n';
        text.remove_prefix(end < text.size() ? end + 1 : end);
    }
}

std::string default_of(const detail::Key& key) {
    const std::string toml = key.toml(Config{});
    return toml.empty() ? "not set" : toml;
}

void append_key(std::string& out, const detail::Key& key, const Config& config) {
    append_comment(out, key.help);
    std::string facts = "Takes " + key.takes + ".";
    if (!key.unit.empty()) facts += " Unit: " + std::string(key.unit) + ".";
    facts += " Default: " + default_of(key) + ".";
    append_comment(out, facts);

    const std::string toml = key.toml(config);
    if (key.is_secret && !key.is_default(config)) {
        out += "# It is set, and not shown here.\n#" + key.name + " = \"...\"\n";
    } else if (toml.empty()) {
        out += "#" + key.name + " =\n";
    } else {
        out += key.name + " = " + toml + "\n";
    }
}

}  // namespace

std::string print(const Config& config) {
    std::string out;
    append_comment(
        out,
        "Configuration of fenshen. Every key can be overridden by the environment: "
        "[wukong] tcp_port by FENSHEN_WUKONG_TCP_PORT. Durations are a number with d, h, "
        "m, s or ms.");
    for (const detail::Key& key : detail::keys()) {
        if (!key.section.empty()) continue;
        out += '\n';
        append_key(out, key, config);
    }
    for (const detail::SectionHead& head : detail::section_heads()) {
        out += "\n\n# " + std::string(head.help) + "\n[" + std::string(head.name) + "]\n";
        for (const detail::Key& key : detail::keys()) {
            if (key.section != head.name) continue;
            out += '\n';
            append_key(out, key, config);
        }
    }
    return out;
}

std::expected<std::string, std::string> explain(std::string_view path, const Loaded& loaded) {
    const detail::Key* key = detail::find_key(path);
    if (key == nullptr) {
        return std::unexpected(std::string(path) + ": there is no such key" +
                               detail::nearest_key(path));
    }
    const auto origin = loaded.origins.find(key->path);
    std::string value = key->toml(loaded.config);
    if (value.empty()) value = "(not set)";
    if (key->is_secret) value = key->is_default(loaded.config) ? "(empty)" : "(set; not shown)";

    std::string out = key->path + " = " + value + "\n";
    const auto line = [&out](std::string_view name, std::string_view text) {
        if (text.empty()) return;
        out += "  ";
        out += name;
        out.append(14 - name.size(), ' ');
        out += text;
        out += '\n';
    };
    line("from", origin == loaded.origins.end() ? "default" : origin->second);
    line("meaning", key->help);
    line("takes", key->takes);
    line("unit", key->unit);
    line("default", default_of(*key));
    line("environment", key->variable);
    return out;
}

}  // namespace fenshen::config
