// SPDX-License-Identifier: Apache-2.0
#include "api/wukong/client_addresses.h"

#include "base/json_writer.h"

namespace fenshen::api::wukong {

namespace {

bool wants_intranet(detail::QueryReader& query) {
    return query.integer<int>("intranet") == 1;
}

void write_addresses(JsonWriter& json, const ClientAddresses& addresses, bool intranet) {
    if (intranet) {
        const std::string& tcp =
            addresses.intranet_tcp.empty() ? addresses.tcp : addresses.intranet_tcp;
        json.member("tcp_addr", tcp).member("ws_addr", "").member("wss_addr", "");
        return;
    }
    json.member("tcp_addr", addresses.tcp)
        .member("ws_addr", addresses.ws)
        .member("wss_addr", addresses.wss);
}

}  // namespace

RouteOfOne::Input RouteOfOne::read(detail::QueryReader& query) {
    return {wants_intranet(query)};
}

Task<http::Response> RouteOfOne::run(Context& context, Input input) {
    Bytes body;
    JsonWriter json(body);
    json.begin_object();
    write_addresses(json, context.addresses, input.intranet);
    json.end_object();
    co_return raw(std::move(body));
}

RouteOfMany::Input RouteOfMany::read(http::JsonDocument& body, detail::QueryReader& query) {
    return {wants_intranet(query), body.strings()};
}

Task<http::Response> RouteOfMany::run(Context& context, Input input) {
    Bytes body;
    JsonWriter json(body);
    json.begin_array().begin_object();
    write_addresses(json, context.addresses, input.intranet);
    json.key("uids").begin_array();
    for (const auto& uid : input.uids) json.string(uid);
    json.end_array().end_object().end_array();
    co_return raw(std::move(body));
}

}  // namespace fenshen::api::wukong
