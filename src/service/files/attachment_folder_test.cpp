// SPDX-License-Identifier: Apache-2.0
#include "service/files/attachment_folder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace fenshen::service {
namespace {

class TestClock final : public Clock {
public:
    WallTime wall() const override { return {now_ms}; }
    MonoTime mono() const override { return {now_ms}; }
    std::int64_t now_ms = 1'776'844'800'000;  // 2026-04-22
};

constexpr std::int64_t day_ms = 86'400'000;

class AttachmentFolderTest : public testing::Test {
protected:
    static std::filesystem::path make_root() {
        std::string pattern = (std::filesystem::temp_directory_path() / "fenshen-XXXXXX").string();
        return mkdtemp(pattern.data());
    }
    ~AttachmentFolderTest() override { std::filesystem::remove_all(root_); }

    const std::filesystem::path root_ = make_root();
    TestClock clock_;
    AttachmentFolder folder_{root_ / "attachments", std::chrono::days(7), clock_};
};

TEST_F(AttachmentFolderTest, WhatIsPutIsFoundAndReadInPieces) {
    const auto put = folder_.put({true, "../../etc/passwd", "image/png"}, "0123456789");
    ASSERT_TRUE(put);
    EXPECT_EQ(put->bytes, 10U);
    EXPECT_TRUE(put->restricted);
    EXPECT_EQ(put->name, "../../etc/passwd");
    EXPECT_EQ(time_of_attachment(put->id), clock_.wall());
    EXPECT_EQ(folder_.find(put->id).value(), *put);
    EXPECT_EQ(folder_.read(put->id, 0, 10).value(), "0123456789");
    EXPECT_EQ(folder_.read(put->id, 3, 4).value(), "3456");
    EXPECT_EQ(folder_.read(put->id, 10, 0).value(), "");
    EXPECT_EQ(folder_.read(put->id, 3, 8).error(), Errc::bad_request);
    EXPECT_EQ(folder_.read(put->id, 11, 0).error(), Errc::bad_request);
    EXPECT_EQ(folder_.read(put->id, ~std::uint64_t{0}, 2).error(), Errc::bad_request);
    const auto other = folder_.put({}, "");
    ASSERT_TRUE(other);
    EXPECT_NE(other->id, put->id);
    EXPECT_NE(other->secret, put->secret);
    EXPECT_EQ(folder_.read(other->id, 0, 0).value(), "");
}

TEST_F(AttachmentFolderTest, NoNameLeadsOutOfTheFolder) {
    ASSERT_TRUE(folder_.put({}, "x"));
    std::ofstream(root_ / "secret") << "secret";
    for (const std::string_view id : {"", ".", "..", "../secret", "../../secret", "/etc/passwd"}) {
        EXPECT_EQ(folder_.find(id).error(), Errc::not_found) << id;
    }
    const std::string known = folder_.put({}, "x")->id;
    for (std::size_t i = 0; i < known.size(); ++i) {
        for (const char c : {'/', '.', '\0', 'g', 'A'}) {
            std::string changed = known;
            changed[i] = c;
            EXPECT_EQ(folder_.find(changed).error(), Errc::not_found) << changed;
        }
    }
}

TEST_F(AttachmentFolderTest, ItsDaysAreCounted) {
    const auto old = folder_.put({}, "old");
    ASSERT_TRUE(old);
    clock_.now_ms += 7 * day_ms;
    EXPECT_TRUE(folder_.find(old->id));
    clock_.now_ms += 1;
    EXPECT_EQ(folder_.find(old->id).error(), Errc::unavailable);
    EXPECT_EQ(folder_.read(old->id, 0, 3).error(), Errc::unavailable);
    EXPECT_TRUE(std::filesystem::exists(root_ / "attachments/2026-04-22"));
    clock_.now_ms += 2 * day_ms;
    const auto fresh = folder_.put({}, "fresh");
    EXPECT_FALSE(std::filesystem::exists(root_ / "attachments/2026-04-22"));
    EXPECT_EQ(folder_.read(fresh->id, 0, 5).value(), "fresh");

    AttachmentFolder for_ever(root_ / "for_ever", std::chrono::days(0), clock_);
    const auto kept = for_ever.put({}, "kept");
    clock_.now_ms += 4000 * day_ms;
    for_ever.drop_old();
    EXPECT_EQ(for_ever.read(kept->id, 0, 4).value(), "kept");
}

TEST_F(AttachmentFolderTest, ABrokenFileIsNamedSo) {
    const auto put = folder_.put({}, "0123456789");
    const auto path = root_ / "attachments/2026-04-22" / put->id;
    std::filesystem::resize_file(path, std::filesystem::file_size(path) - 1);
    EXPECT_EQ(folder_.read(put->id, 0, 10).error(), Errc::store_corrupt);
    for (std::uintmax_t size = std::filesystem::file_size(path) - 9; size-- > 0;) {
        std::filesystem::resize_file(path, size);
        EXPECT_EQ(folder_.find(put->id).error(), Errc::store_corrupt) << size;
    }
}

TEST_F(AttachmentFolderTest, AFolderThatCannotBeWrittenIsUnavailable) {
    std::ofstream(root_ / "file") << "x";
    AttachmentFolder broken(root_ / "file", std::chrono::days(7), clock_);
    EXPECT_EQ(broken.put({}, "x").error(), Errc::store_unavailable);
}

}  // namespace
}  // namespace fenshen::service
