// SPDX-License-Identifier: Apache-2.0
#include "api/wukong/connections.h"

#include <algorithm>
#include <bit>

#include "api/wukong/detail/fields.h"
#include "api/wukong/detail/times.h"
#include "base/json_writer.h"
#include "service/devices/connections.h"

namespace fenshen::api::wukong {

namespace {

constexpr std::int64_t page_size_default = 20;
constexpr std::int64_t page_size_max = 10'000;
constexpr unsigned loop_bits = 8;

using service::LiveConnection;

ConnectionInput read_connection(http::JsonObject& body) {
    return {
        .uid = detail::uid_of(body),
        .conn_id = body.integer<std::int64_t>("conn_id"),
        .node_id = body.integer<std::uint64_t>("node_id"),
        .op_node_id = body.integer<std::uint64_t>("op_node_id"),
    };
}

bool is_here(const Context& context, std::uint64_t node_id) {
    return node_id == 0 || node_id == context.world.node.value();
}

Task<http::Response> end(Context& context, ConnectionInput input, bool tell) {
    if (!is_here(context, input.op_node_id)) co_return err("node not found");
    if (input.conn_id == 0) co_return err("conn_id is 0");
    if (!is_here(context, input.node_id)) co_return ok();
    service::EndConnection command;
    command.uid = std::move(input.uid);
    command.session = session_of(input.conn_id, context.world.node);
    command.tell = tell;
    command.text = "server kick";
    auto ending = service::end_connection(context.world, std::move(command));
    const auto ended = co_await ending;
    co_return outcome(ended);
}

std::string device_text(const domain::LiveSession& session) {
    std::string text;
    switch (session.device_class.value()) {
        case 0:
            text = "App";
            break;
        case 1:
            text = "Web";
            break;
        case 2:
            text = "PC";
            break;
        default:
            text = "未知";
            break;
    }
    return text + (session.level == DeviceLevel::main ? "(主)" : "(从)");
}

void sort_by(std::vector<LiveConnection>& connections, std::string_view key) {
    const bool descending = key.ends_with("Desc");
    if (descending) key.remove_suffix(4);
    const bool by_uptime = key == "uptime";
    std::ranges::sort(connections, [&](const LiveConnection& a, const LiveConnection& b) {
        // The longest there has the earliest login.
        if (by_uptime && a.session.login_at != b.session.login_at) {
            return a.session.login_at > b.session.login_at;
        }
        return connection_id(a.session.session) < connection_id(b.session.session);
    });
    if (descending) std::ranges::reverse(connections);
}

void write_connection(JsonWriter& json, const LiveConnection& connection, WallTime now) {
    const domain::LiveSession& session = connection.session;
    const auto node = session.session.node.value();
    json.begin_object()
        .member("id", connection_id(session.session))
        .member("uid", connection.uid.value())
        .member("ip", connection.address)
        .member("uptime", detail::duration_text((now.ms - session.login_at.ms) / 1000))
        .member("device", device_text(session))
        .member("device_id", session.device_id.value())
        .member("device_flag", session.device_class.value())
        .member("client", connection.client)
        .member("proxy_type_format", "本地连接")
        .member("leader_id", node)
        .member("node_id", node)
        .end_object();
}

}  // namespace

std::int64_t connection_id(const SessionRef& session) {
    return std::bit_cast<std::int64_t>((session.serial << loop_bits) | session.loop.value());
}

SessionRef session_of(std::int64_t connection_id, NodeId node) {
    const auto id = std::bit_cast<std::uint64_t>(connection_id);
    const auto loop = static_cast<std::uint16_t>(id & ((1U << loop_bits) - 1));
    return {node, LoopId(loop), id >> loop_bits};
}

KickConnection::Input KickConnection::read(http::JsonObject& body) {
    return read_connection(body);
}

Task<http::Response> KickConnection::run(Context& context, Input input) {
    return end(context, std::move(input), true);
}

RemoveConnection::Input RemoveConnection::read(http::JsonObject& body) {
    return read_connection(body);
}

Task<http::Response> RemoveConnection::run(Context& context, Input input) {
    return end(context, std::move(input), false);
}

ListConnections::Input ListConnections::read(detail::QueryReader& query) {
    return {
        .sort = query.string("sort"),
        .uid = query.string("uid"),
        .offset = query.integer<std::int64_t>("offset"),
        .limit = query.integer<std::int64_t>("limit"),
        .node_id = query.integer<std::uint64_t>("node_id"),
    };
}

Task<http::Response> ListConnections::run(Context& context, Input input) {
    if (!is_here(context, input.node_id)) co_return err("节点不存在！");
    auto asking = service::live_connections(context.world);
    auto connections = co_await asking;
    const std::size_t total = connections.size();
    std::erase_if(connections, [&](const LiveConnection& connection) {
        return connection.uid.value().find(input.uid) == std::string::npos;
    });
    sort_by(connections, input.sort);
    const std::int64_t limit =
        input.limit <= 0 ? page_size_default : std::min(input.limit, page_size_max);
    const auto count = static_cast<std::int64_t>(connections.size());
    const std::int64_t first = std::clamp<std::int64_t>(input.offset, 0, count);
    const std::int64_t last = first + std::min(limit, count - first);

    const WallTime now = context.world.clock.wall();
    Bytes body;
    JsonWriter json(body);
    json.begin_object().key("connections").begin_array();
    for (std::int64_t i = first; i < last; ++i) {
        write_connection(json, connections[static_cast<std::size_t>(i)], now);
    }
    json.end_array()
        .member("now", detail::rfc3339(now))
        .member("total", total)
        .member("offset", input.offset)
        .member("limit", limit)
        .end_object();
    co_return raw(std::move(body));
}

}  // namespace fenshen::api::wukong
