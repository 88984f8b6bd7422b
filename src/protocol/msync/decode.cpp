// SPDX-License-Identifier: Apache-2.0
#include <bit>
#include <optional>
#include <utility>

#include "protocol/msync/codec.h"
#include "protocol/msync/detail/body_schema.h"
#include "protocol/msync/detail/proto_reader.h"

namespace fenshen::msync {
namespace {

using namespace detail;

/// One decode(): its limits, and what it has used up of them.
class Decoding {
public:
    explicit Decoding(const Limits& limits) : limits_(limits) {}

    WireError error() const { return error_; }

    /// Into what `message` holds already: of a singular field that comes twice the later one wins,
    /// and two nested messages are merged.
    template <HasSchema T>
    bool read(T& message, BytesView in, std::size_t depth) {
        ProtoReader reader(in, depth, limits_.nesting_max);
        while (!reader.at_end()) {
            const auto field = reader.next();
            if (!field) return fail(field.error());
            if (!take(message, *field, depth, typename Schema<T>::Fields{})) return false;
        }
        return true;
    }

private:
    bool fail(WireError error) {
        error_ = error;
        return false;
    }

    /// A number that no field has is skipped.
    template <class T, class... Fields>
    bool take(T& message,
              const RawField& field,
              [[maybe_unused]] std::size_t depth,
              FieldList<Fields...>) {
        bool fine = true;
        (void)(take_if(Fields{}, message, field, depth, fine) || ...);
        return fine;
    }

    /// Whether the field was this one.
    template <class T, Name name, std::uint32_t number, auto member, Form form>
    bool take_if(Field<name, number, member, form>,
                 T& message,
                 const RawField& field,
                 std::size_t depth,
                 bool& fine) {
        if (field.number != number) return false;
        auto& target = message.*member;
        using Target = MemberType<member>;
        if constexpr (is_vector<Target>) {
            fine = add<form>(target, field, depth);
        } else {
            if (!target) target.emplace();
            fine = value<form>(*target, field, depth);
        }
        return true;
    }

    template <class T, auto member, class... Alternatives>
    bool take_if(Choice<member, Alternatives...>,
                 T& message,
                 const RawField& field,
                 std::size_t depth,
                 bool& fine) {
        return take_alternative<Alternatives...>(
            message.*member, field, depth, fine, std::index_sequence_for<Alternatives...>{});
    }

    template <class... Alternatives, class Variant, std::size_t... i>
    bool take_alternative(Variant& variant,
                          const RawField& field,
                          std::size_t depth,
                          bool& fine,
                          std::index_sequence<i...>) {
        const auto take_one = [&](auto& target) {
            fine = value<Form::plain>(target, field, depth);
            return true;
        };
        return (
            (field.number == Alternatives::number && take_one(variant.template emplace<i + 1>())) ||
            ...);
    }

    template <Form form, class T>
    bool add(std::vector<T>& list, const RawField& field, std::size_t depth) {
        if constexpr (wire_type_of<T>() == WireType::varint) {
            if (field.type == WireType::bytes) return add_packed(list, field.bytes);
        }
        return count_element() && value<form>(list.emplace_back(), field, depth);
    }

    template <class T>
    bool add_packed(std::vector<T>& list, BytesView packed) {
        ProtoReader numbers(packed, 0, 0);
        while (!numbers.at_end()) {
            const auto number = numbers.varint();
            if (!number) return fail(number.error());
            if (!count_element()) return false;
            list.push_back(number_from<T>(*number));
        }
        return true;
    }

    bool count_element() {
        if (elements_ == limits_.elements_max) return fail(WireError::too_many_elements);
        ++elements_;
        return true;
    }

    template <Form form, class T>
    bool value(T& target, const RawField& field, std::size_t depth) {
        if (field.type != wire_type_of<T>()) return fail(WireError::wrong_wire_type);
        if constexpr (HasSchema<T>) {
            if (depth + 1 >= limits_.nesting_max) return fail(WireError::too_deep);
            return read(target, field.bytes, depth + 1);
        } else if constexpr (wire_type_of<T>() == WireType::bytes) {
            if (form != Form::raw && field.bytes.size() > limits_.string_bytes_max) {
                return fail(WireError::string_too_long);
            }
            target = field.bytes;
        } else {
            target = number_from<T>(field.value);
        }
        return true;
    }

    /// Of a number that is too wide the low bits count, as protobuf wants it.
    template <class T>
    static T number_from(std::uint64_t value) {
        if constexpr (std::is_same_v<T, bool>) {
            return value != 0;
        } else if constexpr (std::is_same_v<T, double>) {
            return std::bit_cast<double>(value);
        } else if constexpr (std::is_same_v<T, float>) {
            return std::bit_cast<float>(static_cast<std::uint32_t>(value));
        } else {
            return static_cast<T>(value);
        }
    }

    const Limits& limits_;
    std::size_t elements_ = 0;
    WireError error_ = WireError::truncated;
};

}  // namespace

std::string_view name_of(WireError error) {
    switch (error) {
        case WireError::message_too_big:
            return "message_too_big";
        case WireError::string_too_long:
            return "string_too_long";
        case WireError::too_many_elements:
            return "too_many_elements";
        case WireError::too_deep:
            return "too_deep";
        case WireError::truncated:
            return "truncated";
        case WireError::bad_varint:
            return "bad_varint";
        case WireError::bad_tag:
            return "bad_tag";
        case WireError::wrong_wire_type:
            return "wrong_wire_type";
        case WireError::bad_group:
            return "bad_group";
    }
    return "unknown";
}

template <Message T>
std::expected<T, WireError> decode(BytesView in, const Limits& limits) {
    if (in.size() > limits.message_bytes_max) return std::unexpected(WireError::message_too_big);
    std::expected<T, WireError> message;  // read in place: a large struct is not moved
    Decoding decoding(limits);
    if (!decoding.read(*message, in, 0)) message = std::unexpected(decoding.error());
    return message;
}

template std::expected<Jid, WireError> decode(BytesView, const Limits&);
template std::expected<KeyValue, WireError> decode(BytesView, const Limits&);
template std::expected<Envelope, WireError> decode(BytesView, const Limits&);
template std::expected<Meta, WireError> decode(BytesView, const Limits&);
template std::expected<Status, WireError> decode(BytesView, const Limits&);
template std::expected<SyncUl, WireError> decode(BytesView, const Limits&);
template std::expected<SyncDl, WireError> decode(BytesView, const Limits&);
template std::expected<Notice, WireError> decode(BytesView, const Limits&);
template std::expected<UnreadUl, WireError> decode(BytesView, const Limits&);
template std::expected<UnreadDl, WireError> decode(BytesView, const Limits&);
template std::expected<Provision, WireError> decode(BytesView, const Limits&);
template std::expected<Logout, WireError> decode(BytesView, const Limits&);
template std::expected<MessageBody, WireError> decode(BytesView, const Limits&);
template std::expected<MessageHead, WireError> decode(BytesView, const Limits&);
template std::expected<MucBody, WireError> decode(BytesView, const Limits&);
template std::expected<RosterBody, WireError> decode(BytesView, const Limits&);
template std::expected<StatisticsBody, WireError> decode(BytesView, const Limits&);
template std::expected<ConferenceBody, WireError> decode(BytesView, const Limits&);

}  // namespace fenshen::msync
