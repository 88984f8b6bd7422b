// SPDX-License-Identifier: Apache-2.0
// Any text is read as each of the names; what was read comes to the same when it is written and
// read again. An app key stands before the first NUL.
#include <algorithm>
#include <cstdlib>

#include "base/bytes.h"
#include "protocol/msync/jid.h"

namespace {

using namespace fenshen;
using namespace fenshen::msync;

void require(bool holds) {
    if (!holds) std::abort();
}

void check_jid(std::string_view text, std::string_view app_key) {
    const auto jid = parse_jid(text, app_key);
    if (!jid) return;
    require(jid->name && to_user_id(*jid->name).has_value());
    require(!jid->app_key || is_app_key(*jid->app_key));
    require(!jid->client_resource || is_resource(*jid->client_resource));
    const std::string written = format_jid(*jid);
    require(written == text);  // all that was there was read
    require(parse_jid(written, app_key) == jid);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view in(reinterpret_cast<const char*>(data), size);
    const auto end = std::min(in.find('\0'), in.size());
    const std::string_view app_key = in.substr(0, end);
    const std::string_view text = in.substr(std::min(end + 1, in.size()));
    check_jid(text, app_key);
    check_jid(text, {});
    if (const auto id = to_user_id(text)) {
        require(is_user_id(*id) && to_user_id(*id) == id);
    } else {
        require(!is_user_id(text));
    }
    require(!is_resource(text) || text.size() <= resource_bytes_max);
    return 0;
}
