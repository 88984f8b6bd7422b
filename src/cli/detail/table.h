// SPDX-License-Identifier: Apache-2.0
// A table for people: columns as wide as what is in them, cut when the terminal is narrower.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/surroundings.h"

namespace fenshen::cli {

enum class Paint : std::uint8_t { plain, good, bad, faint, strong };

/// `text` with the colour around it, if the terminal has colours.
std::string painted(std::string_view text, Paint paint, const Terminal& terminal);

struct Cell {
    Cell(std::string_view from_outside, Paint with = Paint::plain);  // NOLINT: a text is a cell
    Cell(const char* own) : Cell(std::string_view(own)) {}           // NOLINT
    Cell(const std::string& from_outside) : Cell(std::string_view(from_outside)) {}  // NOLINT

    std::string text;  ///< printable()
    Paint paint;
};

/// Rows have as many cells as `titles`. Each line ends with a line feed and, when the terminal has
/// a width, is never wider. The widest columns are cut first, and none below `column_min` columns;
/// a terminal too narrow even for that cuts the line.
class Table {
public:
    static constexpr std::size_t column_min = 4;

    explicit Table(std::vector<std::string> titles) : titles_(std::move(titles)) {}
    void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
    std::string draw(const Terminal& terminal) const;

private:
    std::vector<std::size_t> widths(std::size_t columns_max) const;

    std::vector<std::string> titles_;
    std::vector<std::vector<Cell>> rows_;
};

}  // namespace fenshen::cli
