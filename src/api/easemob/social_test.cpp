// SPDX-License-Identifier: Apache-2.0
// Contacts, conversations, silent mode, groups and threads over REST: the shapes that the SDK reads
// (easemob-rest 3.3, 3.4, 3.8, 3.9, 3.11, 3.13), and that the acting device is left out.
#include <gtest/gtest.h>

#include <set>

#include "api/easemob/detail/test_server.h"
#include "service/social/account_events.h"

namespace fenshen::api::easemob {
namespace {

using testing_support::Json;
using testing_support::TestServer;
using enum http::Method;

class SocialRestTest : public ::testing::Test {
protected:
    SocialRestTest() : ann(server.user("ann")), bob(server.user("bob")), cid(server.user("cid")) {}

    Json ok(http::Method method,
            const std::string& path,
            const std::string& token,
            Json body = {}) {
        const auto answer =
            server.call(method, path, token, body.is_null() ? std::string() : body.dump());
        EXPECT_EQ(answer.status, 200) << path << ": " << answer.raw.body;
        return answer.body;
    }
    std::string group(const Json& members = Json::array(), const Json& more = Json::object()) {
        Json body = {{"owner", "ann"},
                     {"groupname", "tea"},
                     {"desc", "at five"},
                     {"members", members},
                     {"public", true},
                     {"approval", false},
                     {"allowinvites", false},
                     {"invite_need_confirm", false},
                     {"maxusers", 200}};
        body.update(more);
        return ok(post, "/chatgroups?resource=a1", ann, body)["data"]["groupid"];
    }
    /// Numbers of the kinds in an account's log, without what `resource` did.
    std::vector<int> log_of(const char* uid, const char* resource) {
        std::vector<int> kinds;
        std::optional<bool> done;
        start(service::read_events(*server.world, Uid(uid), DeviceId(resource), 0, 100),
              [&](const Result<service::EventPage>& page) {
                  done = page.has_value();
                  if (!page) return;
                  for (const auto& event : page->events)
                      kinds.push_back(static_cast<int>(event.kind));
              });
        server.get_as("", "/none");  // runs all loops until nothing is left to do
        EXPECT_EQ(done, true);
        return kinds;
    }

    TestServer server;
    const std::string ann;
    const std::string bob;
    const std::string cid;
};

TEST_F(SocialRestTest, ContactsFromAskingToDeleting) {
    ok(post,
       "/users/ann/contacts/apply?resource=a1",
       ann,
       {{"usernames", {"bob"}}, {"reason", "tea?"}});
    EXPECT_EQ(log_of("ann", "a1"), std::vector<int>{});
    EXPECT_EQ(log_of("ann", "a2"), std::vector<int>{1});
    EXPECT_EQ(log_of("bob", "b1"), std::vector<int>{1});
    ok(post, "/users/bob/contacts/accept/users/ann?resource=b1", bob);
    EXPECT_EQ(ok(get, "/users/ann/contacts/users", ann)["data"], Json::array({"bob"}));
    ok(put, "/users/ann/contacts/users/bob?resource=a1", ann, {{"remark", "the baker"}});
    EXPECT_EQ(ok(get, "/users/ann/contacts/users?needReturnRemark=true", ann)["entities"],
              Json::array({{{"username", "bob"}, {"remark", "the baker"}}}));
    const auto page = ok(get, "/users/ann/contacts?needReturnRemark=true&limit=20&cursor=", ann);
    EXPECT_EQ(page["data"]["contacts"][0]["username"], "bob");
    EXPECT_EQ(page["data"]["cursor"], "");
    ok(del, "/users/ann/contacts/users/bob?resource=a1", ann);
    EXPECT_EQ(ok(get, "/users/bob/contacts/users", bob)["data"], Json::array());
    const auto remark =
        server.call(put, "/users/ann/contacts/users/bob", ann, Json{{"remark", "x"}}.dump());
    EXPECT_EQ(remark.status, 400);
    EXPECT_NE(remark.error().find("they are not friends"), std::string::npos);
    EXPECT_EQ(
        server.call(post, "/users/ann/contacts/apply", ann, Json{{"usernames", {"nobody"}}}.dump())
            .status,
        404);
    EXPECT_EQ(server.call(get, "/users/bob/contacts/users", ann).status, 401);
}

TEST_F(SocialRestTest, TheBlockList) {
    EXPECT_EQ(
        ok(post, "/sdk/user/ann/blocks?resource=a1", ann, {{"usernames", {"bob", "cid"}}})["data"],
        Json::array({"bob", "cid"}));
    EXPECT_EQ(ok(get, "/users/ann/blocks/users", ann)["data"], Json::array({"bob", "cid"}));
    ok(del, "/sdk/user/ann/blocks?resource=a1", ann, {{"usernames", {"bob"}}});
    EXPECT_EQ(ok(get, "/users/ann/blocks/users", ann)["data"], Json::array({"cid"}));
    EXPECT_EQ(log_of("ann", "a2"), (std::vector<int>{6, 6, 7}));
    EXPECT_EQ(log_of("bob", "b1"), std::vector<int>{});
}

TEST_F(SocialRestTest, ConversationsArePinnedMarkedAndDeleted) {
    const auto pinned = ok(
        post, "/sdk/user/ann/user_channel/top?resource=a1", ann, {{"type", "chat"}, {"to", "bob"}});
    EXPECT_EQ(pinned["data"]["is_top"], true);
    EXPECT_TRUE(pinned["data"]["update_top_status_time"].is_number());
    ok(post,
       "/sdk/user/ann/user_channels/mark?resource=a1",
       ann,
       {{"mark", "mark_3"}, {"targets", Json::array({{{"to", "bob"}, {"type", "chat"}}})}});
    const auto list =
        ok(get,
           "/sdk/user/ann/user_channels/list?&limit=20&cursor=&need_mark=true&is_top=true&_v=1",
           ann)["data"]["channel_infos"];
    ASSERT_EQ(list.size(), 1U);
    EXPECT_EQ(list[0]["session_to"], "bob");
    EXPECT_EQ(list[0]["session_type"], "chat");
    EXPECT_EQ(list[0]["is_top"], true);
    EXPECT_EQ(list[0]["marks"], Json::array({"mark_3"}));
    EXPECT_EQ(ok(get,
                 "/sdk/user/ann/user_channels/mark/search?mark=mark_3&limit=10",
                 ann)["data"]["channel_infos"]
                  .size(),
              1U);
    ok(del,
       "/sdk/user/ann/user_channels/mark?resource=a1",
       ann,
       {{"mark", "mark_3"}, {"targets", Json::array({{{"to", "bob"}, {"type", "chat"}}})}});
    EXPECT_EQ(ok(del,
                 "/sdk/user/ann/user_channel/top?type=chat&to=bob&resource=a1",
                 ann)["data"]["is_top"],
              false);
    EXPECT_EQ(ok(del,
                 "/user/ann/user_channel?resource=a1",
                 ann,
                 {{"channel", "bob"}, {"type", "chat"}, {"delete_roam", true}})["data"]["result"],
              "ok");
    ok(del, "/sdk/message/roaming/chat/user/ann?userId=bob&msgIdList=1,2&resource=a1", ann);
    ok(del, "/sdk/message/roaming/chat/user/ann/time?userId=bob&delTime=5&&resource=a1", ann);
    ok(post, "/sdk/message/roaming/user/ann/delete/all?resource=a1", ann);
    EXPECT_EQ(log_of("ann", "a2"), (std::vector<int>{20, 22, 23, 21, 24, 25, 25, 26}));
    EXPECT_EQ(log_of("ann", "a1"), std::vector<int>{});
    const auto mark = server.call(
        post, "/sdk/user/ann/user_channels/mark", ann, Json{{"mark", "mark_20"}}.dump());
    EXPECT_NE(mark.error().find("param mark illegal, please check it!"), std::string::npos);
}

TEST_F(SocialRestTest, TheAppDeletesWithAWordToTheDevicesOrWithout) {
    const auto& app = server.app_token();
    const std::string chat = "/rest/message/roaming/chat/user/ann";
    EXPECT_EQ(ok(del, chat + "?userId=bob&msgIdList=1", app)["requestStatusCode"], "ok");
    ok(post, chat + "/time?userId=bob&delTime=5", app);
    EXPECT_EQ(log_of("ann", "a1"), (std::vector<int>{25, 25}));
    ok(del, chat + "?userId=bob&msgIdList=1&isNotify=false", app);
    ok(del, chat + "/time?userId=bob&delTime=5&isNotify=false", app);
    EXPECT_EQ(log_of("ann", "a1"), (std::vector<int>{25, 25}));
    EXPECT_EQ(server.call(del, chat + "?userId=bob&msgIdList=1", ann).status, 401);
}

TEST_F(SocialRestTest, MembersComeAndGoWithAWordToTheOthersOrWithout) {
    const auto id = group({"bob"});
    const auto heard = log_of("bob", "");
    const std::string path = "/chatgroups/" + id + "/users/cid";
    for (const auto method : {post, del}) {
        ok(method, path + "?need_notify=false", server.app_token());
    }
    EXPECT_EQ(log_of("bob", ""), heard);
    EXPECT_EQ(log_of("cid", ""), (std::vector<int>{76, 70}));
    for (const auto method : {post, del}) ok(method, path, server.app_token());
    auto more = heard;
    more.insert(more.end(), {74, 75});
    EXPECT_EQ(log_of("bob", ""), more);
}

TEST_F(SocialRestTest, WhoIsDeletedLeavesTheGroupsToTheOthers) {
    const auto own = group({"bob"});
    Json other = {{"owner", "bob"}, {"public", true}, {"members", {"ann"}}};
    other["invite_need_confirm"] = false;
    const std::string id = ok(post, "/chatgroups", bob, other)["data"]["groupid"];
    ok(del, "/users/ann", server.app_token());
    EXPECT_EQ(server.call(get, "/chatgroups/" + own, bob).status, 404);
    EXPECT_EQ(ok(get, "/chatgroups/" + id, bob)["data"][0]["affiliations_count"], 1);
    EXPECT_EQ(server.call(del, "/users/ann", server.app_token()).status, 404);
}

TEST_F(SocialRestTest, SilentModeOfTheAccountAndOfConversations) {
    const auto all = ok(put,
                        "/users/ann/notification/user/ann?resource=a1",
                        ann,
                        {{"ignoreInterval", "21:30-8:30"}});
    EXPECT_EQ(all["data"]["ignoreInterval"], "21:30-8:30");
    ok(put, "/users/ann/notification/chatgroup/123?resource=a1", ann, {{"type", "NONE"}});
    ok(put, "/users/ann/notification/user/bob?resource=a1", ann, {{"ignoreDuration", 60000}});
    EXPECT_EQ(ok(get, "/users/ann/notification/user/bob", ann)["data"]["ignoreDuration"],
              server.clock.now_ms + 60000);
    const auto several = ok(get, "/users/ann/notification?user=bob,cid&group=123", ann)["data"];
    EXPECT_EQ(several["group"]["123"]["type"], "NONE");
    EXPECT_EQ(several["user"]["cid"], Json::object());
    EXPECT_EQ(ok(get, "/users/ann/notification/mute/type?limit=10", ann)["data"],
              Json::array({{{"group", "123"}, {"value", "NONE"}}}));
    ok(put, "/users/ann/notification/chatgroup/123?resource=a1", ann, {{"type", "DEFAULT"}});
    EXPECT_EQ(log_of("ann", "a2"), (std::vector<int>{40, 40, 40, 41}));
    EXPECT_EQ(
        server.call(put, "/users/ann/notification/user/ann", ann, R"({"type":"LOUD"})").status,
        400);
}

TEST_F(SocialRestTest, AGroupFromItsMakingToItsEnd) {
    const auto id = group({"bob"});
    const auto details = ok(get, "/chatgroups/" + id + "?joined_time=true", bob)["data"][0];
    EXPECT_EQ(details["id"], id);
    EXPECT_EQ(details["name"], "tea");
    EXPECT_EQ(details["description"], "at five");
    EXPECT_EQ(details["owner"], "ann");
    EXPECT_EQ(details["affiliations_count"], 2);
    EXPECT_EQ(details["affiliations"][0]["owner"], "ann");
    EXPECT_EQ(details["affiliations"][1]["member"], "bob");
    const auto invited = ok(post,
                            "/chatgroups/" + id + "/invite?resource=a1",
                            ann,
                            {{"usernames", {"cid"}}})["data"][0];
    EXPECT_EQ(invited["user"], "cid");
    EXPECT_EQ(invited["result"], true);
    EXPECT_EQ(ok(put, "/chatgroups/" + id + "?resource=a1", ann, {{"groupname", "coffee"}})["data"],
              (Json{{"groupname", true}}));
    EXPECT_EQ(
        ok(post, "/chatgroups/" + id + "/admin?version=v3", ann, {{"newadmin", "bob"}})["data"],
        (Json{{"result", "success"}, {"newadmin", "bob"}}));
    EXPECT_EQ(ok(get, "/chatgroups/" + id + "/admin?version=v3", ann)["data"],
              Json::array({"bob"}));
    const auto muted = ok(post,
                          "/chatgroups/" + id + "/mute?version=v3",
                          ann,
                          {{"usernames", {"cid"}}, {"mute_duration", -1}})["data"][0];
    EXPECT_EQ(muted["user"], "cid");
    EXPECT_EQ(muted["expire"], -1);
    EXPECT_EQ(ok(get, "/chatgroups/" + id + "/mute", ann)["data"][0]["user"], "cid");
    EXPECT_EQ(ok(post, "/chatgroups/" + id + "/ban", ann)["data"]["mute"], true);
    EXPECT_EQ(ok(del, "/chatgroups/" + id + "/ban", ann)["data"]["mute"], false);
    ok(put,
       "/sdk/metadata/chatgroup/" + id + "/user/bob?resource=b1",
       bob,
       {{"metaData", {{"mood", "good"}}}});
    EXPECT_EQ(ok(post,
                 "/sdk/metadata/chatgroup/" + id + "/get",
                 ann,
                 {{"targets", {"bob"}}, {"properties", Json::array()}})["data"]["bob"]["mood"],
              "good");
    EXPECT_EQ(ok(del, "/chatgroups/" + id + "/users/cid?resource=a1", ann)["data"]["user"], "cid");
    EXPECT_EQ(ok(get, "/users/bob/joined_chatgroups?pagenum=0&pagesize=20", bob)["data"][0]["id"],
              id);
    EXPECT_EQ(
        ok(get, "/chatgroups/user/bob?pagenum=0&pagesize=20", bob)["entities"][0]["permission"],
        "admin");
    EXPECT_EQ(ok(get, "/publicchatgroups?version=v3&limit=20", cid)["data"][0]["id"], id);
    EXPECT_EQ(ok(put, "/chatgroups/" + id, ann, {{"newowner", "bob"}})["data"]["newowner"], true);
    EXPECT_EQ(ok(del, "/chatgroups/" + id + "/quit?resource=a1", ann)["data"]["result"], true);
    EXPECT_EQ(ok(del, "/chatgroups/" + id + "?version=v3", bob)["data"]["success"], true);
    const auto gone = server.call(get, "/chatgroups/" + id, bob);
    EXPECT_EQ(gone.status, 404);
    EXPECT_EQ(gone.error(), "resource_not_found: grpID " + id + " does not exist!");
}

TEST_F(SocialRestTest, WhoMayNotIsTold) {
    const auto id = group({"bob"}, {{"public", false}});
    EXPECT_EQ(server.call(get, "/chatgroups/" + id, cid).status, 403);
    const auto denied = server.call(post, "/chatgroups/" + id + "/ban", bob);
    EXPECT_EQ(denied.status, 403);
    EXPECT_EQ(denied.body["error_code"], 60002);
    EXPECT_EQ(server.call(post, "/chatgroups", bob, R"({"owner":"ann","public":true})").status,
              401);
    EXPECT_EQ(server.call(post, "/chatgroups/" + id + "/users/cid", bob).status, 401);
    EXPECT_EQ(ok(post, "/chatgroups/" + id + "/users/cid", server.app_token())["data"]["result"],
              true);
}

TEST_F(SocialRestTest, ThreadsOfAGroup) {
    const auto id = group({"bob"});
    const Json said = {{"from", "bob"}, {"to", {id}}, {"type", "txt"}, {"body", {{"msg", "?"}}}};
    const std::string message =
        ok(post, "/messages/chatgroups", server.app_token(), said)["data"][id];
    const Json made = {{"name", "sugar"}, {"msg_id", message}, {"group_id", id}, {"owner", "ann"}};
    const std::string thread = ok(post, "/thread?resource=a1", ann, made)["data"]["thread_id"];
    const auto again = server.call(post, "/thread?resource=a1", ann, made.dump());
    EXPECT_EQ(again.status, 403);
    EXPECT_EQ(again.body["error_code"], 40004);
    Json elsewhere = made;
    elsewhere["msg_id"] = "77";
    EXPECT_EQ(server.call(post, "/thread", ann, elsewhere.dump()).status, 404);
    const auto joined = ok(post, "/thread/" + thread + "/user/bob/join?resource=b1", bob)["data"];
    EXPECT_EQ(joined["detail"]["id"], thread);
    EXPECT_EQ(joined["detail"]["msgId"], message);
    EXPECT_EQ(joined["detail"]["groupId"], id);
    EXPECT_EQ(
        ok(put, "/thread/" + thread + "?resource=a1", ann, {{"name", "milk"}})["data"]["name"],
        "milk");
    EXPECT_EQ(ok(get, "/thread/" + thread, bob)["data"]["name"], "milk");
    EXPECT_EQ(ok(get, "/thread/" + thread + "/users?limit=20", bob)["data"]["affiliations"].size(),
              2U);
    EXPECT_EQ(ok(get, "/threads/chatgroups/" + id + "?limit=20", bob)["entities"][0]["id"], thread);
    EXPECT_EQ(ok(get, "/threads/user/bob?limit=20", bob)["entities"][0]["id"], thread);
    const Json asked{{"threadIds", {thread, "404"}}};
    const Json last = ok(post, "/thread/message", bob, asked)["entities"];
    EXPECT_EQ(last, (Json::array({{{"thread_id", thread}, {"last_message", Json::object()}}})));
    EXPECT_EQ(ok(get, "/threads/chatgroups/" + id + "/user/bob", bob)["entities"].size(), 1U);
    ok(del, "/thread/" + thread + "/user/bob/quit?resource=b1", bob);
    ok(del, "/thread/" + thread + "?resource=a1", ann);
    EXPECT_EQ(server.call(get, "/thread/" + thread, ann).status, 404);
    EXPECT_EQ(server.call(get, "/thread/" + id, ann).status, 404);  // a group is no thread
}

}  // namespace
}  // namespace fenshen::api::easemob
