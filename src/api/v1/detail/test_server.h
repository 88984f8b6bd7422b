// SPDX-License-Identifier: Apache-2.0
// For this room's tests: the whole API on a server without threads, sockets or disk. Every answer
// is held against the API's own description.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "api/port/testing/test_world.h"
#include "api/v1/context.h"
#include "api/v1/detail/test_schema.h"

namespace fenshen::api::v1::testing_support {

using api::testing_support::Json;
using api::testing_support::Settings;

class TestServer : public api::testing_support::TestWorld {
public:
    explicit TestServer(const Settings& settings = {});
    ~TestServer();

    /// Asks, and expects `status` and an answer as it is described.
    Json call(http::Method method,
              std::string_view target,
              const std::string& body = {},
              int status = 200);
    Json get(std::string_view target, int status = 200) {
        return call(http::Method::get, target, {}, status);
    }
    Json post(std::string_view target, const std::string& body = {}, int status = 200) {
        return call(http::Method::post, target, body, status);
    }
    Json put(std::string_view target, const std::string& body, int status = 200) {
        return call(http::Method::put, target, body, status);
    }
    Json del(std::string_view target, int status = 200) {
        return call(http::Method::del, target, {}, status);
    }
    /// `detail` of a problem with `status`.
    std::string detail(http::Method method,
                       std::string_view target,
                       const std::string& body,
                       int status = 400);

    /// Registers a token; level "secondary" unless said.
    void set_token(std::string_view uid,
                   int device_class,
                   std::string_view token = "t",
                   std::string_view level = "secondary");
    /// A device with a token of its class that logs in and stays.
    std::uint64_t login(std::string_view uid,
                        std::uint8_t device_class,
                        std::string_view device_id,
                        std::string_view level = "secondary");
    /// Its connection breaks.
    void lose(std::uint64_t serial, std::string_view uid);

    const Description& description() const { return description_; }

    std::unique_ptr<Context> context;

private:
    Description description_;
};

}  // namespace fenshen::api::v1::testing_support
