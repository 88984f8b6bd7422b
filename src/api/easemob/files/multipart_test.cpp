// SPDX-License-Identifier: Apache-2.0
#include "api/easemob/files/multipart.h"

#include <gtest/gtest.h>

namespace fenshen::api::easemob {
namespace {

TEST(Multipart, TheBoundaryIsInTheHeader) {
    EXPECT_EQ(boundary_of("multipart/form-data; boundary=abc"), "abc");
    EXPECT_EQ(boundary_of("Multipart/Form-Data; charset=utf-8; BOUNDARY=\"a;b c\""), "a;b c");
    EXPECT_EQ(boundary_of("multipart/form-data;boundary=----WebKitFormBoundaryx"),
              "----WebKitFormBoundaryx");
    EXPECT_EQ(boundary_of("multipart/form-data"), std::nullopt);
    EXPECT_EQ(boundary_of("multipart/form-data; boundary="), std::nullopt);
    EXPECT_EQ(boundary_of("multipart/form-data; boundary=\"x"), std::nullopt);
    EXPECT_EQ(boundary_of("multipart/form-data; boundary=" + std::string(71, 'x')), std::nullopt);
    EXPECT_EQ(boundary_of("multipart/mixed; boundary=abc"), std::nullopt);
    EXPECT_EQ(boundary_of(""), std::nullopt);
}

const Bytes form =
    "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n"
    "--b \t\r\nContent-Type: image/png\r\ncontent-disposition: Form-Data; name=file; "
    "filename=\"x\\\"y.png\"\r\n\r\n\r\n--bb\r\n\r\n"
    "--b--\r\nepilogue";

TEST(Multipart, PartsAreTakenApart) {
    const auto parts = read_form(form, "b");
    ASSERT_TRUE(parts);
    ASSERT_EQ(parts->size(), 2U);
    EXPECT_EQ((*parts)[0].name, "a");
    EXPECT_EQ((*parts)[0].body, "one");
    EXPECT_EQ((*parts)[1].name, "file");
    EXPECT_EQ((*parts)[1].filename, "x\"y.png");
    EXPECT_EQ((*parts)[1].content_type, "image/png");
}

TEST(Multipart, AFormThatIsCutOffIsNone) {
    const auto end = form.find("--\r\nepilogue") + 2;
    for (std::size_t size = 0; size < end; ++size) {
        EXPECT_FALSE(read_form(BytesView(form).substr(0, size), "b")) << size;
    }
    for (std::size_t size = end; size <= form.size(); ++size) {
        EXPECT_TRUE(read_form(BytesView(form).substr(0, size), "b")) << size;
    }
}

TEST(Multipart, BrokenOnesAreNone) {
    EXPECT_FALSE(read_form("", "b"));
    EXPECT_FALSE(read_form("--b\r\n\r\nx\r\n--b--", "b"));  // says not what it is
    EXPECT_FALSE(read_form("--b\r\nContent-Disposition: file\r\n\r\nx\r\n--b--", "b"));
    EXPECT_FALSE(read_form("--b\r\nnonsense\r\n\r\nx\r\n--b--", "b"));
    EXPECT_FALSE(
        read_form("--b\r\nContent-Disposition: form-data; name=\"a\r\n\r\n\r\n--b--", "b"));
    EXPECT_TRUE(read_form("--b--", "b")->empty());
    EXPECT_TRUE(read_form("preamble\r\n--b--", "b")->empty());
}

TEST(Multipart, ThereIsALimitToEverything) {
    const auto form_of = [](std::size_t parts) {
        Bytes body;
        for (std::size_t i = 0; i < parts; ++i) {
            body += "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n";
        }
        return body + "--b--";
    };
    EXPECT_EQ(read_form(form_of(form_parts_max), "b")->size(), form_parts_max);
    EXPECT_FALSE(read_form(form_of(form_parts_max + 1), "b"));
    const auto named = [](const std::string& name) {
        const auto parts =
            read_form("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name +
                          "\"\r\n\r\n\r\n--b--",
                      "b");
        return parts ? parts->at(0).filename : "none";
    };
    EXPECT_EQ(named(std::string(300, 'x')), std::string(255, 'x'));
    std::string umlauts;
    for (int i = 0; i < 200; ++i) umlauts += "\xC3\xA4";
    EXPECT_EQ(named(umlauts), umlauts.substr(0, 254));
    EXPECT_EQ(named("a\tb"), "a_b");
    EXPECT_EQ(named("\xFF"), "file");
    EXPECT_EQ(named(std::string(form_part_head_bytes_max, 'x')), "none");
}

}  // namespace
}  // namespace fenshen::api::easemob
