// SPDX-License-Identifier: Apache-2.0
// For tests: tests/vectors/msync-vectors.json, which the official protobuf library wrote from
// msync.proto (tests/vectors/make_msync_vectors.py), and one way from its JSON to our structs.
#pragma once

#include <deque>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "base/base64.h"
#include "base/hex.h"
#include "protocol/msync/codec.h"
#include "protocol/msync/detail/body_schema.h"
#include "protocol/msync/testing/all_messages.h"

namespace fenshen::msync::testing {

using Json = nlohmann::json;

/// Read once, so that views into it live on.
inline const Json& vector_file() {
    static const Json file =
        Json::parse(std::ifstream(FENSHEN_SOURCE_DIR "/tests/vectors/msync-vectors.json"));
    return file;
}

inline std::string text_of(const Json& vector, const char* key) {
    return vector.at(key).get<std::string>();
}

inline Bytes bytes_of(const Json& vector) {
    return from_hex(text_of(vector, "hex")).value();
}

inline const Json& vector_named(std::string_view id) {
    for (const Json& vector : vector_file().at("vectors")) {
        if (vector.at("id") == id) return vector;
    }
    throw std::out_of_range(std::string(id));
}

/// Calls `visit.template operator()<T>()` for the message of that name in msync.proto.
template <class Visit>
void with_message(std::string_view name, Visit visit) {
    const auto try_one = [&]<class T>() {
        if (name != detail::Schema<T>::name) return false;
        visit.template operator()<T>();
        return true;
    };
    const auto try_all = [&]<class... Ts>(std::type_identity<std::tuple<Ts...>>) {
        return (try_one.template operator()<Ts>() || ...);
    };
    if (!try_all(std::type_identity<AllMessages>{})) throw std::out_of_range(std::string(name));
}

/// Turns JSON in protobuf's own mapping into a message. What is not in the file itself but must be
/// viewed, it keeps: a message lives as long as its reader.
class JsonReader {
public:
    template <detail::HasSchema T>
    void read(T& message, const Json& json) {
        read_all(message, json, typename detail::Schema<T>::Fields{});
    }

private:
    template <class T, class... Fields>
    void read_all(T& message, const Json& json, detail::FieldList<Fields...>) {
        (read_field(Fields{}, message, json), ...);
    }

    template <class T, detail::Name name, std::uint32_t number, auto member, detail::Form form>
    void read_field(detail::Field<name, number, member, form>, T& message, const Json& json) {
        const auto found = json.find(name.view());
        if (found == json.end()) return;
        if constexpr (detail::is_vector<detail::MemberType<member>>) {
            for (const Json& element : *found) {
                read_value<form>((message.*member).emplace_back(), element);
            }
        } else {
            read_value<form>((message.*member).emplace(), *found);
        }
    }

    template <class T, auto member, class... Alternatives>
    void read_field(detail::Choice<member, Alternatives...>, T& message, const Json& json) {
        read_alternatives<Alternatives...>(
            message.*member, json, std::index_sequence_for<Alternatives...>{});
    }

    template <class... Alternatives, class Variant, std::size_t... i>
    void read_alternatives(Variant& variant, const Json& json, std::index_sequence<i...>) {
        (read_alternative<i + 1>(variant, json, Alternatives::name), ...);
    }

    template <std::size_t index, class Variant>
    void read_alternative(Variant& variant, const Json& json, std::string_view name) {
        const auto found = json.find(name);
        if (found == json.end()) return;
        read_value<detail::Form::plain>(variant.template emplace<index>(), *found);
    }

    template <detail::Form form, class T>
    void read_value(T& value, const Json& json) {
        if constexpr (detail::HasSchema<T>) {
            read(value, json);
        } else if constexpr (std::is_same_v<T, std::string_view> && form == detail::Form::raw) {
            value = json.is_object() ? serialized_meta(json) : from_base64(json);
        } else if constexpr (std::is_same_v<T, std::string_view>) {
            value = json.get_ref<const std::string&>();
        } else if constexpr (std::is_floating_point_v<T>) {
            value = number<T>(json);
        } else if constexpr (std::is_same_v<T, bool>) {
            value = json.get<bool>();
        } else if (json.is_string()) {  // 64 bits
            const auto& digits = json.get_ref<const std::string&>();
            value = static_cast<T>(digits.starts_with('-')
                                       ? static_cast<std::uint64_t>(std::stoll(digits))
                                       : std::stoull(digits));
        } else {
            value = static_cast<T>(json.get<std::int64_t>());
        }
    }

    template <class T>
    static T number(const Json& json) {
        if (json == "Infinity") return std::numeric_limits<T>::infinity();
        if (json == "-Infinity") return -std::numeric_limits<T>::infinity();
        return json.get<T>();
    }

    BytesView from_base64(const Json& json) {
        Bytes& bytes = kept_.emplace_back();
        if (!append_from_base64(bytes, json.get_ref<const std::string&>())) {
            throw std::invalid_argument(json.dump());
        }
        return bytes;
    }

    BytesView serialized_meta(const Json& json) {
        Meta meta;
        read(meta, json);
        Bytes& bytes = kept_.emplace_back();
        encode(bytes, meta);
        return bytes;
    }

    std::deque<Bytes> kept_;
};

}  // namespace fenshen::msync::testing
