// SPDX-License-Identifier: Apache-2.0
// Reactions: who may, how many, what each reader is shown (easemob-rest 3.6).
#include <gtest/gtest.h>

#include "api/easemob/detail/test_server.h"
#include "base/base64.h"
#include "protocol/msync/codec.h"
#include "protocol/msync/messages.h"

namespace fenshen::api::easemob {
namespace {

using testing_support::Json;
using testing_support::TestServer;

class ReactionsTest : public testing::Test {
protected:
    ReactionsTest() : alice_(server_.user("alice")), bob_(server_.user("bob")) {
        const auto sent = server_.post_as(
            server_.app_token(),
            "/messages/users",
            {{"from", "alice"}, {"to", {"bob"}}, {"type", "txt"}, {"body", {{"msg", "hello"}}}});
        id_ = sent.body["data"]["bob"];
    }
    std::string where(std::string_view user, std::string_view more = {}) {
        return "/reaction/user/" + std::string(user) + std::string(more);
    }
    auto add(std::string_view token, std::string_view user, std::string_view reaction) {
        ++server_.clock.now_ms;
        return server_.post_as(token, where(user), {{"msgId", id_}, {"message", reaction}});
    }
    auto remove(std::string_view token, std::string_view user, std::string_view reaction) {
        return server_.call(http::Method::del,
                            where(user, "?msgId=" + id_ + "&message=" + std::string(reaction)),
                            token);
    }
    Json listed(std::string_view token, std::string_view user) {
        const auto answer = server_.get_as(
            token, where(user, "?msgIdList=" + id_ + "&msgType=chat&groupId=null&_v=1"));
        EXPECT_EQ(answer.status, 200) << answer.raw.body;
        EXPECT_EQ(answer.body["data"][0]["msgId"], id_);
        return answer.body["data"][0]["reactionList"];
    }

    TestServer server_;
    std::string alice_;
    std::string bob_;
    std::string id_;
};

TEST_F(ReactionsTest, AreSharedByBothAndSeenWithOnesOwn) {
    EXPECT_EQ(add(bob_, "bob", "smile").status, 200);
    EXPECT_EQ(add(alice_, "alice", "heart").status, 200);
    EXPECT_EQ(add(alice_, "alice", "smile").status, 200);
    const Json seen = listed(alice_, "alice");
    ASSERT_EQ(seen.size(), 2U);
    EXPECT_EQ(seen[0]["reaction"], "smile");
    EXPECT_EQ(seen[0]["count"], 2);
    EXPECT_EQ(seen[0]["userCount"], 2);
    EXPECT_EQ(seen[0]["userList"], (Json{"bob", "alice"}));
    EXPECT_EQ(seen[0]["state"], true);
    EXPECT_EQ(listed(bob_, "bob")[1]["state"], false);

    EXPECT_EQ(remove(bob_, "bob", "smile").status, 200);
    EXPECT_EQ(listed(bob_, "bob")[0]["reaction"], "heart");
    EXPECT_EQ(listed(bob_, "bob")[1]["count"], 1);
}

TEST_F(ReactionsTest, WhatIsSoAlreadyIsRefusedInTheWordsOfTheSdk) {
    const std::string head = "illegal_argument: ";
    add(bob_, "bob", "smile");
    EXPECT_EQ(add(bob_, "bob", "smile").error(),
              head + "the user is already operation this message");
    EXPECT_EQ(remove(bob_, "bob", "heart").error(), head + "the user operation is illegal!");
    EXPECT_EQ(add(bob_, "bob", "").status, 400);
    EXPECT_EQ(add(bob_, "bob", std::string(513, 'x')).status, 400);
    EXPECT_EQ(add(bob_, "alice", "smile").status, 401);
    const auto eve = server_.user("eve");
    EXPECT_EQ(add(eve, "eve", "smile").error(), head + "report failed, get message by id failed");
    id_ = "not a number";
    EXPECT_EQ(add(bob_, "bob", "smile").status, 400);
}

TEST_F(ReactionsTest, TwentyDifferentOnesAreEnough) {
    for (int i = 0; i < 20; ++i) EXPECT_EQ(add(bob_, "bob", "r" + std::to_string(i)).status, 200);
    EXPECT_EQ(add(bob_, "bob", "one more").error(),
              "illegal_argument: The quantity has exceeded the limit!");
    EXPECT_EQ(add(alice_, "alice", "r7").status, 200);
    EXPECT_EQ(listed(bob_, "bob").size(), 20U);
}

TEST_F(ReactionsTest, WhoHasOneIsReadPageByPage) {
    add(bob_, "bob", "smile");
    add(alice_, "alice", "smile");
    const std::string ask = "/detail?msgId=" + id_ + "&message=smile&pageSize=1&currentPage=";
    auto answer = server_.get_as(alice_, where("alice", ask + "null"));
    ASSERT_EQ(answer.status, 200) << answer.raw.body;
    EXPECT_EQ(answer.body["data"]["userList"], Json{"bob"});
    EXPECT_EQ(answer.body["data"]["count"], 2);
    answer = server_.get_as(alice_,
                            where("alice", ask + answer.body["data"]["cursor"].get<std::string>()));
    EXPECT_EQ(answer.body["data"]["userList"], Json{"alice"});
    EXPECT_EQ(answer.body["data"]["cursor"], "");
    EXPECT_EQ(answer.body["data"]["state"], true);
}

TEST_F(ReactionsTest, HistoryBringsThemAlong) {
    add(bob_, "bob", "smile");
    const auto page = server_.post_as(
        alice_, "/users/alice/messageroaming", {{"queue", "bob@easemob.com"}, {"start", -1}});
    Bytes bytes;
    ASSERT_TRUE(append_from_base64(bytes, page.body["data"]["msgs"][0]["msg"].get<std::string>()));
    const auto meta = msync::decode<msync::Meta>(bytes);
    const auto body = msync::decode<msync::MessageBody>(meta->payload.value_or(""));
    ASSERT_TRUE(body);
    EXPECT_EQ(body->contents[0].text, "hello");
    const auto reactions = Json::parse(body->meta.value_or("null"))["reaction"];
    EXPECT_EQ(reactions[0]["reaction"], "smile");
    EXPECT_EQ(reactions[0]["state"], false);
}

}  // namespace
}  // namespace fenshen::api::easemob
