// SPDX-License-Identifier: Apache-2.0
#include "storage/rocksdb/detail/wal.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>
#include <vector>

#include "base/bytes.h"
#include "storage/rocksdb/detail/crc32c.h"

namespace fenshen::storage::detail {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t block_bytes = 32UL * 1024;
constexpr std::size_t head_bytes = 7;  // checksum, length, kind

enum class Kind : std::uint8_t { padding = 0, full = 1, first = 2, middle = 3, last = 4 };

struct Fragment {
    std::size_t offset = 0;
    Kind kind = Kind::padding;
    BytesView payload;
    bool begins_record() const { return kind == Kind::full || kind == Kind::first; }
    bool ends_record() const { return kind == Kind::full || kind == Kind::last; }
};

template <class T>
T load_le(BytesView bytes) {
    T value = 0;
    for (std::size_t i = sizeof(T); i-- > 0;)
        value = static_cast<T>(value << 8U | byte_at(bytes, i));
    return value;
}

std::uint32_t masked(std::uint32_t sum) {
    return ((sum >> 15U) | (sum << 17U)) + 0xA282EAD8U;
}

/// Fragments of one file, in order, from a block's beginning.
class Fragments {
public:
    explicit Fragments(BytesView file, std::size_t begin = 0) : file_(file), at_(begin) {}

    /// None at the end, and at a fault: then `at_end` is false and `offset` is where.
    std::optional<Fragment> next() {
        const std::size_t left_in_block = block_bytes - at_ % block_bytes;
        if (left_in_block < head_bytes) at_ += left_in_block;
        if (at_ >= file_.size()) return std::nullopt;
        const BytesView rest = file_.substr(at_, block_bytes - at_ % block_bytes);
        if (rest.size() < head_bytes) return std::nullopt;
        const auto bytes = load_le<std::uint16_t>(rest.substr(4));
        const std::uint8_t kind = byte_at(rest, 6);
        if (kind < static_cast<std::uint8_t>(Kind::full) ||
            kind > static_cast<std::uint8_t>(Kind::last) || head_bytes + bytes > rest.size()) {
            return std::nullopt;
        }
        const BytesView summed = rest.substr(6, 1UL + bytes);
        if (load_le<std::uint32_t>(rest) != masked(crc32c(summed))) return std::nullopt;
        const Fragment found{at_, static_cast<Kind>(kind), summed.substr(1)};
        at_ += head_bytes + bytes;
        return found;
    }
    bool at_end() const { return at_ >= file_.size(); }
    std::size_t offset() const { return at_; }

private:
    BytesView file_;
    std::size_t at_;
};

/// Walks whole records; `each(offset, head)` with the bytes of the first fragment. Returns where
/// the records end: the file's size when nothing is wrong with it.
template <class Each>
std::size_t walk(BytesView file, Each each) {
    Fragments fragments(file);
    std::optional<Fragment> begun;
    std::size_t end = 0;
    while (const auto fragment = fragments.next()) {
        if (fragment->begins_record() == begun.has_value()) break;  // one within, or none before
        if (fragment->begins_record()) begun = fragment;
        if (!fragment->ends_record()) continue;
        if (!each(begun->offset, begun->payload)) return begun->offset;
        begun.reset();
        end = fragments.offset();
    }
    return fragments.at_end() && !begun ? file.size() : end;
}

/// `offset`: where a record begins that is not whole.
bool has_record_behind(BytesView file, std::size_t offset) {
    std::size_t at = offset + 1;
    while (at < file.size()) {
        // A fault may hide where the next fragment begins: it is looked for at every byte.
        Fragments fragments(file, at);
        const auto fragment = fragments.next();
        if (!fragment) {
            ++at;
        } else if (fragment->begins_record()) {
            return true;
        } else {
            at = fragments.offset();
        }
    }
    return false;
}

std::vector<fs::path> logs_in(const fs::path& directory) {
    std::vector<fs::path> logs;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(directory, error)) {
        const std::string name = entry.path().stem().string();
        const bool numbered =
            !name.empty() && name.find_first_not_of("0123456789") == std::string::npos;
        if (numbered && entry.path().extension() == ".log") logs.push_back(entry.path());
    }
    std::ranges::sort(logs, {}, [](const fs::path& p) { return std::stoull(p.stem().string()); });
    return logs;
}

std::expected<Bytes, std::string> read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    Bytes bytes{std::istreambuf_iterator<char>(in), {}};
    if (in.bad() || !in.is_open()) return std::unexpected("cannot read " + path.string());
    return bytes;
}

std::expected<void, std::string> cut(const fs::path& path, std::size_t size) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    const bool done = fd >= 0 && ftruncate(fd, static_cast<off_t>(size)) == 0 && fsync(fd) == 0;
    const int error = errno;
    if (fd >= 0) ::close(fd);
    if (done) return {};
    return std::unexpected("cannot cut " + path.string() + ": " +
                           std::generic_category().message(error));
}

}  // namespace

std::expected<std::optional<WalFault>, std::string> check_logs(const fs::path& directory) {
    std::optional<WalFault> fault;
    for (const auto& path : logs_in(directory)) {
        const auto file = read_file(path);
        if (!file) return std::unexpected(file.error());
        bool has_records = false;
        const std::size_t end = walk(*file, [&](std::size_t, BytesView) {
            has_records = true;
            return true;
        });
        if (fault) {
            fault->records_behind = fault->records_behind || has_records;
        } else if (end < file->size()) {
            fault = WalFault{path, end, file->size() - end, has_record_behind(*file, end)};
        }
    }
    return fault;
}

std::expected<void, std::string> cut_logs(const fs::path& directory, std::uint64_t sequence) {
    for (const auto& path : logs_in(directory)) {
        const auto file = read_file(path);
        if (!file) return std::unexpected(file.error());
        // A record is a write batch, which begins with the sequence of its first change.
        const std::size_t end = walk(*file, [&](std::size_t, BytesView head) {
            return head.size() < sizeof(std::uint64_t) || load_le<std::uint64_t>(head) <= sequence;
        });
        if (end == file->size()) continue;
        if (auto done = cut(path, end); !done) return done;
    }
    return {};
}

}  // namespace fenshen::storage::detail
