// SPDX-License-Identifier: Apache-2.0
#include "service/credentials/easemob_token.h"

#include <openssl/evp.h>
#include <simdjson.h>

#include <array>
#include <cstdlib>

#include "base/base64.h"
#include "base/hex.h"
#include "domain/easemob_id.h"
#include "domain/login.h"
#include "service/credentials/token_hash.h"
#include "service/detail/record.h"

namespace fenshen::service {

namespace {

constexpr std::string_view prefix = "YWMt";  // what apps are used to see
constexpr std::string_view dynamic_prefix = "dt-";
constexpr std::uint8_t format = 1;
constexpr std::size_t mac_bytes = 32;
/// Seconds that still make a time in milliseconds.
constexpr std::int64_t seconds_max = 100'000'000'000;

std::uint8_t to_number(EasemobToken::Kind kind) {
    return static_cast<std::uint8_t>(kind);
}

Bytes mac_of(BytesView key, const EasemobRules& rules, BytesView body, EasemobToken::Kind kind) {
    // A key of its own: the server's key also makes the hashes of the other side's tokens.
    Bytes text = "easemob token";
    text += body;
    if (kind == EasemobToken::Kind::app) {
        detail::append_text(text, rules.client_id);
        detail::append_text(text, rules.client_secret.reveal());
    }
    return hash_token(hash_token(key, "key of easemob tokens"), text);
}

std::optional<Bytes> from_url_base64(BytesView text) {
    while (text.ends_with('=')) text.remove_suffix(1);
    Bytes standard(text);
    for (char& c : standard) {
        if (c == '+' || c == '/' || c == '=' || c == '\r' || c == '\n') return std::nullopt;
        if (c == '-') c = '+';
        if (c == '_') c = '/';
    }
    standard.append((4 - standard.size() % 4) % 4, '=');
    Bytes plain;
    if (!append_from_base64(plain, standard)) return std::nullopt;
    return plain;
}

std::optional<EasemobToken> open_own(BytesView key, const EasemobRules& rules, BytesView text) {
    const auto sealed = from_url_base64(text);
    if (!sealed || sealed->size() <= mac_bytes) return std::nullopt;
    const BytesView body = BytesView(*sealed).substr(0, sealed->size() - mac_bytes);
    detail::RecordReader in{body};
    if (in.number<std::uint8_t>() != format) return std::nullopt;
    const auto kind = in.number<std::uint8_t>();
    if (kind != to_number(EasemobToken::Kind::user) && kind != to_number(EasemobToken::Kind::app)) {
        return std::nullopt;
    }
    EasemobToken token;
    token.kind = static_cast<EasemobToken::Kind>(kind);
    token.uid = Uid(in.text());
    token.issued_at = WallTime{in.number<std::int64_t>()};
    const WallTime expires_at{in.number<std::int64_t>()};
    if (expires_at.ms != 0) token.expires_at = expires_at;
    token.generation = in.number<std::uint64_t>();
    if (!in.done()) return std::nullopt;
    const Bytes mac = mac_of(key, rules, body, token.kind);
    if (!domain::equal_in_constant_time(mac, BytesView(*sealed).substr(body.size()))) {
        return std::nullopt;
    }
    if (token.kind == EasemobToken::Kind::app && rules.client_id.empty()) return std::nullopt;
    return token;
}

Bytes sha256_hex(BytesView text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) {
        std::abort();  // no memory, or a crypto library without SHA-256
    }
    return to_hex({reinterpret_cast<const char*>(digest.data()), size});
}

struct DynamicFields {
    std::string signature;
    std::string app_key;
    std::string user_id;
    std::int64_t current = -1;
    std::int64_t ttl = -1;
};

std::optional<DynamicFields> read_dynamic(BytesView json) {
    simdjson::dom::parser parser;
    simdjson::dom::object object;
    if (parser.parse(simdjson::padded_string(json)).get(object) != simdjson::SUCCESS) {
        return std::nullopt;
    }
    DynamicFields fields;
    const auto text = [&](std::string_view name, std::string& out) {
        std::string_view value;
        if (object.at_key(name).get(value) == simdjson::SUCCESS) out = value;
    };
    const auto seconds = [&](std::string_view name, std::int64_t& out) {
        std::int64_t value = 0;
        const bool is_number = object.at_key(name).get(value) == simdjson::SUCCESS;
        if (is_number && value >= 0 && value <= seconds_max) out = value;
    };
    text("signature", fields.signature);
    text("appkey", fields.app_key);
    text("userId", fields.user_id);
    seconds("curTime", fields.current);
    seconds("ttl", fields.ttl);
    if (fields.current < 0 || fields.ttl < 0) return std::nullopt;
    return fields;
}

std::optional<EasemobToken> open_dynamic(const EasemobRules& rules, BytesView json) {
    if (rules.client_id.empty() || rules.client_secret.empty()) return std::nullopt;
    const auto fields = read_dynamic(json);
    if (!fields || fields->app_key != rules.app_key()) return std::nullopt;
    const Bytes expected = sha256_hex(rules.client_id + fields->app_key + fields->user_id +
                                      std::to_string(fields->current) +
                                      std::to_string(fields->ttl) + rules.client_secret.reveal());
    if (!domain::equal_in_constant_time(expected, fields->signature)) return std::nullopt;
    auto uid = domain::easemob_uid(fields->user_id);
    if (!uid) return std::nullopt;
    return EasemobToken{EasemobToken::Kind::dynamic,
                        std::move(*uid),
                        WallTime{fields->current * 1000},
                        WallTime{(fields->current + fields->ttl) * 1000},
                        0};
}

}  // namespace

Bytes seal_token(BytesView key, const EasemobRules& rules, const EasemobToken& token) {
    Bytes body;
    append_be(body, format);
    append_be(body, to_number(token.kind));
    detail::append_text(body, token.uid.value());
    append_be(body, token.issued_at.ms);
    append_be(body, token.expires_at.value_or(WallTime{}).ms);
    append_be(body, token.generation);
    return Bytes(prefix) + to_base64url(body + mac_of(key, rules, body, token.kind));
}

std::optional<EasemobToken> open_token(BytesView key, const EasemobRules& rules, BytesView text) {
    if (text.size() > easemob_token_bytes_max) return std::nullopt;
    if (text.starts_with(prefix)) return open_own(key, rules, text.substr(prefix.size()));
    // Written either way: the prefix before the base64, or within it.
    if (text.starts_with(dynamic_prefix)) {
        const auto json = from_url_base64(text.substr(dynamic_prefix.size()));
        return json ? open_dynamic(rules, *json) : std::nullopt;
    }
    const auto whole = from_url_base64(text);
    if (!whole || !whole->starts_with(dynamic_prefix)) return std::nullopt;
    return open_dynamic(rules, BytesView(*whole).substr(dynamic_prefix.size()));
}

}  // namespace fenshen::service
