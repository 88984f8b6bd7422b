// SPDX-License-Identifier: Apache-2.0
#include "app/token_key.h"

#include <fcntl.h>
#include <openssl/rand.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "service/credentials/token_hash.h"

namespace fenshen::app {

namespace {

std::expected<Bytes, std::string> make(const std::filesystem::path& path) {
    std::array<unsigned char, service::token_key_bytes> key{};
    if (RAND_priv_bytes(key.data(), static_cast<int>(key.size())) != 1) {
        return std::unexpected("no random numbers for " + path.string());
    }
    const Bytes bytes(reinterpret_cast<const char*>(key.data()), key.size());
    // Written aside and renamed: a power cut leaves either no key or a whole one.
    const std::string aside = path.string() + ".new";
    const int fd = ::open(aside.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    const bool written =
        fd >= 0 && write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) &&
        fsync(fd) == 0;
    const std::string why = strerror(errno);
    if (fd >= 0) ::close(fd);
    if (!written || rename(aside.c_str(), path.c_str()) != 0) {
        return std::unexpected("cannot write " + path.string() + ": " + why);
    }
    const int folder = ::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) {
        fsync(folder);
        ::close(folder);
    }
    return bytes;
}

}  // namespace

std::expected<Bytes, std::string> load_or_make_token_key(const std::filesystem::path& data_dir) {
    const auto path = data_dir / "token.key";
    std::error_code error;
    std::filesystem::create_directories(data_dir, error);
    if (error)
        return std::unexpected("cannot create " + data_dir.string() + ": " + error.message());
    if (!std::filesystem::exists(path)) return make(path);
    std::ifstream file(path, std::ios::binary);
    const Bytes key{std::istreambuf_iterator<char>(file), {}};
    if (key.size() != service::token_key_bytes) {
        return std::unexpected(path.string() + " is not a token key of " +
                               std::to_string(service::token_key_bytes) + " bytes");
    }
    return key;
}

}  // namespace fenshen::app
