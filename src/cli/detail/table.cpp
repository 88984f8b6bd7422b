// SPDX-License-Identifier: Apache-2.0
#include "cli/detail/table.h"

#include <algorithm>
#include <numeric>

#include "cli/detail/text_width.h"

namespace fenshen::cli {
namespace {

constexpr std::size_t gap = 2;

std::string_view code_of(Paint paint) {
    switch (paint) {
        case Paint::good:
            return "\x1b[32m";
        case Paint::bad:
            return "\x1b[31m";
        case Paint::faint:
            return "\x1b[2m";
        case Paint::strong:
            return "\x1b[1m";
        case Paint::plain:
            break;
    }
    return {};
}

/// One line; what stands right of the last text is not filled up with blanks.
std::string line_of(const std::vector<Cell>& cells,
                    const std::vector<std::size_t>& widths,
                    const Terminal& terminal) {
    std::string line;
    std::size_t column = 0;  // where the line has come to
    std::size_t begins = 0;  // where the cell begins
    for (std::size_t i = 0; i < cells.size(); ++i) {
        std::size_t room = widths[i];
        if (terminal.columns != 0) {
            const std::size_t left = terminal.columns > begins ? terminal.columns - begins : 0;
            room = std::min(room, left);
        }
        const std::string text = cut_to(cells[i].text, room);
        if (!text.empty()) {
            line.append(begins - column, ' ');
            line += painted(text, cells[i].paint, terminal);
            column = begins + columns_of(text);
        }
        begins += widths[i] + gap;
    }
    return line + '\n';
}

}  // namespace

std::string painted(std::string_view text, Paint paint, const Terminal& terminal) {
    const std::string_view code = terminal.colours ? code_of(paint) : std::string_view();
    if (code.empty()) return std::string(text);
    return std::string(code).append(text).append("\x1b[0m");
}

Cell::Cell(std::string_view from_outside, Paint with)
    : text(printable(from_outside)), paint(with) {}

std::vector<std::size_t> Table::widths(std::size_t columns_max) const {
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < titles_.size(); ++i) {
        std::size_t width = columns_of(titles_[i]);
        for (const auto& row : rows_) width = std::max(width, columns_of(row[i].text));
        widths.push_back(width);
    }
    if (columns_max == 0 || widths.empty()) return widths;
    std::size_t total = std::accumulate(widths.begin(), widths.end(), gap * (widths.size() - 1));
    while (total > columns_max) {
        const auto widest = std::ranges::max_element(widths);
        if (*widest <= column_min) break;
        --*widest;
        --total;
    }
    return widths;
}

std::string Table::draw(const Terminal& terminal) const {
    const std::vector<std::size_t> columns = widths(terminal.columns);
    std::vector<Cell> head;
    for (const std::string& title : titles_) head.emplace_back(title, Paint::strong);
    std::string out = line_of(head, columns, terminal);
    for (const auto& row : rows_) out += line_of(row, columns, terminal);
    return out;
}

}  // namespace fenshen::cli
