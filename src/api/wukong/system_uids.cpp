// SPDX-License-Identifier: Apache-2.0
#include "api/wukong/system_uids.h"

#include "api/wukong/detail/fields.h"
#include "base/json_writer.h"
#include "service/channels/channels.h"
#include "service/channels/system_accounts.h"

namespace fenshen::api::wukong {

template <SystemUidsIn where, bool adds>
typename ChangesSystemUids<where, adds>::Input ChangesSystemUids<where, adds>::read(
    http::JsonObject& body) {
    return {detail::uids_of(body)};
}

template <SystemUidsIn where, bool adds>
Task<http::Response> ChangesSystemUids<where, adds>::run(Context& context, Input input) {
    if (input.uids.empty()) co_return ok();
    if constexpr (where == SystemUidsIn::store) {
        auto changing = service::change_system_uids(context.world, std::move(input.uids), adds);
        const auto changed = co_await changing;
        co_return outcome(changed);
    } else {
        auto changing =
            service::change_system_uids_in_memory(context.world, std::move(input.uids), adds);
        co_await changing;
        co_return ok();
    }
}

template struct ChangesSystemUids<SystemUidsIn::store, true>;
template struct ChangesSystemUids<SystemUidsIn::store, false>;
template struct ChangesSystemUids<SystemUidsIn::memory, true>;
template struct ChangesSystemUids<SystemUidsIn::memory, false>;

Task<http::Response> ListSystemUids::run(Context& context) {
    auto reading = service::stored_system_uids(context.world);
    const auto uids = co_await reading;
    if (!uids) co_return failure(uids.error());
    Bytes body;
    JsonWriter json(body);
    json.begin_array();
    for (const Uid& uid : *uids) json.string(uid.value());
    json.end_array();
    co_return raw(std::move(body));
}

}  // namespace fenshen::api::wukong
