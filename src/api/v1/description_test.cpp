// SPDX-License-Identifier: Apache-2.0
// The description is whole, and true of the routes; that it is true of the answers is checked by
// every test of this room.
#include "api/v1/description.h"

#include <gtest/gtest.h>

#include <set>

#include "api/v1/detail/test_server.h"

namespace fenshen::api::v1 {
namespace {

using testing_support::Json;
using testing_support::TestServer;

const std::set<std::string> methods{"get", "put", "post", "delete", "patch"};

TEST(Description, NamesEveryRouteAndNoOther) {
    TestServer server;
    std::set<std::pair<std::string, std::string>> described;
    for (const auto& [path, item] : server.description().document()["paths"].items()) {
        for (const auto& [word, operation] : item.items()) {
            if (methods.contains(word)) described.emplace(word, path);
        }
    }
    std::set<std::pair<std::string, std::string>> served;
    for (const auto& route : server.router->routes()) {
        std::string method(http::name_of(route.method));
        for (char& c : method) c = static_cast<char>(c | 0x20);
        served.emplace(method, route.pattern);
    }
    EXPECT_EQ(described, served);
}

TEST(Description, IsServedAsItIs) {
    TestServer server;
    EXPECT_EQ(server.get("/v1/openapi.json"), server.description().document());
    EXPECT_EQ(server.get("/v1/openapi.json")["openapi"], "3.1.0");
}

/// Follows every reference below `node`; one that leads nowhere throws.
void follow(const testing_support::Description& description, const Json& node) {
    if (node.is_object() && node.contains("$ref")) description.resolved(node);
    for (const Json& part : node) {
        if (part.is_structured()) follow(description, part);
    }
}

TEST(Description, EveryReferenceLeadsSomewhere) {
    TestServer server;
    EXPECT_NO_THROW(follow(server.description(), server.description().document()));
}

TEST(Description, ItsJudgeSeesWhatIsWrong) {
    TestServer server;
    server.login("ann", 1, "tab");
    const Json answer = server.get("/v1/accounts/ann/devices");
    const auto judge = [&](const Json& changed) {
        return server.description()
            .complaints("get", "/v1/accounts/{uid}/devices", 200, "application/json", changed)
            .size();
    };
    EXPECT_EQ(judge(answer), 0U);
    const std::pair<const char*, Json> wrong[] = {{"class", "1"},
                                                  {"class", 256},
                                                  {"online", 1},
                                                  {"sessions", nullptr},
                                                  {"level", "third"},
                                                  {"last_end", Json::object()},
                                                  {"first_seen", "today"},
                                                  {"extra", 1}};
    for (const auto& [member, value] : wrong) {
        Json changed = answer;
        changed["devices"][0][member] = value;
        EXPECT_GT(judge(changed), 0U) << member << ' ' << value;
    }
    EXPECT_GT(judge(Json::object()), 0U);
    EXPECT_GT(server.description()
                  .complaints("get", "/v1/nowhere", 200, "application/json", answer)
                  .size(),
              0U);
}

}  // namespace
}  // namespace fenshen::api::v1
