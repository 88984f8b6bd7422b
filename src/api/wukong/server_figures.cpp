// SPDX-License-Identifier: Apache-2.0
#include "api/wukong/server_figures.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "api/wukong/detail/times.h"
#include "base/json_writer.h"
#include "model/names.h"

namespace fenshen::api::wukong {

namespace {

std::uint64_t resident_bytes() {
    std::ifstream file("/proc/self/statm");
    std::uint64_t whole_pages = 0;
    std::uint64_t resident_pages = 0;
    file >> whole_pages >> resident_pages;
    return resident_pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

/// Of one processor, since the start.
double cpu_percent(Millis uptime) {
    rusage usage{};
    if (::getrusage(RUSAGE_SELF, &usage) != 0 || uptime.count() <= 0) return 0;
    const auto seconds = static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec);
    const auto micros = static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
    return 100 * (seconds + micros / 1e6) / (static_cast<double>(uptime.count()) / 1e3);
}

}  // namespace

ServerFigures::Input ServerFigures::read(detail::QueryReader& query) {
    return {query.integer<std::uint64_t>("node_id")};
}

Task<http::Response> ServerFigures::run(Context& context, Input input) {
    const auto node = context.world.node.value();
    if (input.node_id != 0 && input.node_id != node) co_return err("节点不存在！");
    const Traffic traffic = context.traffic ? context.traffic() : Traffic{};
    // /proc is read there, not on a loop.
    co_await move_to(context.world.pool);
    const Millis uptime = context.world.clock.mono() - context.started_at;
    Bytes body;
    JsonWriter json(body);
    json.begin_object()
        .member("server_id", std::to_string(node))
        .member("server_name", "Fenshen")
        .member("version", context.version)
        .member("connections", traffic.connections)
        .member("uptime", detail::duration_text(uptime.count() / 1000))
        .member("mem", resident_bytes())
        .member("cpu", cpu_percent(uptime))
        .member("in_msgs", traffic.messages_in)
        .member("out_msgs", traffic.messages_out)
        .member("in_bytes", traffic.bytes_in)
        .member("out_bytes", traffic.bytes_out)
        .member("slow_clients", traffic.slow_clients)
        .member("tcp_addr", context.addresses.tcp)
        .member("ws_addr", context.addresses.ws)
        .member("wss_addr", context.addresses.wss)
        .member("manager_uid", manager_uid)
        .member("manager_token_on", int{!context.token.empty()})
        .member("conversation_cache_count", 0)
        .end_object();
    co_return raw(std::move(body));
}

}  // namespace fenshen::api::wukong
