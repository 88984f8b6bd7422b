// SPDX-License-Identifier: Apache-2.0
// The codec against the official protobuf library: its schema, its bytes both ways, and what it
// reads in bytes that nobody should write.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "protocol/msync/testing/vector_file.h"

namespace fenshen::msync {
namespace {

using testing::bytes_of;
using testing::Json;
using testing::JsonReader;
using testing::text_of;
using testing::vector_file;

/// One row of the file's "schema", from ours.
Json row(std::string_view name, std::uint32_t number, std::string_view type, bool repeated) {
    return {{"name", name}, {"number", number}, {"type", type}, {"repeated", repeated}};
}

template <class T, detail::Form form>
std::string_view type_name() {
    if constexpr (detail::HasSchema<T>) {
        return detail::Schema<T>::name;
    } else if constexpr (std::is_enum_v<T>) {
        static_assert(std::is_same_v<std::underlying_type_t<T>, std::int32_t>);
        return "enum";
    } else if constexpr (std::is_same_v<T, std::string_view>) {
        return form == detail::Form::raw ? "bytes" : "string";
    } else if constexpr (std::is_same_v<T, bool>) {
        return "bool";
    } else if constexpr (std::is_same_v<T, float>) {
        return "float";
    } else if constexpr (std::is_same_v<T, double>) {
        return "double";
    } else if constexpr (std::is_signed_v<T>) {
        return sizeof(T) == 8 ? "int64" : "int32";
    } else {
        return sizeof(T) == 8 ? "uint64" : "uint32";
    }
}

template <detail::Name name, std::uint32_t number, auto member, detail::Form form>
void add_rows(detail::Field<name, number, member, form>, Json& rows) {
    using Member = detail::MemberType<member>;
    Json one = row(name.view(),
                   number,
                   type_name<typename Member::value_type, form>(),
                   detail::is_vector<Member>);
    one["packed"] = form == detail::Form::packed;
    rows.push_back(one);
}

template <class... Alternatives, class... Values>
void add_alternatives(std::variant<std::monostate, Values...>*, Json& rows) {
    const auto add = [&](Json one) {
        one["packed"] = false;
        rows.push_back(one);
    };
    (add(row(Alternatives::name,
             Alternatives::number,
             type_name<Values, detail::Form::plain>(),
             false)),
     ...);
}

template <auto member, class... Alternatives>
void add_rows(detail::Choice<member, Alternatives...>, Json& rows) {
    detail::MemberType<member>* which = nullptr;
    add_alternatives<Alternatives...>(which, rows);
}

template <class T>
Json rows_of() {
    Json rows = Json::array();
    const auto add = [&]<class... Fields>(detail::FieldList<Fields...>) {
        (add_rows(Fields{}, rows), ...);
    };
    add(typename detail::Schema<T>::Fields{});
    return rows;
}

template <class... Ts>
std::map<std::string, Json> our_schema() {
    return {{std::string(detail::Schema<Ts>::name), rows_of<Ts>()}...};
}

TEST(MsyncVectors, TheSchemaIsTheOfficialOne) {
    auto ours = our_schema<Jid,
                           KeyValue,
                           Envelope,
                           Meta,
                           Status,
                           RedirectInfo,
                           SyncUl,
                           SyncDl,
                           Notice,
                           UnreadUl,
                           UnreadDl,
                           MetaQueue,
                           Provision,
                           Logout,
                           MessageBody,
                           Content,
                           ContentSize,
                           MessageConfig,
                           Stream,
                           MucBody,
                           MucSetting,
                           MucStatus,
                           MucEventInfo,
                           RosterBody,
                           RosterStatus,
                           StatisticsBody,
                           ConferenceBody,
                           ConferenceStatus>();
    // Kept serialized on purpose.
    ours.at("CommSyncDL").at(3)["type"] = "Meta";

    for (const Json& message : vector_file().at("schema")) {
        const auto name = text_of(message, "message");
        SCOPED_TRACE(name);
        ASSERT_TRUE(ours.contains(name));
        EXPECT_EQ(ours.at(name), message.at("fields"));
        ours.erase(name);
    }
    EXPECT_TRUE(ours.empty());
}

TEST(MsyncVectors, AHeadIsPartOfItsMessage) {
    const Json all = rows_of<MessageBody>();
    const Json head = rows_of<MessageHead>();
    EXPECT_EQ(head.size(), 6U);
    for (const Json& field : head) {
        EXPECT_NE(std::ranges::find(all, field), all.end()) << field.dump();
    }
}

/// Whether a group's bytes are what a writer makes of its fields.
bool is_canonical(std::string_view group) {
    return group == "empty" || group == "zero" || group == "full" || group == "some" ||
           group == "session";
}

template <class T>
void check(const Json& vector) {
    const Bytes bytes = bytes_of(vector);
    JsonReader reader;
    T expected;
    reader.read(expected, vector.at("fields"));

    const auto decoded = decode<T>(bytes);
    ASSERT_TRUE(decoded) << name_of(decoded.error());
    if constexpr (std::is_same_v<T, SyncDl>) {
        // Metas are kept as they came, so a merged one may be written differently.
        ASSERT_EQ(decoded->metas.size(), expected.metas.size());
        for (std::size_t i = 0; i < expected.metas.size(); ++i) {
            EXPECT_EQ(decode<Meta>(decoded->metas[i]).value(),
                      decode<Meta>(expected.metas[i]).value());
        }
        expected.metas = decoded->metas;
    }
    EXPECT_TRUE(*decoded == expected);

    Bytes written = "before";
    encode(written, expected);
    EXPECT_EQ(written.size(), 6 + encoded_size(expected));
    ASSERT_TRUE(written.starts_with("before"));
    if (is_canonical(text_of(vector, "group"))) {
        EXPECT_EQ(to_hex(BytesView(written).substr(6)), to_hex(bytes));
    }
}

TEST(MsyncVectors, EveryMessageBothWays) {
    std::map<std::string, int> seen;
    for (const Json& vector : vector_file().at("vectors")) {
        SCOPED_TRACE(text_of(vector, "id"));
        ++seen[text_of(vector, "group")];
        testing::with_message(text_of(vector, "message"), [&]<class T>() { check<T>(vector); });
    }
    const std::map<std::string, int> expected{{"session", 13},
                                              {"empty", 17},
                                              {"zero", 17},
                                              {"full", 51},
                                              {"some", 136},
                                              {"merged", 51},
                                              {"unknown", 34},
                                              {"odd", 9}};
    EXPECT_EQ(seen, expected);
}

TEST(MsyncVectors, PayloadsOfASession) {
    std::set<std::string> seen;
    for (const Json& vector : vector_file().at("vectors")) {
        if (!vector.contains("payload_message")) continue;
        SCOPED_TRACE(text_of(vector, "id"));
        const Bytes bytes = bytes_of(vector);
        const auto envelope = decode<Envelope>(bytes);
        ASSERT_TRUE(envelope && envelope->payload);
        Json payload{{"group", "session"},
                     {"fields", vector.at("payload_fields")},
                     {"hex", to_hex(*envelope->payload)}};
        const auto name = text_of(vector, "payload_message");
        testing::with_message(name, [&]<class T>() { check<T>(payload); });
        seen.insert(name);
    }
    EXPECT_EQ(seen.size(), 5U);
}

/// A server's answers of msync-wire A, written by the shortest way.
TEST(MsyncVectors, FramesOfASession) {
    const auto check_frame = [](const char* id, const auto& payload) {
        SCOPED_TRACE(id);
        Bytes out = "before";
        append_frame(out, payload);
        EXPECT_EQ(to_hex(BytesView(out).substr(6)), text_of(testing::vector_named(id), "hex"));
    };
    const Status ok{.error_code = StatusCode::ok};
    const Jid bob{.app_key = "org1#app1", .name = "bob", .domain = "easemob.com"};
    const Jid system{.domain = "easemob.com"};

    check_frame("provision-reply",
                Provision{.status = ok,
                          .resource = "webim_web_pad7",
                          .auth_token = R"({"expires_in":1800000000000})",
                          .session_id = "1795296143761:"});
    check_frame("unread-reply",
                UnreadDl{.status = ok,
                         .unread = {{.queue = bob, .metas_waiting = 1}},
                         .timestamp_ms = 1795296143878});
    check_frame("notice", Notice{.queue = system});
    check_frame("send-answer",
                SyncDl{.status = ok,
                       .meta_id = 530313744090,
                       .server_id = 1480000000000002002,
                       .timestamp_ms = 1795296144082});
    check_frame("queue-empty",
                SyncDl{.status = ok,
                       .next_key = 1480000000000001001,
                       .queue = bob,
                       .is_last = true,
                       .timestamp_ms = 1795296143992});
}

/// The same the other way round: a message to bob as the SDK sends it.
TEST(MsyncVectors, ASendOfASession) {
    const Bytes bytes = bytes_of(testing::vector_named("send"));
    const auto envelope = decode<Envelope>(bytes);
    ASSERT_TRUE(envelope);
    EXPECT_EQ(envelope->command, Command::sync);
    EXPECT_EQ(envelope->encrypt_type, std::vector{EncryptType::none});
    const auto sync = decode<SyncUl>(envelope->payload.value());
    ASSERT_TRUE(sync && sync->meta);
    EXPECT_EQ(sync->meta->id, 530313744090U);
    EXPECT_EQ(sync->meta->ns, Namespace::chat);
    EXPECT_EQ(sync->meta->from, std::nullopt);
    const auto body = decode<MessageBody>(sync->meta->payload.value());
    ASSERT_TRUE(body);
    EXPECT_EQ(body->type, MessageType::chat);
    EXPECT_EQ(body->from->name, "alice");
    EXPECT_EQ(body->to->name, "bob");
    ASSERT_EQ(body->contents.size(), 1U);
    EXPECT_EQ(body->contents[0].type, Content::Type::text);
    EXPECT_EQ(body->contents[0].text, "hello");
    EXPECT_EQ(body->contents[0].sub_type, std::nullopt);
}

}  // namespace
}  // namespace fenshen::msync
