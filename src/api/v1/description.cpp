// SPDX-License-Identifier: Apache-2.0
#include "api/v1/description.h"

#include "api/v1/detail/answers.h"
#include "api/v1/detail/openapi_text.h"

namespace fenshen::api::v1 {

Task<http::Response> GetDescription::run(Context&) {
    co_return detail::answer(Bytes(detail::openapi_text()));
}

}  // namespace fenshen::api::v1
