// SPDX-License-Identifier: Apache-2.0
#include "cli/surroundings.h"

#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <iostream>
#include <string_view>

namespace fenshen::cli {
namespace {

/// `name` as a number of columns or rows; `otherwise` when it is none.
std::size_t number_of(const char* name, std::size_t otherwise) {
    const char* text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): there is one thread
    if (text == nullptr) return otherwise;
    const std::string_view digits(text);
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(digits.begin(), digits.end(), number);
    return error == std::errc() && end == digits.end() && number > 0 ? number : otherwise;
}

bool is_set(const char* name) {
    const char* text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
    return text != nullptr && *text != '\0';
}

Terminal terminal_of_process() {
    Terminal terminal;
    terminal.is_one = ::isatty(STDOUT_FILENO) == 1;
    winsize size{};
    if (terminal.is_one && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
        terminal.columns = size.ws_col;
        terminal.rows = size.ws_row;
    }
    terminal.columns = number_of("COLUMNS", terminal.columns);
    terminal.rows = number_of("LINES", terminal.rows);
    const char* kind = std::getenv("TERM");  // NOLINT(concurrency-mt-unsafe)
    const bool dumb = kind != nullptr && std::string_view(kind) == "dumb";
    terminal.colours = terminal.is_one && !dumb && !is_set("NO_COLOR");
    return terminal;
}

volatile sig_atomic_t interrupted = 0;

/// Waits with SIGINT let through only while it waits, so that one that comes between looking and
/// waiting is not slept over.
bool pause(Millis duration) {
    sigset_t with_interrupt;
    sigset_t before;
    sigemptyset(&with_interrupt);
    sigaddset(&with_interrupt, SIGINT);
    ::pthread_sigmask(SIG_BLOCK, &with_interrupt, &before);
    struct sigaction action{};
    action.sa_handler = [](int) { interrupted = 1; };
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    static const int caught = ::sigaction(SIGINT, &action, nullptr);
    if (caught == 0 && interrupted == 0) {
        const timespec time{.tv_sec = duration.count() / 1000,
                            .tv_nsec = duration.count() % 1000 * 1'000'000};
        ::ppoll(nullptr, 0, &time, &before);
    }
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return interrupted == 0;
}

}  // namespace

Surroundings surroundings_of_process() {
    static const SystemClock clock;
    return {std::cin, clock, terminal_of_process(), pause};
}

}  // namespace fenshen::cli
