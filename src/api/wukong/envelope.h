// SPDX-License-Identifier: Apache-2.0
// The answers' common shapes (wukong-http 2.1). Known clients branch on the HTTP status and then
// read `msg` of a 400; what was looked for and not found is STATUS(404) with HTTP 200.
#pragma once

#include <string_view>

#include "api/http/message.h"
#include "model/error.h"

namespace fenshen::api::wukong {

/// OK: {"status":200}
http::Response ok();
/// OK+data; `data` is JSON text.
http::Response ok_with(BytesView data);
/// STATUS(n): HTTP 200 with {"status":n}.
http::Response status_only(int status);
/// ERR(text): HTTP 400 with {"msg":text,"status":400}.
http::Response err(std::string_view text);
/// The documented JSON itself.
http::Response raw(Bytes json);
/// What the error table says of `code`, in ERR's shape: 503 when the store did not take the change.
http::Response failure(Errc code);
/// OK, or how it failed.
http::Response outcome(const Result<void>& result);

}  // namespace fenshen::api::wukong
