// SPDX-License-Identifier: Apache-2.0
#include "api/v1/detail/cursor.h"

#include <limits>
#include <tuple>

#include "api/http/message.h"
#include "base/bytes.h"
#include "base/hex.h"
#include "model/names.h"

namespace fenshen::api::v1::detail {

namespace {

constexpr std::size_t cursor_digits_max = 2 * (2 * name_bytes_max + 64);

template <class T>
T take_be(BytesView& bytes) {
    const T value = load_be<T>(bytes);
    bytes.remove_prefix(sizeof(T));
    return value;
}

/// The bytes of a cursor that holds at least `bytes_min`.
std::optional<Bytes> bytes_of(std::string_view cursor, std::size_t bytes_min) {
    if (cursor.size() > cursor_digits_max) return std::nullopt;
    auto bytes = from_hex(cursor);
    if (!bytes || bytes->size() < bytes_min) return std::nullopt;
    return bytes;
}

}  // namespace

std::string cursor_of(std::uint64_t number) {
    return std::to_string(number);
}

std::optional<std::uint64_t> number_of(std::string_view cursor) {
    const auto number = http::to_integer<std::uint64_t>(cursor);
    if (!number || *number == 0) return std::nullopt;
    return number;
}

bool DevicePlace::is_before(const DevicePlace& other) const {
    return std::tie(other.seen_ms, device_class, device_id) <
           std::tie(seen_ms, other.device_class, other.device_id);
}

DevicePlace place_of(const service::DeviceView& device) {
    constexpr auto now = std::numeric_limits<std::int64_t>::max();
    return {device.online() ? now : device.row.last_seen.ms,
            device.row.device_class,
            device.row.device_id};
}

std::string cursor_of(const DevicePlace& place) {
    Bytes bytes;
    append_be(bytes, place.seen_ms);
    append_be(bytes, place.device_class.value());
    bytes += place.device_id.value();
    return to_hex(bytes);
}

std::optional<DevicePlace> device_place_of(std::string_view cursor) {
    const auto bytes = bytes_of(cursor, 9);
    if (!bytes) return std::nullopt;
    BytesView rest = *bytes;
    DevicePlace place;
    place.seen_ms = take_be<std::int64_t>(rest);
    place.device_class = DeviceClass(take_be<std::uint8_t>(rest));
    place.device_id = DeviceId(std::string(rest));
    return place;
}

EndingPlace place_of(const service::PolicyEnding& ending) {
    return {ending.uid, ending.device_class, ending.device_id, ending.session};
}

std::string cursor_of(const EndingPlace& place) {
    Bytes bytes;
    append_be(bytes, place.session.node.value());
    append_be(bytes, place.session.loop.value());
    append_be(bytes, place.session.serial);
    append_be(bytes, place.device_class.value());
    append_be(bytes, static_cast<std::uint16_t>(place.uid.value().size()));
    bytes += place.uid.value();
    bytes += place.device_id.value();
    return to_hex(bytes);
}

std::optional<EndingPlace> ending_place_of(std::string_view cursor) {
    const auto bytes = bytes_of(cursor, 15);
    if (!bytes) return std::nullopt;
    BytesView rest = *bytes;
    EndingPlace place;
    place.session.node = NodeId(take_be<std::uint16_t>(rest));
    place.session.loop = LoopId(take_be<std::uint16_t>(rest));
    place.session.serial = take_be<std::uint64_t>(rest);
    place.device_class = DeviceClass(take_be<std::uint8_t>(rest));
    const std::size_t uid_bytes = take_be<std::uint16_t>(rest);
    if (uid_bytes > rest.size()) return std::nullopt;
    place.uid = Uid(std::string(rest.substr(0, uid_bytes)));
    place.device_id = DeviceId(std::string(rest.substr(uid_bytes)));
    return place;
}

}  // namespace fenshen::api::v1::detail
