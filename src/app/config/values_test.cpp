// SPDX-License-Identifier: Apache-2.0
#include "app/config/values.h"

#include <gtest/gtest.h>

#include "app/config/detail/key.h"
#include "app/config/detail/raw.h"

namespace fenshen::config {
namespace {

TEST(Port, IsANumberOffOrAny) {
    EXPECT_EQ(Port::parse("5100"), Port(5100));
    EXPECT_TRUE(Port::parse("0")->is_off());
    EXPECT_TRUE(Port::parse("any")->is_any());
    EXPECT_FALSE(Port::parse("any")->is_off());
    EXPECT_EQ(Port::parse("any")->number(), 0);
    EXPECT_EQ(Port::parse("any")->text(), "any");
    for (const char* text : {"", "65536", "-1", "Any", "5100 ", "0x10"}) {
        EXPECT_FALSE(Port::parse(text)) << text;
    }
}

TEST(Durability, IsFsyncOrAnInterval) {
    EXPECT_EQ(Durability::parse("fsync")->interval(), std::nullopt);
    EXPECT_EQ(Durability::parse("interval(50)")->interval(), Millis{50});
    EXPECT_EQ(Durability::parse("interval(2s)")->interval(), Millis{2'000});
    EXPECT_EQ(Durability::parse("interval(2s)")->text(), "interval(2000)");
    EXPECT_EQ(Durability().text(), "fsync");
    for (const char* text : {"",
                             "none",
                             "interval",
                             "interval()",
                             "interval(0)",
                             "interval(60001)",
                             "interval(50",
                             "fsync ",
                             "interval(-5)"}) {
        EXPECT_FALSE(Durability::parse(text)) << text;
    }
}

TEST(AppKey, IsTwoNames) {
    EXPECT_TRUE(AppKey{}.holds("fenshen#demo"));
    EXPECT_TRUE(AppKey{}.holds("1a.b_c-d#X"));
    for (const char* text : {"", "fenshen", "#demo", "fenshen#", "a#b#c", "a b#c", "a/b#c"}) {
        EXPECT_FALSE(AppKey{}.holds(text)) << text;
    }
}

TEST(Platforms, AreThoseOfTheContract) {
    using Limits = std::map<std::string, std::uint32_t>;
    EXPECT_TRUE(Platforms{}.holds(Limits{}));
    EXPECT_TRUE(
        Platforms{}.holds(Limits{{"android", 2}, {"web", 0}, {"custom1", 1}, {"custom100", 1}}));
    for (const char* name :
         {"ANDROID", "custom", "custom0", "custom101", "custom01", "phone", ""}) {
        EXPECT_FALSE(Platforms{}.holds(Limits{{name, 1}})) << name;
    }
    EXPECT_FALSE(Platforms{}.holds(Limits{{"web", 1001}}));
}

TEST(Raw, IsShownShort) {
    EXPECT_EQ(detail::shown(true), "true");
    EXPECT_EQ(detail::shown(std::int64_t{-4}), "-4");
    EXPECT_EQ(detail::shown(std::string("a\"b\n")), R"("a\"b\n")");
    EXPECT_EQ(detail::shown(std::vector<std::string>{"a", "b"}), R"(["a", "b"])");
    const std::string text = detail::shown(std::string(1000, 'x'));
    EXPECT_EQ(text.size(), 63);
    EXPECT_TRUE(text.ends_with("..."));
    // Cut before a character, not within it.
    EXPECT_EQ(detail::shown(std::string(58, 'x') + "\u5206"), "\"" + std::string(58, 'x') + "...");
}

TEST(Raw, ATextInTheFileIsNoNumberAndNoBool) {
    EXPECT_EQ(detail::integer_of(std::string("5")), std::nullopt);
    EXPECT_EQ(detail::bool_of(std::string("true")), std::nullopt);
    EXPECT_EQ(detail::integer_of(detail::EnvText{"5"}), 5);
    EXPECT_EQ(detail::bool_of(detail::EnvText{"on"}), true);
    EXPECT_EQ(detail::bool_of(detail::EnvText{"0"}), false);
    EXPECT_EQ(detail::bool_of(detail::EnvText{"maybe"}), std::nullopt);
}

TEST(Raw, ListsAndTablesOfTheEnvironmentAreSplitAtCommas) {
    using Texts = std::vector<std::string>;
    EXPECT_EQ(detail::list_of(detail::EnvText{""}), Texts{});
    EXPECT_EQ(detail::list_of(detail::EnvText{"a, b ,c"}), (Texts{"a", "b", "c"}));
    EXPECT_EQ(detail::table_of(detail::EnvText{"android=2, web = 0"}),
              (std::map<std::string, std::uint32_t>{{"android", 2}, {"web", 0}}));
    EXPECT_EQ(detail::table_of(detail::EnvText{"android"}), std::nullopt);
    EXPECT_EQ(detail::table_of(detail::EnvText{"android=-1"}), std::nullopt);
    EXPECT_EQ(detail::table_of(detail::RawTable{{{"web", 4'294'967'296}}}), std::nullopt);
}

TEST(Distance, CountsLetters) {
    EXPECT_EQ(detail::distance("", "abc"), 3);
    EXPECT_EQ(detail::distance("abc", "abc"), 0);
    EXPECT_EQ(detail::distance("kitten", "sitting"), 3);
    EXPECT_EQ(detail::distance("prot", "port"), 1);
    EXPECT_EQ(detail::distance("abcd", "badc"), 2);
}

TEST(NearestKey, FindsWhatWasMeant) {
    EXPECT_EQ(detail::nearest_key("wukong.tcp_prot"), " (did you mean wukong.tcp_port?)");
    EXPECT_EQ(detail::nearest_key("wukong.port"), " (did you mean wukong.tcp_port?)");
    EXPECT_EQ(detail::nearest_key("tcp_port"), " (did you mean wukong.tcp_port?)");
    EXPECT_EQ(detail::nearest_key("server.token_auth"), " (did you mean wukong.token_auth?)");
    EXPECT_EQ(detail::nearest_key("FENSHEN_WUKONG_TCPPORT"),
              " (did you mean FENSHEN_WUKONG_TCP_PORT?)");
    EXPECT_EQ(detail::nearest_key("server.colour"), "");
    EXPECT_EQ(detail::nearest_key(std::string(100'000, 'a')), "");
    EXPECT_EQ(detail::nearest_section("wukon"), " (did you mean [wukong]?)");
    EXPECT_EQ(detail::nearest_section("colours"), "");
}

TEST(Keys, AreThoseOfTheContractWithTheirDefaults) {
    const std::map<std::string, std::string> contract{
        {"server.data_dir", "\"./data\""},
        {"server.bind", "\"127.0.0.1\""},
        {"server.insecure", "false"},
        {"wukong.tcp_port", "5100"},
        {"wukong.ws_port", "5200"},
        {"wukong.wss_port", "5210"},
        {"wukong.token_auth", "true"},
        {"wukong.encryption", "true"},
        {"wukong.auth_failures_per_minute", "30"},
        {"wukong.auth_failures_per_address_per_minute", "300"},
        {"tls.cert", "\"\""},
        {"tls.key", "\"\""},
        {"api.port", "5001"},
        {"api.token", "\"\""},
        {"easemob.port", "5280"},
        {"easemob.app_key", "\"fenshen#demo\""},
        {"easemob.client_id", "\"\""},
        {"easemob.client_secret", "\"\""},
        {"easemob.open_registration", ""},
        {"easemob.multi_device", "true"},
        {"easemob.devices_per_platform", "4"},
        {"easemob.limits", "{}"},
        {"easemob.protect_online", "false"},
        {"easemob.token_ttl_seconds", "5184000"},
        {"easemob.offline_days", "7"},
        {"easemob.offline_single_max", "500"},
        {"easemob.offline_group_max", "200"},
        {"easemob.attachment_bytes_max", "10485760"},
        {"easemob.attachment_days", "7"},
        {"console.port", "5300"},
        {"devices.main_level", "1"},
        {"devices.kept_max", "100"},
        {"devices.kept_age_max", "\"400d\""},
        {"devices.history_max", "200"},
        {"devices.history_age_max", "\"90d\""},
        {"durability", "\"fsync\""},
        {"storage.engine", "\"embedded\""},
    };
    for (const auto& [path, toml] : contract) {
        const detail::Key* key = detail::find_key(path);
        ASSERT_NE(key, nullptr) << path;
        EXPECT_EQ(key->toml(Config{}), toml) << path;
    }
    EXPECT_EQ(detail::find_key("wukong.tcp_port")->variable, "FENSHEN_WUKONG_TCP_PORT");
    EXPECT_EQ(detail::find_key("durability")->variable, "FENSHEN_DURABILITY");
}

TEST(Keys, AreNamedOnce) {
    std::map<std::string, int> paths;
    std::map<std::string, int> variables;
    for (const detail::Key& key : detail::keys()) {
        EXPECT_EQ(++paths[key.path], 1) << key.path;
        EXPECT_EQ(++variables[key.variable], 1) << key.variable;
        EXPECT_FALSE(key.help.empty()) << key.path;
        EXPECT_FALSE(key.takes.empty()) << key.path;
    }
}

}  // namespace
}  // namespace fenshen::config
