// SPDX-License-Identifier: Apache-2.0
#include "gateway/msync/answers.h"

namespace fenshen::gateway {

using msync::StatusCode;

MsyncRefusal refusal_of(domain::LoginWhy why) {
    using domain::LoginWhy;
    switch (why) {
        case LoginWhy::token_expired:
            return {StatusCode::fail, "Sorry, token expired"};
        case LoginWhy::unknown_account:
            return {StatusCode::fail, "Sorry, user not found"};
        case LoginWhy::no_token_given:
        case LoginWhy::no_token_for_class:
        case LoginWhy::wrong_token:
        case LoginWhy::token_of_another_class:
        case LoginWhy::token_of_manager:
        case LoginWhy::token_revoked:
            return {StatusCode::fail, "Sorry, token or password does not match login info"};
        case LoginWhy::banned:
            return {StatusCode::im_forbidden};
        case LoginWhy::class_not_allowed:
        case LoginWhy::limit_reached:
            return {StatusCode::too_many_devices};
        case LoginWhy::other_device_online:
            return {StatusCode::resource_changed};
        case LoginWhy::bad_name:
        case LoginWhy::reserved_name:
            return {StatusCode::wrong_parameter};
        default:
            return {StatusCode::fail};
    }
}

MsyncRefusal refusal_of(Errc error, ChannelType type) {
    const bool is_person = type == ChannelType::person;
    switch (error) {
        case Errc::sender_muted:
            return {StatusCode::permission_denied, "user is mute"};
        case Errc::denied:
            return {StatusCode::fail, "blocked"};
        case Errc::not_allowed:
            return {StatusCode::fail,
                    is_person ? "nonroster" : "not in group or chatroom white list"};
        case Errc::not_a_member:
            return {StatusCode::fail, "not in group or chatroom"};
        case Errc::channel_banned:
            return {StatusCode::fail, "group is disabled"};
        case Errc::channel_disbanded:
            return {StatusCode::fail, "group not found"};
        case Errc::bad_channel:
            return {StatusCode::fail,
                    is_person ? "username doesn't exist!" : "group ID illegal, please check it"};
        case Errc::payload_undecodable:
        case Errc::bad_request:
            return {StatusCode::fail, "Sorry, format is incorrect"};
        case Errc::not_found:
            return {StatusCode::fail, "Sorry, message does not exist"};
        case Errc::too_big:
            return {StatusCode::permission_denied, "Sorry, data is too large"};
        case Errc::rate_limited:
            return {StatusCode::permission_denied, "traffic limit"};
        default:
            // "busy", "store_unavailable": words that the SDK shows as they are
            return {StatusCode::fail, row_of(error).name};
    }
}

MsyncRefusal refusal_of_change(Errc error, bool is_edit) {
    switch (error) {
        case Errc::denied:
            return {StatusCode::fail, "Sorry, You do not have permission"};
        case Errc::conflict:
            return {StatusCode::fail, is_edit ? "Sorry, edit fail" : "exceed recall time limit"};
        case Errc::rate_limited:
            return {StatusCode::fail, "Sorry, edit limit reached"};
        default:
            return refusal_of(error, ChannelType::group);
    }
}

std::optional<msync::StatisticsBody::Operation> kick_of(std::string_view why) {
    using Operation = msync::StatisticsBody::Operation;
    if (why == "replaced" || why == "limit") return Operation::user_login_another_device;
    if (why == "user_removed") return Operation::user_removed;
    if (why == "password_changed") return Operation::user_kicked_by_change_password;
    if (why == "token_expired") return std::nullopt;
    return Operation::user_kicked_by_other_device;
}

}  // namespace fenshen::gateway
