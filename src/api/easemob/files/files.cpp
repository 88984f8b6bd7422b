// SPDX-License-Identifier: Apache-2.0
#include "api/easemob/files/files.h"

#include "api/easemob/answers.h"
#include "api/easemob/files/multipart.h"
#include "domain/login.h"

namespace fenshen::api::easemob {

namespace {

/// From `first` to `last`, both within the file.
struct Range {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
};
enum class RangeKind : std::uint8_t { whole, part, unsatisfiable };

/// One range of bytes; what is not one is passed over, as RFC 9110 14.2 has it.
RangeKind range_of(std::string_view header, std::uint64_t bytes, Range& range) {
    constexpr std::string_view unit = "bytes=";
    if (!header.starts_with(unit)) return RangeKind::whole;
    header.remove_prefix(unit.size());
    const auto dash = header.find('-');
    if (dash == std::string_view::npos) return RangeKind::whole;
    const auto first = http::to_integer<std::uint64_t>(header.substr(0, dash));
    const auto last = http::to_integer<std::uint64_t>(header.substr(dash + 1));
    const bool is_suffix = dash == 0;
    const bool is_open = dash + 1 == header.size();
    if ((!first && !is_suffix) || (!last && !is_open) || (is_suffix && is_open)) {
        return RangeKind::whole;
    }
    if (is_suffix) {
        if (*last == 0 || bytes == 0) return RangeKind::unsatisfiable;
        range = {bytes - std::min(*last, bytes), bytes - 1};
        return RangeKind::part;
    }
    if (last && *last < *first) return RangeKind::whole;
    if (*first >= bytes) return RangeKind::unsatisfiable;
    range = {*first, std::min(last.value_or(bytes - 1), bytes - 1)};
    return RangeKind::part;
}

/// A header value's text in RFC 8187's way.
std::string percent_encoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
        if (is_plain) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += digits[byte >> 4U];
        out += digits[byte & 15U];
    }
    return out;
}

/// Shown in place by browsers; everything else is only saved.
bool is_shown(std::string_view content_type) {
    return content_type.starts_with("image/") || content_type.starts_with("audio/") ||
           content_type.starts_with("video/");
}

http::Response file_missing(const Call& call, Errc error) {
    const std::string id(call.capture("file"));
    switch (error) {
        case Errc::not_found:
            return failed(
                call, {404, "entity_not_found", "EntityNotFoundException", "file may not exists"});
        case Errc::unavailable:
            return failed(
                call, {404, "file_expired", "FileExpiredException", "file " + id + " is expired"});
        default:
            return failed(call, error);
    }
}

Task<bool> comes_from_app(Call& call) {
    const auto token = bearer_token(call.request);
    if (token.empty()) co_return false;
    auto asking = service::check_bearer(call.world(), token);
    const auto verdict = co_await asking;
    co_return verdict && verdict->why == domain::LoginWhy::ok && verdict->bearer.is_app;
}

bool knows_secret(const Call& call, const service::Attachment& attachment) {
    const auto by_query = call.query("share-secret").value_or(std::string_view());
    const auto by_header = call.request.headers.get("share-secret");
    return domain::equal_in_constant_time(by_query, attachment.secret) ||
           domain::equal_in_constant_time(by_header, attachment.secret);
}

void describe(http::Response& response, const service::Attachment& attachment) {
    auto& headers = response.headers;
    response.content_type =
        attachment.content_type.empty() ? "application/octet-stream" : attachment.content_type;
    // Whatever somebody uploaded, it must not act in our name in anybody's browser.
    headers.add("X-Content-Type-Options", "nosniff");
    headers.add("Content-Security-Policy", "default-src 'none'; sandbox");
    headers.add("Accept-Ranges", "bytes");
    headers.add("Cache-Control", "private, max-age=86400, immutable");
    const std::string_view how = is_shown(attachment.content_type) ? "inline" : "attachment";
    headers.add("Content-Disposition",
                std::string(how) + "; filename*=UTF-8''" +
                    percent_encoded(attachment.name.empty() ? "file" : attachment.name));
}

}  // namespace

Task<http::Response> upload_file(Call& call) {
    const auto& request = call.request;
    const auto boundary = boundary_of(request.headers.get("Content-Type"));
    const auto parts = boundary ? read_form(request.body, *boundary) : std::nullopt;
    const FormPart* file = nullptr;
    if (parts) {
        const auto found = std::ranges::find(*parts, "file", &FormPart::name);
        if (found != parts->end()) file = &*found;
    }
    if (file == nullptr) co_return illegal_argument(call, "file must be provided.");
    if (file->body.size() > call.context.rules().attachment_bytes_max) {
        co_return failed(
            call,
            {413,
             "request_entity_too_large",
             "RequestEntityTooLargeException",
             "file is larger than " + std::to_string(call.context.rules().attachment_bytes_max) +
                 " bytes"});
    }
    const service::NewAttachment made{
        http::same_ignoring_case(request.headers.get("restrict-access"), "true"),
        file->filename,
        file->content_type};
    const BytesView bytes = file->body;
    co_await move_to(call.world().pool);
    const auto put = call.context.attachments.put(made, bytes);
    if (!put) co_return failed(call, put.error());
    Envelope answer(call);
    answer.json()
        .key("entities")
        .begin_array()
        .begin_object()
        .member("uuid", put->id)
        .member("type", "chatfile")
        .member("share-secret", put->secret)
        .key("file-metadata")
        .begin_object()
        .member("content-length", put->bytes)
        .member("content-type", put->content_type)
        .end_object()
        .end_object()
        .end_array();
    co_return answer.done();
}

Task<http::Response> download_file(Call& call) {
    const std::string id(call.capture("file"));
    auto& attachments = call.context.attachments;
    co_await move_to(call.world().pool);
    const auto found = attachments.find(id);
    if (!found) co_return file_missing(call, found.error());
    if (found->restricted && !knows_secret(call, *found)) {
        auto asking = comes_from_app(call);
        const bool is_app = co_await asking;
        if (!is_app) co_return forbidden(call, "chatfile no permission");
        co_await move_to(call.world().pool);
    }
    if (call.query("vframe") == "true") co_return file_missing(call, Errc::not_found);
    Range range{0, found->bytes == 0 ? 0 : found->bytes - 1};
    const auto kind = range_of(call.request.headers.get("Range"), found->bytes, range);
    const std::string all = std::to_string(found->bytes);
    if (kind == RangeKind::unsatisfiable) {
        auto response =
            failed(call, {416, "range_not_satisfiable", "RangeException", "no such range"});
        response.headers.add("Content-Range", "bytes */" + all);
        co_return response;
    }
    const std::uint64_t count = found->bytes == 0 ? 0 : range.last - range.first + 1;
    auto bytes = attachments.read(id, range.first, count);
    if (!bytes) co_return file_missing(call, bytes.error());
    http::Response response;
    response.body = std::move(*bytes);
    describe(response, *found);
    if (kind == RangeKind::part) {
        response.status = 206;
        response.headers.add(
            "Content-Range",
            "bytes " + std::to_string(range.first) + "-" + std::to_string(range.last) + "/" + all);
    }
    co_return response;
}

}  // namespace fenshen::api::easemob
