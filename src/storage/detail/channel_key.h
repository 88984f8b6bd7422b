// SPDX-License-Identifier: Apache-2.0
// How a channel's rows are named: its type, then its id with the length first.
#pragma once

#include "base/bytes.h"
#include "model/channel.h"
#include "storage/detail/row_codec.h"

namespace fenshen::storage::detail {

inline void append_channel(Bytes& out, const ChannelKey& channel) {
    out.push_back(static_cast<char>(channel.type));
    append_text(out, channel.id);
}

inline Bytes channel_key(const ChannelKey& channel) {
    Bytes key;
    append_channel(key, channel);
    return key;
}

inline ChannelKey take_channel(RowReader& in) {
    ChannelKey channel;
    channel.type = static_cast<ChannelType>(in.u8());
    channel.id = in.string();
    return channel;
}

}  // namespace fenshen::storage::detail
