// SPDX-License-Identifier: Apache-2.0
#include "api/wukong/channel_names.h"

#include "model/names.h"

namespace fenshen::api::wukong {

ChannelKey channel_as_read(std::string_view reader, std::string channel_id, ChannelType type) {
    if (type != ChannelType::person || channel_id.find('@') != std::string::npos) {
        return {type, std::move(channel_id)};
    }
    return {type, person_channel_id(reader, channel_id)};
}

ChannelKey channel_as_written(std::string_view sender, std::string channel_id, ChannelType type) {
    if (type == ChannelType::person) return {type, person_channel_id(sender, channel_id)};
    if (type == ChannelType::agent) {
        return {type, std::string(sender).append(1, '@').append(channel_id)};
    }
    return {type, std::move(channel_id)};
}

std::string name_for(std::string_view reader, const ChannelKey& channel) {
    if (channel.type != ChannelType::person) return channel.id;
    const auto pair = split_person_id(plain_id_of(channel));
    return std::string(pair.first == reader ? pair.second : pair.first);
}

}  // namespace fenshen::api::wukong
