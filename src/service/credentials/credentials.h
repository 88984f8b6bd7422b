// SPDX-License-Identifier: Apache-2.0
// Who may use the Easemob side: registered users with passwords, and tokens that the server
// recognises without keeping them (easemob-rest 4.1, 4.2; easemob-config). A user is an account of
// the same name; it has an Easemob side once a credential was made for it. Errc of all:
// store_unavailable, store_corrupt.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/secret.h"
#include "base/task.h"
#include "domain/login.h"
#include "model/error.h"
#include "model/ids.h"

namespace fenshen::service {

struct World;

// --- users
// ------------------------------------------------------------------------------------------

struct EasemobUser {
    Uid uid;
    std::string nickname;
    WallTime created_at;
    WallTime modified_at;
    bool activated = true;  ///< false: banned
};

enum class RegisterBy : std::uint8_t {
    anyone,  ///< open registration: never an account that exists on either side
    app,     ///< an app token: an account of the WuKong side gets its credential
};
struct RegisterUser {
    Uid uid;                         ///< as easemob_uid() made it
    std::optional<Secret> password;  ///< none: logs in by token only
    std::string nickname;
    RegisterBy by = RegisterBy::anyone;
};
/// Errc: conflict (there is such a user, or, for anyone, such an account).
Task<Result<EasemobUser>> register_user(World& world, RegisterUser command);

/// Errc: not_found.
Task<Result<EasemobUser>> easemob_user(World& world, Uid uid);

/// Raises the generation: every token given out before is dead, and every MSync session ends (216).
/// Errc: not_found.
Task<Result<EasemobUser>> change_password(World& world, Uid uid, Secret password);

/// Takes the credential away, and ends the MSync sessions (207). What the account has on the WuKong
/// side, its messages and conversations stay. Errc: not_found.
Task<Result<EasemobUser>> delete_user(World& world, Uid uid);

// --- tokens
// -----------------------------------------------------------------------------------------

struct TokenVerdict {
    domain::LoginWhy why = domain::LoginWhy::wrong_token;
    std::optional<WallTime> expires_at;  ///< when ok; none: never
};
/// Does `token` let `uid` in? A user token of ours, or a dynamic one ("dt-"). Why not:
/// no_token_given, wrong_token (malformed, forged, another user's), token_expired, token_revoked
/// (the password was changed since, or the user removed and made anew), unknown_account (no
/// Easemob side), banned. Copies `token` at once; ends on the account's loop.
Task<Result<TokenVerdict>> check_user_token(World& world, Uid uid, BytesView token);

/// Who a bearer token stands for.
struct Bearer {
    bool is_app = false;  ///< may act for anybody
    Uid uid;              ///< of a user token
};
struct BearerVerdict {
    domain::LoginWhy why = domain::LoginWhy::wrong_token;
    Bearer bearer;                       ///< when ok
    std::optional<WallTime> expires_at;  ///< when ok; none: never
};
/// As check_user_token, for whom the token itself names; app tokens, too.
Task<Result<BearerVerdict>> check_bearer(World& world, BytesView token);

struct IssuedToken {
    Bytes token;
    std::chrono::seconds ttl{0};  ///< 0: never expires
};
/// How long a token shall live; none: as configured; 0: for ever.
using TokenTtl = std::optional<std::chrono::seconds>;

enum class PasswordVerdict : std::uint8_t { right, wrong, unknown_user, not_activated };
struct PasswordLogin {
    PasswordVerdict verdict = PasswordVerdict::wrong;
    EasemobUser user;    ///< when right
    IssuedToken issued;  ///< when right
};
/// Takes tens of milliseconds of a pool thread, also where there is no such user.
Task<Result<PasswordLogin>> log_in_by_password(World& world,
                                               Uid uid,
                                               Secret password,
                                               TokenTtl ttl);

struct UserToken {
    EasemobUser user;
    IssuedToken issued;
};
/// Without a password, for an app token. Errc: not_found (no Easemob side), account_banned.
Task<Result<UserToken>> issue_user_token(World& world, Uid uid, TokenTtl ttl);
/// For who has shown the client's id and secret. Dies with the secret.
IssuedToken issue_app_token(const World& world, TokenTtl ttl);

}  // namespace fenshen::service
