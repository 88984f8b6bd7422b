// SPDX-License-Identifier: Apache-2.0
// A request as the endpoints read it: path, query and body, typed, strictly. Read everything, then
// ask once whether all was well, in the manner of http::JsonObject.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/http/json_body.h"
#include "api/http/message.h"
#include "model/ids.h"

namespace fenshen::api::v1::detail {

/// Of a request's body; the largest policy is some 20 KiB.
inline constexpr std::size_t body_bytes_max = 2UL * 1024 * 1024;
inline constexpr std::size_t page_default = 100;
inline constexpr std::size_t page_max = 1000;

struct Page {
    std::size_t limit = page_default;
    std::string after;  ///< cursor of the item before this page; empty: the first page
};

/// Of a list that is numbered, newest first.
struct NumberedPage {
    std::size_t limit = page_default;
    std::uint64_t before = 0;  ///< 0: from the newest
};

/// Looks into the request while that lives.
class Asked {
public:
    explicit Asked(const http::Request& request) : request_(request) {}

    const std::string& peer_address() const { return request_.peer_address; }

    // The path.
    Uid uid();
    DeviceId device_id_in_path();
    DeviceClass class_in_path();

    // The query. What is there must be right, what is not named here is passed over.
    DeviceClass class_in_query();                  ///< required
    std::optional<DeviceId> device_id_in_query();  ///< none: not given
    std::optional<bool> flag_in_query(std::string_view name);
    Page page();
    NumberedPage numbered_page();

    // The body.
    /// An object that has these fields only.
    http::JsonObject& body(std::initializer_list<std::string_view> fields);
    /// The same, where nothing at all will do, too.
    void no_body();
    DeviceClass class_in(http::JsonObject& body);  ///< required
    std::optional<DeviceId> device_id_in(http::JsonObject& body);

    /// Notes that something was not as it has to be: "limit", "must be ...".
    void refuse(std::string_view name, std::string_view why);

    /// The answer when something was not; none: all was well.
    std::optional<http::Response> problem() const;

private:
    DeviceClass class_of(std::string_view name, std::string_view text);
    DeviceId checked(DeviceId id);

    const http::Request& request_;
    std::optional<http::JsonDocument> document_;
    http::JsonObject body_;
    std::string error_;
    bool is_too_large_ = false;
};

}  // namespace fenshen::api::v1::detail
