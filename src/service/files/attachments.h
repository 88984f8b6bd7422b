// SPDX-License-Identifier: Apache-2.0
// Files that clients send each other: kept for some days, found by an id that nobody guesses
// (easemob-rest 3.7, 4.5). Calls wait for the disk: on the pool only. Thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"
#include "model/error.h"

namespace fenshen::service {

struct Attachment {
    std::string id;            ///< a UUID
    std::string secret;        ///< who knows it may fetch a restricted one
    bool restricted = false;   ///< only who knows the secret
    std::string name;          ///< as its sender called it; for people, never a path
    std::string content_type;  ///< as its sender said; may be empty
    std::uint64_t bytes = 0;
    bool operator==(const Attachment&) const = default;
};

struct NewAttachment {
    bool restricted = false;
    std::string name;
    std::string content_type;
};

class Attachments {
public:
    virtual ~Attachments() = default;
    /// Durable when it answers. Errc: store_unavailable.
    virtual Result<Attachment> put(const NewAttachment& made, BytesView bytes) = 0;
    /// Errc: not_found (never was), unavailable (its days are over), store_unavailable,
    /// store_corrupt.
    virtual Result<Attachment> find(std::string_view id) = 0;
    /// `count` bytes from `from` on. Errc: as find(), and bad_request (not within the file).
    virtual Result<Bytes> read(std::string_view id, std::uint64_t from, std::uint64_t count) = 0;
};

}  // namespace fenshen::service
