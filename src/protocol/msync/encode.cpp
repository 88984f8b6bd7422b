// SPDX-License-Identifier: Apache-2.0
// Two walks: one measures, one writes from the end to the beginning.
#include <bit>
#include <cassert>
#include <optional>
#include <utility>

#include "protocol/msync/codec.h"
#include "protocol/msync/detail/body_schema.h"
#include "protocol/msync/detail/proto_writer.h"

namespace fenshen::msync {
namespace {

using namespace detail;

/// A negative number of 32 bits takes ten bytes, as protobuf wants it.
template <class T>
constexpr std::uint64_t varint_of(T value) {
    if constexpr (std::is_enum_v<T>) {
        return varint_of(static_cast<std::underlying_type_t<T>>(value));
    } else if constexpr (std::is_signed_v<T>) {
        return static_cast<std::uint64_t>(static_cast<std::int64_t>(value));
    } else {
        return value;
    }
}

template <class T>
concept Varint = wire_type_of<T>() == WireType::varint;

class Measure {
public:
    template <HasSchema T>
    static std::size_t message(const T& message) {
        return all_of(message, typename Schema<T>::Fields{});
    }

private:
    template <class T, class... Fields>
    static std::size_t all_of(const T& message, FieldList<Fields...>) {
        return (0UZ + ... + field(Fields{}, message));
    }

    template <class T, Name name, std::uint32_t number, auto member, Form form>
    static std::size_t field(Field<name, number, member, form>, const T& message) {
        constexpr std::size_t tag_bytes = tag_size(number);
        const auto& content = message.*member;
        if constexpr (form == Form::packed) {
            if (content.empty()) return 0;
            const std::size_t size = values(content);
            return tag_bytes + varint_size(size) + size;
        } else if constexpr (is_vector<MemberType<member>>) {
            return tag_bytes * content.size() + values(content);
        } else {
            return content ? tag_bytes + value(*content) : 0;
        }
    }

    template <class T, auto member, class... Alternatives>
    static std::size_t field(Choice<member, Alternatives...>, const T& message) {
        static constexpr std::size_t tag_bytes[] = {0, tag_size(Alternatives::number)...};
        const auto& variant = message.*member;
        return tag_bytes[variant.index()] +
               std::visit([](const auto& content) { return value(content); }, variant);
    }

    static constexpr std::size_t tag_size(std::uint32_t number) {
        return varint_size(tag_of(number, WireType::varint));
    }

    template <class T>
    static std::size_t values(const std::vector<T>& list) {
        std::size_t size = 0;
        for (const T& element : list) size += value(element);
        return size;
    }

    static std::size_t value(std::monostate) { return 0; }
    static std::size_t value(float) { return sizeof(float); }
    static std::size_t value(double) { return sizeof(double); }
    static std::size_t value(BytesView bytes) { return varint_size(bytes.size()) + bytes.size(); }
    template <Varint T>
    static std::size_t value(T number) {
        return varint_size(varint_of(number));
    }
    template <HasSchema T>
    static std::size_t value(const T& nested) {
        const std::size_t size = message(nested);
        return varint_size(size) + size;
    }
};

class Writing {
public:
    explicit Writing(char* end) : writer_(end) {}

    const char* at() const { return writer_.at(); }

    template <HasSchema T>
    void message(const T& message) {
        all_of(message, typename Schema<T>::Fields{});
    }

private:
    template <class T>
    void all_of(const T&, FieldList<>) {}
    template <class T, class First, class... Rest>
    void all_of(const T& message, FieldList<First, Rest...>) {
        all_of(message, FieldList<Rest...>{});
        field(First{}, message);
    }

    template <class T, Name name, std::uint32_t number, auto member, Form form>
    void field(Field<name, number, member, form>, const T& message) {
        const auto& content = message.*member;
        if constexpr (form == Form::packed) {
            if (content.empty()) return;
            const char* end = writer_.at();
            for (auto i = content.size(); i-- > 0;) writer_.varint(varint_of(content[i]));
            writer_.close_nested(number, end);
        } else if constexpr (is_vector<MemberType<member>>) {
            for (auto i = content.size(); i-- > 0;) value(number, content[i]);
        } else if (content) {
            value(number, *content);
        }
    }

    template <class T, auto member, class... Alternatives>
    void field(Choice<member, Alternatives...>, const T& message) {
        static constexpr std::uint32_t number_of[] = {0, Alternatives::number...};
        const auto& variant = message.*member;
        std::visit([&](const auto& content) { value(number_of[variant.index()], content); },
                   variant);
    }

    void value(std::uint32_t, std::monostate) {}
    void value(std::uint32_t number, float content) {
        writer_.fixed(std::bit_cast<std::uint32_t>(content));
        writer_.tag(number, WireType::fixed32);
    }
    void value(std::uint32_t number, double content) {
        writer_.fixed(std::bit_cast<std::uint64_t>(content));
        writer_.tag(number, WireType::fixed64);
    }
    void value(std::uint32_t number, BytesView content) {
        writer_.bytes(content);
        writer_.varint(content.size());
        writer_.tag(number, WireType::bytes);
    }
    template <Varint T>
    void value(std::uint32_t number, T content) {
        writer_.varint(varint_of(content));
        writer_.tag(number, WireType::varint);
    }
    template <HasSchema T>
    void value(std::uint32_t number, const T& nested) {
        const char* end = writer_.at();
        message(nested);
        writer_.close_nested(number, end);
    }

    ProtoWriter writer_;
};

/// Makes room for `size` bytes at the end of `out`, grown as a container grows, and not filled.
template <class Fill>
void append_in_place(Bytes& out, std::size_t size, Fill fill) {
    const std::size_t before = out.size();
    // Not what the callback is handed as size: in libstdc++ 12 that is the new capacity.
    out.resize_and_overwrite(before + size, [&](char* data, std::size_t) {
        fill(data + before, data + before + size);
        return before + size;
    });
}

template <HasSchema T>
void write(char* begin, char* end, const T& message) {
    Writing writing(end);
    writing.message(message);
    assert(writing.at() == begin);  // both walks agree
    (void)begin;
}

constexpr Command command_of(const SyncDl&) {
    return Command::sync;
}
constexpr Command command_of(const UnreadDl&) {
    return Command::unread;
}
constexpr Command command_of(const Notice&) {
    return Command::notice;
}
constexpr Command command_of(const Provision&) {
    return Command::provision;
}
constexpr Command command_of(const Logout&) {
    return Command::logout;
}

}  // namespace

template <Message T>
std::size_t encoded_size(const T& message) {
    return Measure::message(message);
}

template <Message T>
void encode(Bytes& out, const T& message) {
    const auto fill = [&](char* begin, char* end) { write(begin, end, message); };
    append_in_place(out, Measure::message(message), fill);
}

template <Downstream T>
void append_frame(Bytes& out, const T& payload) {
    const Envelope head{.version = Version::v1, .command = command_of(payload)};
    constexpr std::uint32_t payload_number = 9;  // behind both fields of the head
    const std::size_t size = Measure::message(payload);
    const std::size_t head_size = Measure::message(head);
    const std::size_t length_size =
        varint_size(tag_of(payload_number, WireType::bytes)) + varint_size(size);
    append_in_place(out, head_size + length_size + size, [&](char* begin, char* end) {
        write(end - size, end, payload);
        ProtoWriter length(end - size);
        length.close_nested(payload_number, end);
        write(begin, begin + head_size, head);
    });
}

template void append_frame(Bytes&, const SyncDl&);
template void append_frame(Bytes&, const UnreadDl&);
template void append_frame(Bytes&, const Notice&);
template void append_frame(Bytes&, const Provision&);
template void append_frame(Bytes&, const Logout&);

std::expected<void, WireError> set_sender(Bytes& out,
                                          BytesView body,
                                          const Jid& sender,
                                          const Limits& limits) {
    if (body.size() > limits.message_bytes_max) return std::unexpected(WireError::message_too_big);
    const std::size_t before = out.size();
    out.reserve(before + body.size() + Measure::message(sender) + 8);
    const MessageHead stamp{.from = sender};
    constexpr std::uint32_t from_number = 2;

    bool is_stamped = false;
    ProtoReader reader(body, 0, limits.nesting_max);
    while (!reader.at_end()) {
        const auto field = reader.next();
        const bool is_from = field && field->number == from_number;
        if (!field || (is_from && field->type != WireType::bytes)) {
            out.resize(before);
            return std::unexpected(field ? WireError::wrong_wire_type : field.error());
        }
        if (!is_stamped && field->number >= from_number) {
            encode(out, stamp);
            is_stamped = true;
        }
        if (!is_from) out.append(field->whole);
    }
    if (!is_stamped) encode(out, stamp);
    return {};
}

template std::size_t encoded_size(const Jid&);
template std::size_t encoded_size(const KeyValue&);
template std::size_t encoded_size(const Envelope&);
template std::size_t encoded_size(const Meta&);
template std::size_t encoded_size(const Status&);
template std::size_t encoded_size(const SyncUl&);
template std::size_t encoded_size(const SyncDl&);
template std::size_t encoded_size(const Notice&);
template std::size_t encoded_size(const UnreadUl&);
template std::size_t encoded_size(const UnreadDl&);
template std::size_t encoded_size(const Provision&);
template std::size_t encoded_size(const Logout&);
template std::size_t encoded_size(const MessageBody&);
template std::size_t encoded_size(const MessageHead&);
template std::size_t encoded_size(const MucBody&);
template std::size_t encoded_size(const RosterBody&);
template std::size_t encoded_size(const StatisticsBody&);
template std::size_t encoded_size(const ConferenceBody&);

template void encode(Bytes&, const Jid&);
template void encode(Bytes&, const KeyValue&);
template void encode(Bytes&, const Envelope&);
template void encode(Bytes&, const Meta&);
template void encode(Bytes&, const Status&);
template void encode(Bytes&, const SyncUl&);
template void encode(Bytes&, const SyncDl&);
template void encode(Bytes&, const Notice&);
template void encode(Bytes&, const UnreadUl&);
template void encode(Bytes&, const UnreadDl&);
template void encode(Bytes&, const Provision&);
template void encode(Bytes&, const Logout&);
template void encode(Bytes&, const MessageBody&);
template void encode(Bytes&, const MessageHead&);
template void encode(Bytes&, const MucBody&);
template void encode(Bytes&, const RosterBody&);
template void encode(Bytes&, const StatisticsBody&);
template void encode(Bytes&, const ConferenceBody&);

}  // namespace fenshen::msync
