// SPDX-License-Identifier: Apache-2.0
// For this room's tests: the whole REST API of the port on a server without threads, sockets or
// disk (attachments alone are kept in memory).
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "api/easemob/context.h"
#include "api/port/testing/test_world.h"

namespace fenshen::api::easemob::testing_support {

using api::testing_support::Json;

class MemoryAttachments final : public service::Attachments {
public:
    Result<service::Attachment> put(const service::NewAttachment& made, BytesView bytes) override;
    Result<service::Attachment> find(std::string_view id) override;
    Result<Bytes> read(std::string_view id, std::uint64_t from, std::uint64_t count) override;

    bool is_over = false;  ///< all of them are older than they may be

private:
    std::map<std::string, std::pair<service::Attachment, Bytes>, std::less<>> files_;
};

/// With client credentials, open registration, and cheap passwords.
service::Rules usual_rules();

class TestServer : public api::testing_support::TestWorld {
public:
    explicit TestServer(const service::Rules& rules = usual_rules());
    ~TestServer();

    struct Answer {
        int status = 0;
        Json body;
        http::Response raw;
        /// "error: description"
        std::string error() const;
    };
    /// `path` begins behind the app. `token` empty: none.
    Answer call(http::Method method,
                std::string_view path,
                std::string_view token = {},
                std::string_view body = {},
                http::Headers headers = {});
    Answer get_as(std::string_view token, std::string_view path) {
        return call(http::Method::get, path, token);
    }
    Answer post_as(std::string_view token, std::string_view path, const Json& body) {
        return call(http::Method::post, path, token, body.dump());
    }

    /// Each token is asked for once.
    const std::string& app_token();
    /// Registers by app token, and logs in by password ("pw").
    std::string user(std::string_view name);
    /// Of a user who is there.
    std::string token_of(std::string_view name, std::string_view password = "pw");
    /// A device that speaks MSync; 0 when it was refused.
    std::uint64_t connect_msync(std::string_view uid,
                                std::string_view resource,
                                std::string_view token,
                                std::string_view name = {});

    MemoryAttachments attachments;
    std::unique_ptr<Context> context;

private:
    std::string app_token_;
    std::uint64_t next_msync_serial_ = 1001;
};

}  // namespace fenshen::api::easemob::testing_support
