// SPDX-License-Identifier: Apache-2.0
#include "app/serve.h"

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "app/server.h"
#include "base/json_writer.h"

namespace fenshen::app {

namespace {

bool write_addresses(const Addresses& addresses, const std::string& path) {
    Bytes text;
    JsonWriter json(text);
    json.begin_object();
    json.key("tcp").number(addresses.tcp);
    json.key("ws").number(addresses.ws);
    json.key("wss").number(addresses.wss);
    json.key("api").number(addresses.api);
    json.key("easemob").number(addresses.easemob);
    json.end_object();
    // Renamed into place: who waits for the file finds it whole.
    const std::string aside = path + ".new";
    std::ofstream file(aside);
    file << text << '\n';
    file.close();
    std::error_code error;
    std::filesystem::rename(aside, path, error);
    return file.good() && !error;
}

void print_line(const char* what,
                const std::string& scheme,
                const Addresses& at,
                std::uint16_t port) {
    if (port == 0) return;
    std::printf("  %-22s %s%s:%u\n", what, scheme.c_str(), at.host.c_str(), port);
}

/// How an unchanged Easemob SDK is pointed here.
void print_easemob(const config::Config& config, const Addresses& at) {
    if (at.easemob == 0) return;
    std::printf(
        "\nAn Easemob app (easemob-websdk) comes here with\n\n"
        "  new websdk.connection({appKey: \"%s\", isHttpDNS: false,\n"
        "                         url: \"ws://%s:%u/websocket\", apiUrl: \"http://%s:%u\"});\n",
        config.easemob.app_key.c_str(),
        at.host.c_str(),
        at.easemob,
        at.host.c_str(),
        at.easemob);
}

void print_welcome(const config::Config& config, const Addresses& at) {
    std::printf("fenshen %s is running.\n\n", FENSHEN_VERSION);
    print_line("WuKong clients, TCP", "", at, at.tcp);
    print_line("WuKong clients, WS", "ws://", at, at.ws);
    print_line("WuKong clients, WSS", "wss://", at, at.wss);
    print_line("HTTP API", "http://", at, at.api);
    print_line("Easemob REST", "http://", at, at.easemob);
    std::printf("  %-22s %s\n",
                "data",
                std::filesystem::absolute(config.server.data_dir).lexically_normal().c_str());
    print_easemob(config, at);
    if (at.api == 0) return void(std::fflush(stdout));
    std::printf(
        "\nTry this in another terminal: a token for the account ann, class 1 (web), and what is "
        "there.\n\n"
        "  curl -s http://%s:%u/user/token -d "
        "'{\"uid\":\"ann\",\"token\":\"secret\",\"device_flag\":1,"
        "\"device_level\":1}'\n"
        "  curl -s http://%s:%u/route\n\n"
        "Then log in as ann with wukongimjssdk (npm), which connects as class 1. Ctrl-C stops the "
        "server.\n",
        at.host.c_str(),
        at.api,
        at.host.c_str(),
        at.api);
    std::fflush(stdout);
}

}  // namespace

int serve(const config::Config& config, const ServeFlags& flags) {
    // Taken by sigwait below; every thread that is made from here on leaves them alone.
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);

    auto server = Server::start(config);
    if (!server) {
        std::fprintf(stderr, "fenshen: %s\n", server.error().c_str());
        return 1;
    }
    const Addresses& addresses = (*server)->addresses();
    print_welcome(config, addresses);
    if (!flags.addresses_file.empty() && !write_addresses(addresses, flags.addresses_file)) {
        std::fprintf(stderr, "fenshen: cannot write %s\n", flags.addresses_file.c_str());
        return 1;
    }
    for (;;) {
        int signal = 0;
        sigwait(&signals, &signal);
        if (signal != SIGHUP) break;
        (*server)->reload();
    }
    (*server)->stop();
    return 0;
}

}  // namespace fenshen::app
