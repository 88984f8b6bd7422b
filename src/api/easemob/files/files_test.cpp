// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "api/easemob/detail/test_server.h"

namespace fenshen::api::easemob {
namespace {

using http::Method;
using testing_support::TestServer;

class FilesTest : public testing::Test {
protected:
    TestServer::Answer upload(std::string_view content,
                              bool restricted = true,
                              std::string_view name = "picture.png",
                              std::string_view type = "image/png") {
        http::Headers headers;
        headers.add("Content-Type", "multipart/form-data; boundary=xyz");
        if (restricted) headers.add("restrict-access", "true");
        const std::string body =
            "--xyz\r\nContent-Disposition: form-data; name=\"thumbnail-width\"\r\n\r\n170\r\n"
            "--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" +
            std::string(name) + "\"\r\nContent-Type: " + std::string(type) + "\r\n\r\n" +
            std::string(content) + "\r\n--xyz--\r\n";
        return server_.call(Method::post,
                            "/chatfiles?chat-type=CHAT&chat-target=bob",
                            alice_,
                            body,
                            std::move(headers));
    }
    http::Response fetch(const TestServer::Answer& uploaded,
                         std::string_view query,
                         std::string_view range = {}) {
        http::Headers headers;
        if (!range.empty()) headers.add("Range", std::string(range));
        const std::string id = uploaded.body["entities"][0]["uuid"];
        return server_.call(Method::get, "/chatfiles/" + id + std::string(query), "", "", headers)
            .raw;
    }
    TestServer server_;
    const std::string alice_ = server_.user("alice");
};

TEST_F(FilesTest, WhoKnowsTheSecretFetchesIt) {
    const auto uploaded = upload("0123456789");
    ASSERT_EQ(uploaded.status, 200) << uploaded.raw.body;
    EXPECT_EQ(uploaded.body["uri"], "http://im.test:5280/fenshen/demo/chatfiles");
    const auto& entity = uploaded.body["entities"][0];
    EXPECT_EQ(entity["type"], "chatfile");
    EXPECT_EQ(entity["file-metadata"]["content-length"], 10);
    EXPECT_EQ(entity["file-metadata"]["content-type"], "image/png");
    const std::string secret = entity["share-secret"];

    const auto whole =
        fetch(uploaded, "?em-redirect=true&share-secret=" + secret + "&thumbnail=true");
    EXPECT_EQ(whole.status, 200);
    EXPECT_EQ(whole.body, "0123456789");
    EXPECT_EQ(whole.content_type, "image/png");
    EXPECT_EQ(whole.headers.get("Content-Disposition"), "inline; filename*=UTF-8''picture.png");
    EXPECT_EQ(whole.headers.get("X-Content-Type-Options"), "nosniff");
    EXPECT_TRUE(whole.headers.get("Content-Security-Policy").contains("sandbox"));
    EXPECT_EQ(fetch(uploaded, "?share-secret=" + secret + "&vframe=true").status, 404);

    http::Headers headers;
    headers.add("share-secret", secret);
    const std::string path = "/chatfiles/" + entity["uuid"].get<std::string>();
    EXPECT_EQ(server_.call(Method::get, path, "", "", headers).status, 200);
    EXPECT_EQ(server_.get_as(server_.app_token(), path).status, 200);
}

TEST_F(FilesTest, OthersDoNot) {
    const auto uploaded = upload("0123456789");
    for (const char* query :
         {"", "?share-secret=", "?share-secret=secret-", "?share-secret=null"}) {
        const auto answer = fetch(uploaded, query);
        EXPECT_EQ(answer.status, 403) << query;
        EXPECT_TRUE(answer.body.contains("chatfile no permission"));
    }
    const std::string path =
        "/chatfiles/" + uploaded.body["entities"][0]["uuid"].get<std::string>();
    EXPECT_EQ(server_.get_as(alice_, path).status, 403);
    EXPECT_EQ(fetch(upload("open", false), "").status, 200);
}

TEST_F(FilesTest, ARangeIsAnsweredInPart) {
    const auto uploaded = upload("0123456789", false);
    const auto range = [&](std::string_view text) { return fetch(uploaded, "", text); };
    EXPECT_EQ(range("bytes=2-4").status, 206);
    EXPECT_EQ(range("bytes=2-4").body, "234");
    EXPECT_EQ(range("bytes=2-4").headers.get("Content-Range"), "bytes 2-4/10");
    EXPECT_EQ(range("bytes=8-").body, "89");
    EXPECT_EQ(range("bytes=8-99").body, "89");
    EXPECT_EQ(range("bytes=-3").body, "789");
    EXPECT_EQ(range("bytes=-99").body, "0123456789");
    EXPECT_EQ(range("bytes=10-").status, 416);
    EXPECT_EQ(range("bytes=10-").headers.get("Content-Range"), "bytes */10");
    EXPECT_EQ(range("bytes=-0").status, 416);
    for (const char* odd : {"bytes=",
                            "bytes=-",
                            "bytes=4-2",
                            "bytes=a-b",
                            "lines=1-2",
                            "bytes=1-2,4-5",
                            "bytes=99999999999999999999-"}) {
        EXPECT_EQ(range(odd).status, 200) << odd;
        EXPECT_EQ(range(odd).body, "0123456789") << odd;
    }
    const auto empty = upload("", false);
    EXPECT_EQ(fetch(empty, "").status, 200);
    EXPECT_EQ(fetch(empty, "", "bytes=0-").status, 416);
    EXPECT_EQ(fetch(empty, "", "bytes=-1").status, 416);
}

TEST_F(FilesTest, WhatIsNoUploadIsRefused) {
    http::Headers headers;
    headers.add("Content-Type", "application/json");
    const auto json = server_.call(Method::post, "/chatfiles", alice_, "{}", headers);
    EXPECT_EQ(json.status, 400);
    EXPECT_EQ(json.error(), "illegal_argument: file must be provided.");
    EXPECT_EQ(server_.call(Method::post, "/chatfiles", alice_, "").status, 400);
    EXPECT_EQ(server_.call(Method::post, "/chatfiles", "", "").status, 401);
    http::Headers form;
    form.add("Content-Type", "multipart/form-data; boundary=xyz");
    EXPECT_EQ(server_.call(Method::post, "/chatfiles", alice_, "--xyz--", form).status, 400);
}

TEST_F(FilesTest, ATooLargeOneIsRefused) {
    auto rules = testing_support::usual_rules();
    rules.easemob.attachment_bytes_max = 9;
    TestServer server(rules);
    const std::string token = server.user("alice");
    http::Headers headers;
    headers.add("Content-Type", "multipart/form-data; boundary=xyz");
    const auto answer = server.call(
        Method::post,
        "/chatfiles",
        token,
        "--xyz\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n0123456789\r\n--xyz--",
        headers);
    EXPECT_EQ(answer.status, 413);
    EXPECT_EQ(answer.body["error"], "request_entity_too_large");
}

TEST_F(FilesTest, WhatIsNotThereIsSaidSo) {
    const auto missing = server_.get_as("", "/chatfiles/..%252f..%252fetc");
    EXPECT_EQ(missing.status, 404);
    EXPECT_EQ(missing.error(), "entity_not_found: file may not exists");
    const auto uploaded = upload("x", false);
    server_.attachments.is_over = true;
    const auto over = fetch(uploaded, "");
    EXPECT_EQ(over.status, 404);
    EXPECT_TRUE(over.body.contains("\"error\":\"file_expired\""));
}

TEST_F(FilesTest, ANameIsTextAndNothingElse) {
    const auto uploaded = upload("<script>", false, "../\xE5\x9B\xBE \\\"x.html", "text/html");
    const auto answer = fetch(uploaded, "");
    EXPECT_EQ(answer.headers.get("Content-Disposition"),
              "attachment; filename*=UTF-8''..%2F%E5%9B%BE%20%22x.html");
}

}  // namespace
}  // namespace fenshen::api::easemob
