// SPDX-License-Identifier: Apache-2.0
#include "service/devices/policy_record.h"

#include "service/detail/record.h"

namespace fenshen::service {

namespace {

using detail::RecordReader;

constexpr std::uint8_t policy_format = 1;

void append(Bytes& out, const domain::Limit& limit) {
    append_be(out, static_cast<std::uint8_t>(limit.devices ? 1 : 0));
    append_be(out, limit.devices.value_or(0));
    append_be(out, static_cast<std::uint8_t>(limit.over));
}

domain::Limit take_limit(RecordReader& in) {
    domain::Limit limit;
    const bool is_limited = in.number<std::uint8_t>() != 0;
    const auto devices = in.number<std::uint32_t>();
    if (is_limited) limit.devices = devices;
    const auto over = in.number<std::uint8_t>();
    if (over > static_cast<std::uint8_t>(domain::Over::refuse_newest)) in.ok = false;
    limit.over = static_cast<domain::Over>(over);
    return limit;
}

void append(Bytes& out, const domain::ClassGroup& group) {
    detail::append_text(out, group.name);
    append_be(out, static_cast<std::uint32_t>(group.classes.size()));
    for (const auto device_class : group.classes) append_be(out, device_class.value());
    append(out, group.limit);
}

domain::ClassGroup take_group(RecordReader& in) {
    domain::ClassGroup group;
    group.name = in.text();
    const auto classes = in.number<std::uint32_t>();
    for (std::uint32_t i = 0; in.ok && i < classes; ++i) {
        group.classes.emplace_back(in.number<std::uint8_t>());
    }
    group.limit = take_limit(in);
    return group;
}

}  // namespace

Bytes encode(const domain::Policy& policy) {
    Bytes out;
    append_be(out, policy_format);
    detail::append_text(out, policy.preset);
    append_be(out, static_cast<std::uint8_t>(policy.single_device ? 1 : 0));
    append(out, policy.default_limit);
    append(out, policy.msync_default);
    append_be(out, static_cast<std::uint32_t>(policy.classes.size()));
    for (const auto& [device_class, limit] : policy.classes) {
        append_be(out, device_class.value());
        append(out, limit);
    }
    append_be(out, static_cast<std::uint32_t>(policy.groups.size()));
    for (const auto& group : policy.groups) append(out, group);
    append_be(out, static_cast<std::uint32_t>(policy.many_tabs.size()));
    for (const auto device_class : policy.many_tabs) append_be(out, device_class.value());
    append_be(out, static_cast<std::uint32_t>(policy.only_with.size()));
    for (const auto& [device_class, others] : policy.only_with) {
        append_be(out, device_class.value());
        append_be(out, static_cast<std::uint32_t>(others.size()));
        for (const auto other : others) append_be(out, other.value());
    }
    return out;
}

Result<domain::Policy> decode_policy(BytesView bytes) {
    RecordReader in{bytes};
    if (in.number<std::uint8_t>() != policy_format) return std::unexpected(Errc::store_corrupt);
    domain::Policy policy;
    policy.preset = in.text();
    policy.single_device = in.number<std::uint8_t>() != 0;
    policy.default_limit = take_limit(in);
    policy.msync_default = take_limit(in);
    const auto classes = in.number<std::uint32_t>();
    for (std::uint32_t i = 0; in.ok && i < classes; ++i) {
        const DeviceClass device_class(in.number<std::uint8_t>());
        policy.classes[device_class] = take_limit(in);
    }
    const auto groups = in.number<std::uint32_t>();
    for (std::uint32_t i = 0; in.ok && i < groups; ++i) policy.groups.push_back(take_group(in));
    const auto tabs = in.number<std::uint32_t>();
    for (std::uint32_t i = 0; in.ok && i < tabs; ++i) {
        policy.many_tabs.insert(DeviceClass(in.number<std::uint8_t>()));
    }
    const auto beside = in.number<std::uint32_t>();
    for (std::uint32_t i = 0; in.ok && i < beside; ++i) {
        auto& others = policy.only_with[DeviceClass(in.number<std::uint8_t>())];
        const auto count = in.number<std::uint32_t>();
        for (std::uint32_t k = 0; in.ok && k < count; ++k) {
            others.insert(DeviceClass(in.number<std::uint8_t>()));
        }
    }
    if (!in.done() || domain::problem_of(policy)) return std::unexpected(Errc::store_corrupt);
    return policy;
}

}  // namespace fenshen::service
