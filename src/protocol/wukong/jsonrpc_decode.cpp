// SPDX-License-Identifier: Apache-2.0
// Client texts (wukong-wire 7.1, 7.2).
#include <charconv>
#include <cmath>
#include <concepts>
#include <optional>
#include <utility>

#include "base/base64.h"
#include "base/json_writer.h"
#include "protocol/wukong/codec.h"
#include "protocol/wukong/detail/limited_parser.h"
#include "protocol/wukong/jsonrpc.h"

namespace fenshen::wukong {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;
using simdjson::dom::object;

/// What a thread keeps for its decodes; the views in a request look into it.
struct ThreadTools {
    detail::LimitedParser parser;
    Bytes id;
    Bytes payload;
    Bytes error;
};
ThreadTools& tools() {
    thread_local ThreadTools kept;
    return kept;
}

/// Reads members one by one; notes the first thing that is not as it has to be.
class Reader {
public:
    bool failed() const { return !tools().error.empty(); }

    void fail(std::string_view name, std::string_view what) {
        if (failed()) return;
        tools().error.assign(name).append(": ").append(what);
    }

    std::string_view text(std::string_view name, const element& value) {
        std::string_view found;
        if (value.get(found) != simdjson::SUCCESS) {
            fail(name, "must be a string");
        } else if (found.size() > string_bytes_max) {
            fail(name, "is too long");
        }
        return failed() ? std::string_view{} : found;
    }

    bool boolean(std::string_view name, const element& value) {
        bool found = false;
        if (value.get(found) != simdjson::SUCCESS) fail(name, "must be true or false");
        return found;
    }

    /// Whole numbers; also when they are written with a fraction of zero, as some languages do.
    template <std::integral T>
    T integer(std::string_view name, const element& value) {
        std::int64_t whole = 0;
        std::uint64_t large = 0;
        double real = 0;
        if (value.get(whole) == simdjson::SUCCESS) {
            if (std::in_range<T>(whole)) return static_cast<T>(whole);
        } else if (value.get(large) == simdjson::SUCCESS) {
            if (std::in_range<T>(large)) return static_cast<T>(large);
        } else if (value.get(real) == simdjson::SUCCESS) {
            constexpr double exact_max = 9007199254740992;  // 2^53
            if (std::abs(real) <= exact_max && std::trunc(real) == real &&
                std::in_range<T>(static_cast<std::int64_t>(real))) {
                return static_cast<T>(real);
            }
        }
        fail(name, "must be a whole number in its range");
        return 0;
    }

    /// Nothing for what isn't an object: the library's empty one can't be walked.
    std::optional<object> members(std::string_view name, const element& value) {
        object found;
        if (value.get(found) == simdjson::SUCCESS) return found;
        fail(name, "must be an object");
        return std::nullopt;
    }

    /// Whether `key` is the member `camel`, in either spelling.
    bool is(std::string_view key, std::string_view camel, std::string_view snake) {
        if (key == camel) return true;
        if (key != snake) return false;
        seen.snake_case = true;
        return true;
    }

    JsonDialect seen;
};

/// Calls `visit(key, value)` for each member that isn't null. Of several with one name the last
/// counts, as its visit comes last.
template <class Visit>
void for_each_member(const std::optional<object>& members, Visit visit) {
    if (!members) return;
    for (const auto& [key, value] : *members) {
        if (!value.is_null()) visit(key, value);
    }
}

HeaderFlags read_header(Reader& reader, const element& value) {
    HeaderFlags flags;
    for_each_member(reader.members("header", value), [&](std::string_view key, const element& v) {
        if (reader.is(key, "noPersist", "no_persist")) {
            flags.no_persist = reader.boolean(key, v);
        } else if (reader.is(key, "redDot", "red_dot")) {
            flags.red_dot = reader.boolean(key, v);
        } else if (reader.is(key, "syncOnce", "sync_once")) {
            flags.sync_once = reader.boolean(key, v);
        } else if (key == "dup") {
            flags.dup = reader.boolean(key, v);
        }
    });
    return flags;
}

std::uint8_t read_setting(Reader& reader, const element& value) {
    constexpr std::pair<std::string_view, std::uint8_t> bits[] = {{"receipt", setting::receipt},
                                                                  {"signal", setting::signal},
                                                                  {"stream", setting::stream},
                                                                  {"topic", setting::topic}};
    unsigned found = 0;
    for_each_member(reader.members("setting", value), [&](std::string_view key, const element& v) {
        for (const auto& [name, bit] : bits) {
            if (key != name) continue;
            found = reader.boolean(key, v) ? (found | bit) : (found & ~unsigned{bit});
        }
    });
    return static_cast<std::uint8_t>(found);
}

BytesView read_payload(Reader& reader, const element& value) {
    Bytes& payload = tools().payload;
    payload.clear();
    switch (value.type()) {
        case element_type::STRING: {
            const std::string_view text = value.get_string().value_unsafe();
            if (!append_from_base64(payload, text)) reader.fail("payload", "must be base64");
            break;
        }
        case element_type::OBJECT:
        case element_type::ARRAY:
            payload = simdjson::minify(value);
            reader.seen.payload_as_json = true;
            break;
        default:
            reader.fail("payload", "must be a base64 string, an object or an array");
    }
    return payload;
}

Connect read_connect(Reader& reader, const object& params) {
    Connect call;
    for_each_member(params, [&](std::string_view key, const element& value) {
        if (key == "uid") {
            call.uid = reader.text(key, value);
        } else if (key == "token") {
            call.token = reader.text(key, value);
        } else if (reader.is(key, "deviceId", "device_id")) {
            call.device_id = reader.text(key, value);
        } else if (reader.is(key, "deviceFlag", "device_flag")) {
            call.device_flag = reader.integer<std::uint8_t>(key, value);
        } else if (key == "version") {
            call.version = reader.integer<std::uint8_t>(key, value);
        } else if (reader.is(key, "clientTimestamp", "client_timestamp")) {
            call.client_timestamp_ms = reader.integer<std::int64_t>(key, value);
        }
    });
    if (call.version == 0) call.version = 5;  // also when it is missing
    return call;
}

Send read_send(Reader& reader, const object& params) {
    Send call;
    std::string_view topic;
    bool has_channel = false;
    bool has_type = false;
    bool has_payload = false;
    for_each_member(params, [&](std::string_view key, const element& value) {
        if (key == "header") {
            call.flags = read_header(reader, value);
        } else if (key == "setting") {
            call.setting = read_setting(reader, value);
        } else if (reader.is(key, "clientMsgNo", "client_msg_no")) {
            call.client_msg_no = reader.text(key, value);
        } else if (reader.is(key, "channelId", "channel_id")) {
            call.channel_id = reader.text(key, value);
            has_channel = true;
        } else if (reader.is(key, "channelType", "channel_type")) {
            call.channel_type = reader.integer<std::uint8_t>(key, value);
            has_type = true;
        } else if (key == "expire") {
            call.expire_s = reader.integer<std::uint32_t>(key, value);
        } else if (key == "topic") {
            topic = reader.text(key, value);
        } else if (key == "payload") {
            call.payload = read_payload(reader, value);
            has_payload = true;
        }
    });
    if (!has_channel) reader.fail("channelId", "is missing");
    if (!has_type) reader.fail("channelType", "is missing");
    if (!has_payload) reader.fail("payload", "is missing");
    if ((call.setting & setting::topic) != 0) call.topic = topic;
    return call;
}

/// A message id is a string of decimal digits: it exceeds what JavaScript's numbers hold.
std::int64_t read_message_id(Reader& reader, std::string_view key, const element& value) {
    const std::string_view text = reader.text(key, value);
    std::int64_t id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc{} || end != text.data() + text.size()) {
        reader.fail(key, "must be a decimal number in a string");
    }
    return id;
}

Recvack read_recvack(Reader& reader, const object& params) {
    Recvack call;
    bool has_id = false;
    for_each_member(params, [&](std::string_view key, const element& value) {
        if (key == "header") {
            call.flags = read_header(reader, value);
        } else if (reader.is(key, "messageId", "message_id")) {
            call.message_id = read_message_id(reader, key, value);
            has_id = true;
        } else if (reader.is(key, "messageSeq", "message_seq")) {
            call.message_seq = reader.integer<std::uint64_t>(key, value);
        }
    });
    if (!has_id) reader.fail("messageId", "is missing");
    return call;
}

Disconnect read_disconnect(Reader& reader, const object& params) {
    Disconnect call;
    for_each_member(params, [&](std::string_view key, const element& value) {
        if (reader.is(key, "reasonCode", "reason_code")) {
            call.reason = static_cast<Reason>(reader.integer<std::uint8_t>(key, value));
        } else if (key == "reason") {
            call.text = reader.text(key, value);
        }
    });
    return call;
}

/// As JSON text, in tools().id.
void read_id(Reader& reader, const element& value) {
    Bytes& id = tools().id;
    id.clear();
    JsonWriter json(id);
    std::string_view text;
    std::int64_t whole = 0;
    std::uint64_t large = 0;
    double real = 0;
    if (value.get(text) == simdjson::SUCCESS) {
        if (text.size() > json_id_bytes_max) return reader.fail("id", "is too long");
        json.string(text);
    } else if (value.get(whole) == simdjson::SUCCESS) {
        json.number(whole);
    } else if (value.get(large) == simdjson::SUCCESS) {
        json.number(large);
    } else if (value.get(real) == simdjson::SUCCESS) {
        json.number(real);
    } else {
        reader.fail("id", "must be a string or a number");
    }
}

struct Envelope {
    std::string_view method;
    element params;
    bool has_method = false;
    bool has_params = false;
};

Envelope read_envelope(Reader& reader, const object& members) {
    Envelope envelope;
    for_each_member(members, [&](std::string_view key, const element& value) {
        if (key == "jsonrpc") {
            std::string_view version;
            if (value.get(version) != simdjson::SUCCESS || version != "2.0") {
                reader.fail("jsonrpc", "must be \"2.0\"");
            }
        } else if (key == "method") {
            envelope.method = reader.text(key, value);
            envelope.has_method = true;
        } else if (key == "id") {
            read_id(reader, value);
        } else if (key == "params") {
            envelope.params = value;
            envelope.has_params = true;
        }
    });
    if (!envelope.has_method) reader.fail("method", "is missing");
    return envelope;
}

JsonCall read_call(Reader& reader, const Envelope& envelope) {
    const std::string_view method = envelope.method;
    const bool is_known = method == "connect" || method == "send" || method == "recvack" ||
                          method == "ping" || method == "disconnect";
    if (!is_known) {
        reader.fail("method", "is not known");
        return Ping{};
    }
    const bool has_id = !tools().id.empty();
    if (method == "recvack" && has_id) reader.fail("recvack", "must be a notification, without id");
    if (method != "recvack" && !has_id) reader.fail(method, "must be a request, with an id");
    if (method == "ping" || reader.failed()) return Ping{};

    if (!envelope.has_params) {
        reader.fail("params", "is missing");
        return Ping{};
    }
    const auto params = reader.members("params", envelope.params);
    if (!params) return Ping{};
    if (method == "connect") return read_connect(reader, *params);
    if (method == "send") return read_send(reader, *params);
    if (method == "recvack") return read_recvack(reader, *params);
    return read_disconnect(reader, *params);
}

}  // namespace

std::expected<JsonRequest, JsonError> decode_json(BytesView text, std::size_t bytes_max) {
    ThreadTools& t = tools();
    t.id.clear();
    t.error.clear();
    if (text.size() > bytes_max) return std::unexpected(JsonError{{}, "the text is too long"});
    const auto root = t.parser.parse(text);
    if (!root) return std::unexpected(JsonError{{}, "this is not JSON"});
    object members;
    if (root->get(members) != simdjson::SUCCESS) {
        return std::unexpected(JsonError{{}, "a text must be an object"});
    }
    Reader reader;
    const Envelope envelope = read_envelope(reader, members);
    JsonCall call = Ping{};
    if (!reader.failed()) call = read_call(reader, envelope);
    if (reader.failed()) return std::unexpected(JsonError{t.id, t.error});
    return JsonRequest{.id = t.id, .call = call, .seen = reader.seen};
}

}  // namespace fenshen::wukong
