// SPDX-License-Identifier: Apache-2.0
// Attachments as files: a folder a day below a root, a file each. The day is part of the id, so no
// index is needed, and what is too old goes a folder at a time.
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <string>

#include "service/files/attachments.h"

namespace fenshen::service {

class AttachmentFolder final : public Attachments {
public:
    /// `age_max` 0: for ever. The root is made with the first file.
    AttachmentFolder(std::filesystem::path root, std::chrono::days age_max, const Clock& clock);

    Result<Attachment> put(const NewAttachment& made, BytesView bytes) override;
    Result<Attachment> find(std::string_view id) override;
    Result<Bytes> read(std::string_view id, std::uint64_t from, std::uint64_t count) override;

    /// Removes the folders of days that are over; put() does so now and then.
    void drop_old();

private:
    struct Opened;
    bool is_over(WallTime at) const;
    Result<Opened> open(std::string_view id) const;

    const std::filesystem::path root_;
    const std::chrono::days age_max_;
    const Clock& clock_;
    std::atomic<std::int64_t> next_drop_ms_{0};
};

/// The time in an id that we have made; nullopt: it is none.
std::optional<WallTime> time_of_attachment(std::string_view id);

}  // namespace fenshen::service
