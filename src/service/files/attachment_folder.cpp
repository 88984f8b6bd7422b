// SPDX-License-Identifier: Apache-2.0
#include "service/files/attachment_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <span>
#include <utility>

#include "base/base64.h"
#include "base/hex.h"
#include "base/rfc3339.h"
#include "service/detail/random.h"
#include "service/detail/record.h"

namespace fenshen::service {

namespace {

constexpr std::uint8_t format = 1;
constexpr std::uint32_t head_bytes_max = 64UL * 1024;
constexpr std::size_t day_letters = 10;  // "2026-11-25"
constexpr std::int64_t hour_ms = 3'600'000;
constexpr std::int64_t day_ms = 24 * hour_ms;

class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&&) = delete;
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    int get() const { return fd_; }
    bool ok() const { return fd_ >= 0; }

private:
    int fd_;
};

/// A UUID of version 7: the time, then chance (RFC 9562).
std::string make_id(WallTime now) {
    Bytes raw;
    append_be(raw, static_cast<std::uint64_t>(now.ms) << 16U);
    raw.resize(6);
    raw += detail::random_bytes(10);
    raw[6] = static_cast<char>((byte_at(raw, 6) & 0x0FU) | 0x70U);
    raw[8] = static_cast<char>((byte_at(raw, 8) & 0x3FU) | 0x80U);
    std::string id = to_hex(raw);
    for (const std::size_t at : {8U, 13U, 18U, 23U}) id.insert(at, "-");
    return id;
}

std::string make_secret() {
    return to_base64url(detail::random_bytes(18));
}

std::string day_of(WallTime at) {
    return rfc3339(at).substr(0, day_letters);
}

bool write_all(int fd, BytesView bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

bool read_all(int fd, std::uint64_t from, std::span<char> out) {
    while (!out.empty()) {
        const ssize_t got = ::pread(fd, out.data(), out.size(), static_cast<off_t>(from));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        from += static_cast<std::uint64_t>(got);
        out = out.subspan(static_cast<std::size_t>(got));
    }
    return true;
}

bool sync_folder(const std::filesystem::path& folder) {
    const Descriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return fd.ok() && ::fsync(fd.get()) == 0;
}

/// What stands before the bytes: its length, then the fields.
Bytes head_of(const Attachment& attachment) {
    Bytes fields;
    append_be(fields, format);
    append_be(fields, static_cast<std::uint8_t>(attachment.restricted ? 1 : 0));
    append_be(fields, attachment.bytes);
    for (const auto& text : {attachment.secret, attachment.name, attachment.content_type}) {
        detail::append_text(fields, text);
    }
    Bytes head;
    append_be(head, static_cast<std::uint32_t>(fields.size()));
    return head + fields;
}

std::optional<Attachment> read_head(BytesView fields, std::string_view id) {
    detail::RecordReader in{fields};
    if (in.number<std::uint8_t>() != format) return std::nullopt;
    Attachment attachment;
    attachment.id = id;
    attachment.restricted = in.number<std::uint8_t>() != 0;
    attachment.bytes = in.number<std::uint64_t>();
    attachment.secret = in.text();
    attachment.name = in.text();
    attachment.content_type = in.text();
    if (!in.done()) return std::nullopt;
    return attachment;
}

}  // namespace

struct AttachmentFolder::Opened {
    Descriptor fd;
    Attachment attachment;
    std::uint64_t body_at = 0;
};

std::optional<WallTime> time_of_attachment(std::string_view id) {
    constexpr std::size_t id_letters = 36;
    if (id.size() != id_letters) return std::nullopt;
    std::string digits;
    for (std::size_t i = 0; i < id.size(); ++i) {
        const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        const bool is_digit = (id[i] >= '0' && id[i] <= '9') || (id[i] >= 'a' && id[i] <= 'f');
        if (is_dash ? id[i] != '-' : !is_digit) return std::nullopt;
        if (!is_dash) digits += id[i];
    }
    if (digits[12] != '7') return std::nullopt;
    const auto raw = from_hex(digits.substr(0, 12));
    // Beyond the year 9999 there is no name for the day.
    constexpr std::int64_t last_ms = 253'402'300'799'999;
    const auto ms = static_cast<std::int64_t>(load_be<std::uint64_t>(Bytes(2, '\0') + *raw));
    if (ms > last_ms) return std::nullopt;
    return WallTime{ms};
}

AttachmentFolder::AttachmentFolder(std::filesystem::path root,
                                   std::chrono::days age_max,
                                   const Clock& clock)
    : root_(std::move(root)), age_max_(age_max), clock_(clock) {}

bool AttachmentFolder::is_over(WallTime at) const {
    return age_max_.count() > 0 && clock_.wall().ms - at.ms > Millis(age_max_).count();
}

Result<Attachment> AttachmentFolder::put(const NewAttachment& made, BytesView bytes) {
    drop_old();
    const WallTime now = clock_.wall();
    Attachment attachment;
    attachment.id = make_id(now);
    attachment.secret = make_secret();
    attachment.restricted = made.restricted;
    attachment.name = made.name;
    attachment.content_type = made.content_type;
    attachment.bytes = bytes.size();
    const Bytes head = head_of(attachment);
    if (head.size() > head_bytes_max) return std::unexpected(Errc::bad_request);

    const auto folder = root_ / day_of(now);
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) return std::unexpected(Errc::store_unavailable);
    const auto path = folder / attachment.id;
    const auto aside = folder / (attachment.id + ".new");
    bool written = false;
    {
        const Descriptor fd(
            ::open(aside.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, S_IRUSR | S_IWUSR));
        written = fd.ok() && write_all(fd.get(), head) && write_all(fd.get(), bytes) &&
                  ::fsync(fd.get()) == 0;
    }
    if (written) std::filesystem::rename(aside, path, error);
    if (!written || error || !sync_folder(folder)) {
        std::filesystem::remove(aside, error);
        return std::unexpected(Errc::store_unavailable);
    }
    return attachment;
}

Result<AttachmentFolder::Opened> AttachmentFolder::open(std::string_view id) const {
    const auto at = time_of_attachment(id);
    if (!at) return std::unexpected(Errc::not_found);
    if (is_over(*at)) return std::unexpected(Errc::unavailable);
    const auto path = root_ / day_of(*at) / id;
    Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!fd.ok()) {
        return std::unexpected(errno == ENOENT ? Errc::not_found : Errc::store_unavailable);
    }
    Bytes size(sizeof(std::uint32_t), '\0');
    if (!read_all(fd.get(), 0, size)) return std::unexpected(Errc::store_corrupt);
    const auto head_bytes = load_be<std::uint32_t>(size);
    if (head_bytes > head_bytes_max) return std::unexpected(Errc::store_corrupt);
    Bytes fields(head_bytes, '\0');
    if (!read_all(fd.get(), size.size(), fields)) return std::unexpected(Errc::store_corrupt);
    auto attachment = read_head(fields, id);
    if (!attachment) return std::unexpected(Errc::store_corrupt);
    return Opened{std::move(fd), std::move(*attachment), size.size() + fields.size()};
}

Result<Attachment> AttachmentFolder::find(std::string_view id) {
    auto opened = open(id);
    if (!opened) return std::unexpected(opened.error());
    return std::move(opened->attachment);
}

Result<Bytes> AttachmentFolder::read(std::string_view id, std::uint64_t from, std::uint64_t count) {
    const auto opened = open(id);
    if (!opened) return std::unexpected(opened.error());
    const auto all = opened->attachment.bytes;
    if (from > all || count > all - from) return std::unexpected(Errc::bad_request);
    Bytes bytes(count, '\0');
    if (!read_all(opened->fd.get(), opened->body_at + from, bytes)) {
        return std::unexpected(Errc::store_corrupt);
    }
    return bytes;
}

void AttachmentFolder::drop_old() {
    const WallTime now = clock_.wall();
    auto due_ms = next_drop_ms_.load();
    if (age_max_.count() == 0 || now.ms < due_ms) return;
    if (!next_drop_ms_.compare_exchange_strong(due_ms, now.ms + hour_ms)) return;
    // A day goes when the last moment of it is over.
    const std::string first_kept = day_of(WallTime{now.ms - Millis(age_max_).count() - day_ms});
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(root_, error)) {
        const std::string day = entry.path().filename().string();
        std::error_code ignored;
        const bool is_day = day.size() == day_letters && entry.is_directory(ignored);
        if (is_day && day < first_kept) std::filesystem::remove_all(entry.path(), ignored);
    }
}

}  // namespace fenshen::service
