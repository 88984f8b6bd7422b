// SPDX-License-Identifier: Apache-2.0
// Files that messages refer to (easemob-rest F1, F2, A50, A51).
#pragma once

#include "api/easemob/call.h"

namespace fenshen::api::easemob {

/// POST /chatfiles: a form with a `file`.
Task<http::Response> upload_file(Call& call);
/// GET /chatfiles/{file}: whole or a range. A thumbnail is the picture itself; there are no stills
/// of videos.
Task<http::Response> download_file(Call& call);

}  // namespace fenshen::api::easemob
