// SPDX-License-Identifier: Apache-2.0
#include "api/wukong/envelope.h"

#include "base/json_writer.h"

namespace fenshen::api::wukong {

namespace {

http::Response refusal(int status, std::string_view text) {
    Bytes body;
    JsonWriter json(body);
    json.begin_object().member("msg", text).member("status", status).end_object();
    return http::json(status, std::move(body));
}

}  // namespace

http::Response ok() {
    return status_only(200);
}

http::Response ok_with(BytesView data) {
    Bytes body;
    JsonWriter json(body);
    json.begin_object().member("status", 200).key("data").raw(data).end_object();
    return raw(std::move(body));
}

http::Response status_only(int status) {
    Bytes body;
    JsonWriter json(body);
    json.begin_object().member("status", status).end_object();
    return raw(std::move(body));
}

http::Response err(std::string_view text) {
    return refusal(400, text);
}

http::Response raw(Bytes json) {
    return http::json(200, std::move(json));
}

http::Response failure(Errc code) {
    const ErrorRow& row = row_of(code);
    return refusal(row.http, row.meaning);
}

http::Response outcome(const Result<void>& result) {
    return result ? ok() : failure(result.error());
}

}  // namespace fenshen::api::wukong
