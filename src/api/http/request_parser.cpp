// SPDX-License-Identifier: Apache-2.0
#include "api/http/detail/request_parser.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <functional>

#include "api/http/uri.h"

namespace fenshen::http::detail {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using HttpError = beast::http::error;

namespace {

/// A body that grows with what really comes, not with what Content-Length announces.
struct BytesBody {
    using value_type = Bytes;

    class reader {
    public:
        template <bool is_request, class Fields>
        reader(beast::http::header<is_request, Fields>&, Bytes& body) : body_(body) {}

        void init(const boost::optional<std::uint64_t>& length, error_code& error) {
            constexpr std::uint64_t believed_max = 64UZ * 1024;
            body_.reserve(static_cast<std::size_t>(std::min(length.value_or(0), believed_max)));
            error = {};
        }
        template <class Buffers>
        std::size_t put(const Buffers& buffers, error_code& error) {
            std::size_t bytes = 0;
            for (auto at = asio::buffer_sequence_begin(buffers);
                 at != asio::buffer_sequence_end(buffers);
                 ++at) {
                const asio::const_buffer buffer(*at);
                body_.append(static_cast<const char*>(buffer.data()), buffer.size());
                bytes += buffer.size();
            }
            error = {};
            return bytes;
        }
        void finish(error_code& error) { error = {}; }

    private:
        Bytes& body_;
    };
};

/// "0\r\n\r\n": as long as a chunked body is not over, at least so much is still to come.
/// Boost 1.81 asserts it when the final chunk comes in pieces.
constexpr std::size_t chunked_end_bytes = 5;

/// The library would wait for ever for the carriage return.
bool has_bare_line_feed(std::string_view input) {
    for (std::size_t at = input.find('\n'); at != std::string_view::npos;
         at = input.find('\n', at + 1)) {
        if (at == 0 || input[at - 1] != '\r') return true;
    }
    return false;
}

constexpr Fault bare_line_feed{400, "lines must end in CR LF"};
constexpr Fault broken_chunk{400, "broken chunk"};

/// Whether a chunk header announces no data, so that trailers may follow.
bool is_last_chunk(std::string_view header) {
    const std::size_t zeros = std::min(header.find_first_not_of('0'), header.size());
    if (zeros == 0) return false;
    constexpr std::string_view digits = "123456789abcdefABCDEF";
    return zeros == header.size() || digits.find(header[zeros]) == std::string_view::npos;
}

Fault fault_of(const error_code& failure, std::string_view input) {
    if (failure == HttpError::body_limit) return {413, "the body is too large"};
    if (failure == HttpError::bad_version) {
        if (has_bare_line_feed(input)) return bare_line_feed;
        return {505, "HTTP/1.1 is spoken here"};
    }
    if (failure == HttpError::bad_content_length) return {400, "bad Content-Length"};
    if (failure == HttpError::bad_transfer_encoding) return {400, "bad Transfer-Encoding"};
    if (failure == HttpError::bad_chunk || failure == HttpError::bad_chunk_extension) {
        return broken_chunk;
    }
    return {400, "this is not an HTTP request"};
}

std::string_view view(beast::string_view text) {
    return {text.data(), text.size()};
}

}  // namespace

struct RequestParser::Impl {
    explicit Impl(const Limits& limits) : header_bytes_max(limits.header_bytes_max) {
        parser.header_limit(static_cast<std::uint32_t>(limits.header_bytes_max));
        parser.body_limit(limits.body_bytes_max);
        parser.eager(false);
        parser.on_chunk_header(announce);
    }

    bool is_between_chunks() const {
        return parser.chunked() && parser.get().body().size() == announced_bytes;
    }

    /// What remains to be checked of a step of the header.
    std::optional<Fault> check_header(const error_code& failure, std::string_view rest) const {
        // The library takes the fields one by one, and its limit is not for their sum.
        const std::size_t known = header_bytes + (parser.is_header_done() ? 0 : rest.size());
        if (known > header_bytes_max || failure == HttpError::header_limit) {
            const bool has_line =
                parser.get().target().size() > 0 || rest.substr(0, header_bytes_max).contains('\n');
            if (!has_line) return Fault{414, "the request line is too long"};
            return Fault{431, "the headers are too large"};
        }
        if (parser.is_header_done()) return std::nullopt;
        if (has_bare_line_feed(rest)) return bare_line_feed;
        // Short nonsense looks unfinished to it ("GET / x"), even with its end in view.
        if (rest.contains("\r\n\r\n")) return Fault{400, "this is not an HTTP request"};
        return std::nullopt;
    }
    /// And of the body, where only chunk headers and trailers wait for their end unused.
    std::optional<Fault> check_body(bool wants_more, std::string_view rest) const {
        if (!wants_more || rest.empty()) return std::nullopt;
        if (rest.size() > header_bytes_max) return broken_chunk;
        if (has_bare_line_feed(rest)) return bare_line_feed;
        // A quote in an extension may keep the library waiting behind the end of the line.
        if (rest.starts_with("\r\n")) rest.remove_prefix(2);
        if (rest.contains(is_last_chunk(rest) ? "\r\n\r\n" : "\r\n")) return broken_chunk;
        return std::nullopt;
    }

    const std::size_t header_bytes_max;
    std::size_t header_bytes = 0;
    std::uint64_t announced_bytes = 0;  // by chunk headers
    std::function<void(std::uint64_t, beast::string_view, error_code&)> announce =
        [this](std::uint64_t size, beast::string_view, error_code&) { announced_bytes += size; };
    beast::http::request_parser<BytesBody> parser;
};

RequestParser::RequestParser(const Limits& limits) : impl_(std::make_unique<Impl>(limits)) {}
RequestParser::~RequestParser() = default;

RequestParser::Step RequestParser::put(std::string_view input) {
    auto& parser = impl_->parser;
    Step step;
    if (!parser.got_some()) {
        // RFC 9112 2.2: some clients send an empty line behind a body.
        step.used = std::min(input.find_first_not_of("\r\n"), input.size());
        input.remove_prefix(step.used);
        if (input.empty()) {
            step.wants_more = true;
            return step;
        }
    }
    const bool in_header = !parser.is_header_done();
    if (!in_header && impl_->is_between_chunks() && input.size() < chunked_end_bytes) {
        step.wants_more = true;
        // Behind the first line end there may be data.
        const std::string_view line = input.substr(input.starts_with("\r\n") ? 2 : 0);
        if (has_bare_line_feed(line.substr(0, line.find('\n') + 1))) step.fault = bare_line_feed;
        return step;
    }
    error_code failure;
    const std::size_t used = parser.put(asio::const_buffer(input.data(), input.size()), failure);
    step.used += used;
    step.wants_more = failure == HttpError::need_more || used == input.size();
    if (failure && failure != HttpError::need_more && failure != HttpError::header_limit) {
        step.fault = fault_of(failure, input);
        return step;
    }
    const std::string_view rest = input.substr(used);
    if (in_header) {
        impl_->header_bytes += used;
        step.fault = impl_->check_header(failure, rest);
    } else {
        step.fault = impl_->check_body(step.wants_more, rest);
    }
    return step;
}

bool RequestParser::has_begun() const {
    return impl_->parser.got_some();
}

bool RequestParser::has_header() const {
    return impl_->parser.is_header_done();
}

bool RequestParser::has_all() const {
    return impl_->parser.is_done();
}

std::string_view RequestParser::target() const {
    return view(impl_->parser.get().target());
}

std::size_t RequestParser::body_bytes() const {
    return impl_->parser.get().body().size();
}

std::optional<Fault> RequestParser::translate(Request& request,
                                              Framing& framing,
                                              bool any_case_methods) const {
    const auto& message = impl_->parser.get();
    framing.is_http_1_0 = message.version() < 11;
    framing.keep_alive = message.keep_alive();
    std::string method(view(message.method_string()));
    if (any_case_methods) {
        for (char& c : method) {
            if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        }
    }
    request.method = method_of(method);
    request.target = view(message.target());
    for (const auto& field : message) {
        request.headers.add(std::string(view(field.name_string())),
                            std::string(view(field.value())));
    }
    const auto codings = request.headers.all("Transfer-Encoding");
    if (!codings.empty()) {
        if (framing.is_http_1_0) return Fault{400, "HTTP/1.0 has no Transfer-Encoding"};
        if (codings.size() > 1 || !same_ignoring_case(codings[0], "chunked")) {
            return Fault{501, "no Transfer-Encoding but chunked"};
        }
    }
    const std::size_t hosts = request.headers.all("Host").size();
    if (hosts > 1 || (hosts == 0 && !framing.is_http_1_0)) {
        return Fault{400, "one Host header is needed"};
    }
    auto target = parse_target(request.target);
    if (!target) return Fault{400, target.error()};
    request.path = std::move(target->path);
    request.segments = std::move(target->segments);
    request.query = std::move(target->query);
    return std::nullopt;
}

Bytes RequestParser::take_body() {
    return std::move(impl_->parser.get().body());
}

}  // namespace fenshen::http::detail
