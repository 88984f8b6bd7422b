// SPDX-License-Identifier: Apache-2.0
// Every key of the configuration as a value: made from the fields() of the sections, walked by
// reading, printing and explaining alike.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "app/config/config.h"
#include "app/config/detail/raw.h"

namespace fenshen::config::detail {

struct Key {
    std::string section;   ///< empty: before all sections
    std::string name;      ///< within its section
    std::string path;      ///< "wukong.tcp_port"
    std::string variable;  ///< "FENSHEN_WUKONG_TCP_PORT"
    std::string_view help;
    std::string_view unit;
    std::string takes;
    bool is_secret = false;
    /// false: the value does not fit; the configuration is as it was.
    std::function<bool(Config&, const Raw&)> set;
    /// Behind the `=`; empty: it is not set and has no default.
    std::function<std::string(const Config&)> toml;
    std::function<bool(const Config&)> is_default;
};

/// In the order of the file.
const std::vector<Key>& keys();
struct SectionHead {
    std::string_view name;
    std::string_view help;
};
const std::vector<SectionHead>& section_heads();

const Key* find_key(std::string_view path);

/// " (did you mean wukong.tcp_port?)", or nothing if nothing is near. `path` as it was written.
std::string nearest_key(std::string_view path);
std::string nearest_section(std::string_view name);
/// Letters to insert, delete or replace, and neighbours to swap.
std::size_t distance(std::string_view a, std::string_view b);

}  // namespace fenshen::config::detail
