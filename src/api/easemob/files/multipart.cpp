// SPDX-License-Identifier: Apache-2.0
#include "api/easemob/files/multipart.h"

#include "api/http/message.h"
#include "model/names.h"

namespace fenshen::api::easemob {

namespace {

constexpr std::size_t boundary_bytes_max = 70;  // RFC 2046 5.1.1
constexpr std::string_view line_end = "\r\n";

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Takes one `name=value` or `name="value"` off the front of what stands behind a semicolon.
struct Parameter {
    std::string_view name;
    std::string value;
};
std::optional<Parameter> take_parameter(std::string_view& rest) {
    const auto equals = rest.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    Parameter parameter{trimmed(rest.substr(0, equals)), {}};
    rest = trimmed(rest.substr(equals + 1));
    if (!rest.starts_with('"')) {
        const auto end = std::min(rest.find(';'), rest.size());
        parameter.value = trimmed(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        return parameter;
    }
    std::size_t i = 1;
    // Browsers escape a quote as %22; a backslash that others write stands before one only.
    for (; i < rest.size() && rest[i] != '"'; ++i) {
        const bool is_escaped = rest[i] == '\\' && i + 1 < rest.size() && rest[i + 1] == '"';
        if (is_escaped) ++i;
        parameter.value += rest[i];
    }
    if (i >= rest.size()) return std::nullopt;
    rest.remove_prefix(i + 1);
    const auto semicolon = rest.find(';');
    rest.remove_prefix(semicolon == std::string_view::npos ? rest.size() : semicolon + 1);
    return parameter;
}

std::string cut(std::string name) {
    if (name.size() > form_filename_bytes_max) {
        std::size_t end = form_filename_bytes_max;
        while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0U) == 0x80U) --end;
        name.resize(end);
    }
    for (char& c : name) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '_';
    }
    return is_valid_utf8(name) ? name : std::string("file");
}

bool read_disposition(std::string_view value, FormPart& part) {
    const auto kind_end = value.find(';');
    if (!http::same_ignoring_case(trimmed(value.substr(0, kind_end)), "form-data")) return false;
    if (kind_end == std::string_view::npos) return false;
    std::string_view rest = value.substr(kind_end + 1);
    while (!trimmed(rest).empty()) {
        auto parameter = take_parameter(rest);
        if (!parameter) return false;
        if (http::same_ignoring_case(parameter->name, "name")) {
            part.name = std::move(parameter->value);
        } else if (http::same_ignoring_case(parameter->name, "filename")) {
            part.filename = cut(std::move(parameter->value));
        }
    }
    return true;
}

/// The header lines of a part, without the blank one.
bool read_head(std::string_view head, FormPart& part) {
    bool has_disposition = false;
    while (!head.empty()) {
        const auto end = head.find(line_end);
        const std::string_view line = head.substr(0, end);
        head.remove_prefix(end == std::string_view::npos ? head.size() : end + line_end.size());
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) return false;
        const std::string_view name = trimmed(line.substr(0, colon));
        const std::string_view value = trimmed(line.substr(colon + 1));
        if (http::same_ignoring_case(name, "Content-Disposition")) {
            has_disposition = read_disposition(value, part);
        } else if (http::same_ignoring_case(name, "Content-Type")) {
            part.content_type = cut(std::string(value));
        }
    }
    return has_disposition;
}

/// What stands behind a boundary: blanks and a line end, or "--" behind the last one.
bool ends_delimiter(BytesView behind) {
    if (behind.starts_with("--")) return true;
    behind.remove_prefix(std::min(behind.find_first_not_of(" \t"), behind.size()));
    return behind.starts_with(line_end);
}

/// Longer lines that begin like a boundary are content.
std::size_t find_delimiter(BytesView body, BytesView delimiter) {
    std::size_t at = body.find(delimiter);
    while (at != BytesView::npos && !ends_delimiter(body.substr(at + delimiter.size()))) {
        at = body.find(delimiter, at + 1);
    }
    return at;
}

}  // namespace

std::optional<std::string> boundary_of(std::string_view content_type) {
    const auto kind_end = content_type.find(';');
    if (kind_end == std::string_view::npos) return std::nullopt;
    const std::string_view kind = trimmed(content_type.substr(0, kind_end));
    if (!http::same_ignoring_case(kind, "multipart/form-data")) return std::nullopt;
    std::string_view rest = content_type.substr(kind_end + 1);
    while (!trimmed(rest).empty()) {
        auto parameter = take_parameter(rest);
        if (!parameter) return std::nullopt;
        if (!http::same_ignoring_case(parameter->name, "boundary")) continue;
        if (parameter->value.empty() || parameter->value.size() > boundary_bytes_max) break;
        return std::move(parameter->value);
    }
    return std::nullopt;
}

std::optional<std::vector<FormPart>> read_form(BytesView body, std::string_view boundary) {
    const std::string delimiter = "\r\n--" + std::string(boundary);
    // The first delimiter has no line end before it where nothing precedes it.
    const BytesView first = BytesView(delimiter).substr(line_end.size());
    if (body.starts_with(first) && ends_delimiter(body.substr(first.size()))) {
        body.remove_prefix(first.size());
    } else {
        const auto found = find_delimiter(body, delimiter);
        if (found == BytesView::npos) return std::nullopt;
        body.remove_prefix(found + delimiter.size());
    }
    std::vector<FormPart> parts;
    while (!body.starts_with("--")) {
        if (parts.size() == form_parts_max) return std::nullopt;
        body.remove_prefix(body.find_first_not_of(" \t") + line_end.size());
        constexpr std::string_view head_end = "\r\n\r\n";
        const auto end = body.substr(0, form_part_head_bytes_max).find(head_end);
        FormPart part;
        if (end == BytesView::npos || !read_head(body.substr(0, end), part)) return std::nullopt;
        body.remove_prefix(end + head_end.size() - line_end.size());  // an empty body has one, too
        const auto stop = find_delimiter(body, delimiter);
        if (stop == BytesView::npos) return std::nullopt;
        part.body = body.substr(0, stop);
        part.body.remove_prefix(std::min(line_end.size(), part.body.size()));
        body.remove_prefix(stop + delimiter.size());
        parts.push_back(std::move(part));
    }
    return parts;
}

}  // namespace fenshen::api::easemob
