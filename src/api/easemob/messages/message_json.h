// SPDX-License-Identifier: Apache-2.0
// A message as answers hold it that are not made of Metas (easemob-rest 3.14): the last one of a
// conversation or thread, a pinned one.
#pragma once

#include <string_view>

#include "base/json_writer.h"
#include "model/message.h"

namespace fenshen::api::easemob {

/// Some answers hold the payload as an object, most as the JSON text of one.
enum class PayloadForm : std::uint8_t { text, object };

/// {"id","from","to","timestamp","payload"}. `app_key` is "org#app".
void write_message(JsonWriter& json,
                   const Message& message,
                   std::string_view app_key,
                   PayloadForm form = PayloadForm::text);

}  // namespace fenshen::api::easemob
