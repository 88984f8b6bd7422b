// SPDX-License-Identifier: Apache-2.0
#include "app/config/detail/key.h"

#include <algorithm>

namespace fenshen::config::detail {
namespace {

std::string variable_of(std::string_view path) {
    std::string variable = "FENSHEN_";
    for (const char c : path) {
        variable += c == '.' ? '_' : (c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    }
    return variable;
}

template <class T>
struct Inner {
    using Type = T;
};
template <class T>
struct Inner<std::optional<T>> {
    using Type = T;
};

template <class Value, class Limit>
std::string takes_by(const Limit& limit) {
    const std::string says = limit.says();
    if (says.empty()) return takes_of<Value>();
    if constexpr (std::same_as<Value, Millis>) {
        return "a duration such as \"90s\", \"2m\" or \"1500ms\", from " + says;
    } else {
        return says;
    }
}

/// `options` finds the struct that holds the field.
template <class FieldType, class Find>
Key key_of(std::string_view section, const FieldType& field, Find options) {
    using Member = std::remove_cvref_t<decltype(options(std::declval<Config&>()).*field.member)>;
    using Value = typename Inner<Member>::Type;

    Key key;
    key.section = section;
    key.name = field.name;
    key.path = section.empty() ? key.name : key.section + "." + key.name;
    key.variable = variable_of(key.path);
    key.help = field.help;
    key.unit = field.unit;
    key.takes = takes_by<Value>(field.limit);
    key.is_secret = std::same_as<Value, Secret>;
    key.set = [field, options](Config& config, const Raw& raw) {
        if constexpr (IsOptional<Member>::value) {
            // What is empty is not set.
            if (text_of_raw(raw) == std::string()) {
                options(config).*field.member = std::nullopt;
                return true;
            }
        }
        auto value = value_of<Value>(raw);
        if (!value || !field.limit.holds(*value)) return false;
        options(config).*field.member = *std::move(value);
        return true;
    };
    key.toml = [field, options](const Config& config) {
        const auto& value = options(config).*field.member;
        if constexpr (IsOptional<Member>::value) {
            return value ? toml_of(*value) : std::string();
        } else {
            return toml_of(value);
        }
    };
    key.is_default = [field, options](const Config& config) {
        return options(config).*field.member == options(Config{}).*field.member;
    };
    return key;
}

std::vector<Key> all_keys() {
    std::vector<Key> keys;
    for_each_field<Config>([&keys](const auto& field) {
        keys.push_back(key_of("", field, [](auto&& config) -> auto&& { return config; }));
    });
    std::apply(
        [&keys](const auto&... section) {
            const auto add = [&keys]<class Options>(const Section<Options>& own) {
                for_each_field<Options>([&keys, &own](const auto& field) {
                    const auto options = [member = own.member](auto&& config) -> auto&& {
                        return config.*member;
                    };
                    keys.push_back(key_of(own.name, field, options));
                });
            };
            (add(section), ...);
        },
        Config::sections());
    return keys;
}

/// How far a word may be from what was meant.
std::size_t reach_of(std::string_view word) {
    return word.size() < 5 ? 1 : word.size() < 9 ? 2 : 3;
}

std::string did_you_mean(std::string_view what) {
    return " (did you mean " + std::string(what) + "?)";
}

}  // namespace

const std::vector<Key>& keys() {
    static const std::vector<Key> all = all_keys();
    return all;
}

const std::vector<SectionHead>& section_heads() {
    static const std::vector<SectionHead> all = std::apply(
        [](const auto&... section) {
            return std::vector<SectionHead>{{section.name, section.help}...};
        },
        Config::sections());
    return all;
}

const Key* find_key(std::string_view path) {
    const auto found = std::ranges::find_if(
        keys(), [path](const Key& key) { return key.path == path || key.variable == path; });
    return found == keys().end() ? nullptr : &*found;
}

std::size_t distance(std::string_view a, std::string_view b) {
    // rows[i][j]: from the first i letters of a to the first j of b; only three rows are kept.
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> above(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::swap(before, above);
        std::swap(above, row);
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = std::min(row[j], before[j - 2] + 1);
            }
        }
    }
    return row[b.size()];
}

std::string nearest_key(std::string_view path) {
    constexpr std::size_t path_bytes_max = 100;
    if (path.size() > path_bytes_max) return {};
    const std::string_view name = path.substr(path.rfind('.') + 1);  // npos + 1 is 0
    const std::string_view section = path.substr(0, path.size() - name.size());
    const Key* nearest = nullptr;
    std::size_t least = reach_of(name) + 1;
    for (const Key& key : keys()) {
        if (!section.empty() && key.path.starts_with(section) &&
            key.name.ends_with("_" + std::string(name))) {
            return did_you_mean(key.path);
        }
        // The right name in the wrong section comes before any misspelling.
        const std::size_t way =
            key.name == name ? 0 : std::min(distance(path, key.path), distance(path, key.variable));
        if (way < least) {
            least = way;
            nearest = &key;
        }
    }
    if (nearest == nullptr) return {};
    return did_you_mean(path.starts_with("FENSHEN_") ? nearest->variable : nearest->path);
}

std::string nearest_section(std::string_view name) {
    constexpr std::size_t name_bytes_max = 100;
    if (name.size() > name_bytes_max) return {};
    std::string_view nearest;
    std::size_t least = reach_of(name) + 1;
    for (const SectionHead& head : section_heads()) {
        const std::size_t way = distance(name, head.name);
        if (way < least) {
            least = way;
            nearest = head.name;
        }
    }
    return nearest.empty() ? std::string() : did_you_mean("[" + std::string(nearest) + "]");
}

}  // namespace fenshen::config::detail
