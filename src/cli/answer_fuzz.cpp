// SPDX-License-Identifier: Apache-2.0
// Answers of a server: whatever they hold, drawing them ends, fits the terminal and moves no
// cursor.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "cli/detail/devices_view.h"
#include "cli/detail/json.h"
#include "cli/detail/mend.h"
#include "cli/detail/policy_view.h"
#include "cli/detail/text_width.h"
#include "http_client/url.h"

namespace {

using namespace fenshen;
using namespace fenshen::cli;

void must(bool holds) {
    if (!holds) std::abort();
}

/// Each line is printable, and no wider than `columns`; 0: as wide as it likes.
void check_lines(std::string_view text, std::size_t columns) {
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        must(end != std::string_view::npos);
        const std::string_view line = text.substr(0, end);
        must(printable(line) == line);
        must(columns == 0 || columns_of(line) <= columns);
        text.remove_prefix(end + 1);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::string shown = printable(text);
    must(printable(shown) == shown);
    for (const std::size_t columns : {0U, 1U, 7U})
        must(columns_of(cut_to(shown, columns)) <= columns);
    if (const auto base = parse_base_url(text)) must(parse_base_url(base->text()) == base);

    const auto answer = parse_json(text);
    if (!answer) return 0;
    const TimeWords times(WallTime{1'795'514'580'000}, true);
    for (const std::size_t columns : {0U, 3U, 80U}) {
        const Terminal terminal{.columns = columns};
        check_lines(draw_logins(*answer, times, terminal), 0);
        check_lines(draw_devices(*answer, times, terminal), 0);
        check_lines(draw_policy(*answer, terminal), 0);
        check_lines(draw_would_end(*answer, terminal), 0);
    }
    check_lines(login_line(*answer, times) + "\n", 0);
    check_lines(ended_text(*answer), 0);
    policy_line(*answer);
    for (const Mend& mend : mends_of(*answer)) check_lines(mend.on_one_line() + "\n", 0);
    return 0;
}
