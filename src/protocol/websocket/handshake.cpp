// SPDX-License-Identifier: Apache-2.0
#include "protocol/websocket/handshake.h"

#include <openssl/evp.h>

#include <array>
#include <cassert>

#include "base/base64.h"
#include "protocol/websocket/detail/http_head.h"

namespace fenshen::ws {

using namespace detail;

namespace {

constexpr std::size_t key_characters = 24;
constexpr std::size_t key_bytes = 16;

UpgradeParse refuse(std::uint16_t status, BytesView why) {
    return {.outcome = HandshakeOutcome::bad, .status = status, .why = why};
}

AnswerParse doubt(BytesView why, std::uint16_t status = 0) {
    return {.outcome = HandshakeOutcome::bad, .status = status, .why = why};
}

/// `GET ` is the only beginning; what else it could be says which answer helps.
bool begins_otherwise(BytesView in) {
    constexpr BytesView begin = "GET ";
    return in.substr(0, begin.size()) != begin.substr(0, in.size());
}

/// The path and query of a request target: `/path?query`, or the same behind `http://authority`.
bool take_target(BytesView target, UpgradeRequest& request) {
    for (const char c : target) {
        const auto byte = static_cast<std::uint8_t>(c);
        if (byte <= ' ' || byte == 0x7F) return false;
    }
    if (const auto scheme = target.find("://");
        !target.starts_with('/') && scheme != BytesView::npos) {
        const BytesView name = target.substr(0, scheme);
        if (!equals_ignoring_case(name, "http") && !equals_ignoring_case(name, "https"))
            return false;
        target.remove_prefix(scheme + 3);
        const std::size_t slash = target.find('/');
        if (slash == 0 || slash == BytesView::npos) return false;
        target.remove_prefix(slash);
    }
    if (!target.starts_with('/')) return false;
    target = target.substr(0, target.find('#'));
    const std::size_t mark = target.find('?');
    request.path = target.substr(0, mark);
    if (mark != BytesView::npos) request.query = target.substr(mark + 1);
    return true;
}

bool is_key(BytesView key) {
    Bytes nonce;
    return key.size() == key_characters && append_from_base64(nonce, key) &&
           nonce.size() == key_bytes;
}

/// What the fields of a request say, beside the views that UpgradeRequest holds.
struct Seen {
    int hosts = 0;
    int keys = 0;
    int versions = 0;
    BytesView version;
    bool connection_upgrade = false;
    bool upgrade_websocket = false;
    bool has_body = false;
};

void take_field(const Field& field, UpgradeRequest& request, Seen& seen) {
    const auto is = [&field](BytesView name) { return equals_ignoring_case(field.name, name); };
    if (is("Host")) {
        request.host = field.value;
        ++seen.hosts;
    } else if (is("Upgrade")) {
        seen.upgrade_websocket |= list_has(field.value, "websocket");
    } else if (is("Connection")) {
        seen.connection_upgrade |= list_has(field.value, "upgrade");
    } else if (is("Sec-WebSocket-Key")) {
        request.key = field.value;
        ++seen.keys;
    } else if (is("Sec-WebSocket-Version")) {
        seen.version = field.value;
        ++seen.versions;
    } else if (is("Origin")) {
        request.origin = field.value;
    } else if (is("X-Forwarded-For")) {
        request.forwarded_for = field.value;
    } else if (is("X-Real-IP")) {
        request.real_ip = field.value;
    } else if (is("X-Real-Port")) {
        request.real_port = field.value;
    } else if (is("Transfer-Encoding") || (is("Content-Length") && field.value != "0")) {
        seen.has_body = true;
    }
}

BytesView phrase_of(std::uint16_t status) {
    switch (status) {
        case 404:
            return "404 Not Found";
        case 405:
            return "405 Method Not Allowed";
        case 426:
            return "426 Upgrade Required";
        case 431:
            return "431 Request Header Fields Too Large";
        default:
            assert(status == 400);
            return "400 Bad Request";
    }
}

}  // namespace

UpgradeParse parse_upgrade(BytesView in) {
    if (begins_otherwise(in)) {
        const bool is_method = in[0] >= 'A' && in[0] <= 'Z';
        return is_method ? refuse(405, "the method is not GET") : refuse(400, "this is not HTTP");
    }
    Head head;
    switch (read_head(in, head)) {
        case HeadStatus::need_more:
            return {};
        case HeadStatus::too_big:
            return refuse(431, "the head of the request is too big");
        case HeadStatus::bad:
            return refuse(400, "the head of the request is not HTTP");
        case HeadStatus::ok:
            break;
    }
    UpgradeParse parsed{.outcome = HandshakeOutcome::ok, .size = head.size};
    BytesView line = head.first_line;
    line.remove_prefix(BytesView("GET ").size());
    const std::size_t space = line.find(' ');
    if (space == BytesView::npos || !take_target(line.substr(0, space), parsed.request)) {
        return refuse(400, "the request line is malformed");
    }
    if (line.substr(space + 1) != "HTTP/1.1") return refuse(400, "the version is not HTTP/1.1");

    Seen seen;
    for (const Field& field : head.fields()) take_field(field, parsed.request, seen);
    if (seen.hosts != 1) return refuse(400, "there is not one Host");
    if (seen.has_body) return refuse(400, "the request has a body");
    if (!seen.upgrade_websocket || !seen.connection_upgrade) {
        return refuse(426, "no upgrade to a WebSocket is asked for");
    }
    if (seen.versions != 1 || seen.version != "13") {
        return refuse(426, "the WebSocket version is not 13");
    }
    if (seen.keys != 1 || !is_key(parsed.request.key)) {
        return refuse(400, "Sec-WebSocket-Key is not 16 bytes");
    }
    return parsed;
}

std::string accept_for(BytesView key) {
    std::string salted(key);
    salted += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455 1.3
    std::array<char, 20> digest{};
    [[maybe_unused]] const int done = EVP_Digest(salted.data(),
                                                 salted.size(),
                                                 reinterpret_cast<unsigned char*>(digest.data()),
                                                 nullptr,
                                                 EVP_sha1(),
                                                 nullptr);
    assert(done == 1);
    std::string accept;
    append_base64(accept, {digest.data(), digest.size()});
    return accept;
}

void append_accept(Bytes& out, BytesView key) {
    out +=
        "HTTP/1.1 101 Switching Protocols\r\n"
        "Upgrade: websocket\r\n"
        "Connection: Upgrade\r\n"
        "Sec-WebSocket-Accept: ";
    out += accept_for(key);
    out += "\r\n\r\n";
}

void append_refusal(Bytes& out, std::uint16_t status) {
    const BytesView phrase = phrase_of(status);
    out += "HTTP/1.1 ";
    out += phrase;
    out += "\r\n";
    if (status == 405) out += "Allow: GET\r\n";
    if (status == 426) out += "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";
    out += status == 426 ? "Connection: Upgrade, close\r\n" : "Connection: close\r\n";
    out += "Content-Type: text/plain\r\nContent-Length: ";
    out += std::to_string(phrase.size() + 1);
    out += "\r\n\r\n";
    out += phrase;
    out += '\n';
}

std::string key_from(BytesView random_bytes) {
    assert(random_bytes.size() == key_bytes);
    std::string key;
    append_base64(key, random_bytes);
    return key;
}

void append_upgrade(Bytes& out, BytesView host, BytesView target, BytesView key) {
    assert(target.starts_with('/') && key.size() == key_characters);
    out += "GET ";
    out += target;
    out += " HTTP/1.1\r\nHost: ";
    out += host;
    out += "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ";
    out += key;
    out += "\r\nSec-WebSocket-Version: 13\r\n\r\n";
}

AnswerParse parse_answer(BytesView in, BytesView key) {
    constexpr BytesView begin = "HTTP/1.1 ";
    if (in.substr(0, begin.size()) != begin.substr(0, in.size())) return doubt("this is not HTTP");
    Head head;
    switch (read_head(in, head)) {
        case HeadStatus::need_more:
            return {};
        case HeadStatus::too_big:
            return doubt("the head of the answer is too big");
        case HeadStatus::bad:
            return doubt("the head of the answer is not HTTP");
        case HeadStatus::ok:
            break;
    }
    const BytesView line = head.first_line.substr(begin.size());
    std::uint16_t status = 0;
    for (const char c : line.substr(0, 3)) {
        if (c < '0' || c > '9') return doubt("the status line is malformed");
        status = static_cast<std::uint16_t>(status * 10 + (c - '0'));
    }
    if (status < 100 || (line.size() > 3 && line[3] != ' ')) {
        return doubt("the status line is malformed");
    }
    if (status != 101) return doubt("the server does not switch protocols", status);

    bool upgrade = false;
    bool connection = false;
    int accepts = 0;
    bool accepted = false;
    for (const auto& [name, value] : head.fields()) {
        if (equals_ignoring_case(name, "Upgrade")) {
            upgrade |= equals_ignoring_case(value, "websocket");
        } else if (equals_ignoring_case(name, "Connection")) {
            connection |= list_has(value, "upgrade");
        } else if (equals_ignoring_case(name, "Sec-WebSocket-Accept")) {
            ++accepts;
            accepted = value == accept_for(key);
        } else if (equals_ignoring_case(name, "Sec-WebSocket-Extensions") ||
                   equals_ignoring_case(name, "Sec-WebSocket-Protocol")) {
            return doubt("the server takes what was not offered", status);
        }
    }
    if (!upgrade || !connection) return doubt("the answer is no upgrade to a WebSocket", status);
    if (accepts != 1 || !accepted) {
        return doubt("Sec-WebSocket-Accept does not fit the key", status);
    }
    return {.outcome = HandshakeOutcome::ok, .size = head.size, .status = status};
}

}  // namespace fenshen::ws
