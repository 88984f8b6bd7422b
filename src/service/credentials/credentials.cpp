// SPDX-License-Identifier: Apache-2.0
#include "service/credentials/credentials.h"

#include "base/rfc3339.h"
#include "service/credentials/easemob_token.h"
#include "service/credentials/password_hash.h"
#include "service/devices/device_registry.h"
#include "service/devices/device_sessions.h"
#include "service/shard.h"
#include "storage/rows_social.h"

namespace fenshen::service {

namespace {

using domain::LoginWhy;

EasemobUser user_of(const AccountEntry& entry) {
    const auto& row = *entry.credential;
    return {entry.uid, row.nickname, row.created_at, row.modified_at, !entry.row.flags.ban};
}

/// What a stranger must not get hold of by registering its name.
bool is_taken(const Shard& shard, const AccountEntry& entry) {
    return entry.is_known() || !entry.deny.empty() || !entry.allow.empty() ||
           shard.is_system(entry.uid);
}

void set_password(storage::CredentialRow& row, const Secret& password, std::uint8_t work) {
    row.password_salt = make_salt();
    row.password_hash = hash_password(password.reveal(), row.password_salt, work);
    row.password_work = work;
}

void end_msync_sessions(Shard& shard, AccountEntry& entry, std::string_view why) {
    SessionEnd end;
    end.why = why;
    end.by = by_api;
    end.text = std::string(why) + ", " + rfc3339(shard.world().clock.wall());
    end_sessions(
        shard,
        entry,
        [](const domain::LiveSession& session) { return session.family == domain::Family::msync; },
        end);
}

IssuedToken issue(const World& world, EasemobToken token, TokenTtl ttl) {
    const auto& rules = world.rules;
    IssuedToken issued;
    issued.ttl = ttl.value_or(rules.easemob.token_ttl);
    token.issued_at = world.clock.wall();
    if (issued.ttl.count() > 0) {
        token.expires_at = WallTime{token.issued_at.ms + Millis(issued.ttl).count()};
    }
    issued.token = seal_token(rules.token_key, rules.easemob, token);
    return issued;
}

IssuedToken issue_for(const World& world, const AccountEntry& entry, TokenTtl ttl) {
    EasemobToken token;
    token.uid = entry.uid;
    token.generation = entry.credential->generation;
    return issue(world, std::move(token), ttl);
}

/// What the account says of a token that is genuine and made out to it.
LoginWhy judge(const AccountEntry& entry, const EasemobToken& token) {
    if (!entry.credential) return LoginWhy::unknown_account;
    const bool is_stale =
        token.kind == EasemobToken::Kind::user && token.generation != entry.credential->generation;
    if (is_stale) return LoginWhy::token_revoked;
    return entry.row.flags.ban ? LoginWhy::banned : LoginWhy::ok;
}

Task<Result<BearerVerdict>> check(World& world, Bytes text, std::optional<Uid> made_out_to) {
    BearerVerdict verdict;
    if (text.empty()) {
        verdict.why = LoginWhy::no_token_given;
        co_return verdict;
    }
    const auto token = open_token(world.rules.token_key, world.rules.easemob, text);
    if (!token || (made_out_to && token->uid != *made_out_to)) co_return verdict;
    if (token->expires_at && *token->expires_at <= world.clock.wall()) {
        verdict.why = LoginWhy::token_expired;
        co_return verdict;
    }
    verdict.expires_at = token->expires_at;
    verdict.bearer.is_app = token->kind == EasemobToken::Kind::app;
    if (verdict.bearer.is_app) {
        // `made_out_to` is never empty, so this is not a login.
        verdict.why = LoginWhy::ok;
        co_return verdict;
    }
    verdict.bearer.uid = token->uid;
    Shard& shard = world.shard_of_account(token->uid);
    co_await move_to(shard.home());
    auto found = co_await shard.accounts().get(token->uid);
    if (!found) co_return std::unexpected(found.error());
    verdict.why = judge(**found, *token);
    co_return verdict;
}

Task<Result<TokenVerdict>> check_login(World& world, Uid uid, Bytes token) {
    Shard& shard = world.shard_of_account(uid);
    auto asking = check(world, std::move(token), uid);
    const auto verdict = co_await asking;
    co_await move_to(shard.home());
    if (!verdict) co_return std::unexpected(verdict.error());
    co_return TokenVerdict{verdict->why, verdict->expires_at};
}

}  // namespace

Task<Result<EasemobUser>> register_user(World& world, RegisterUser command) {
    storage::CredentialRow row;
    row.nickname = std::move(command.nickname);
    row.generation = make_generation();
    Shard& shard = world.shard_of_account(command.uid);
    // First whether it makes sense at all: the hash is dear.
    co_await move_to(shard.home());
    auto found = co_await shard.accounts().get(command.uid);
    if (!found) co_return std::unexpected(found.error());
    AccountEntry& entry = **found;
    const auto is_free = [&] {
        return !entry.credential && (command.by == RegisterBy::app || !is_taken(shard, entry));
    };
    if (!is_free()) co_return std::unexpected(Errc::conflict);
    if (command.password) {
        co_await move_to(world.pool);
        set_password(row, *command.password, world.rules.easemob.password_work);
        co_await move_to(shard.home());
        if (!is_free()) co_return std::unexpected(Errc::conflict);
    }
    row.created_at = row.modified_at = world.clock.wall();
    storage::Batch batch;
    storage::put_credential(batch, entry.uid, row);
    if (!entry.exists) storage::put_account(batch, entry.uid, {entry.row.flags, row.created_at});
    add_login_event(shard, entry, batch, {.what = "token_set", .protocol = "msync", .by = by_api});
    // From now on it is taken: another that registers it meanwhile must see that.
    entry.credential = row;
    const bool existed = std::exchange(entry.exists, true);
    if (!existed) entry.row.created_at = row.created_at;
    const auto committed = co_await shard.commit(entry.slot, batch);
    if (!committed) {
        if (entry.credential && entry.credential->generation == row.generation) {
            entry.credential.reset();
            entry.exists = existed;
        }
        co_return std::unexpected(committed.error());
    }
    co_return user_of(entry);
}

Task<Result<EasemobUser>> easemob_user(World& world, Uid uid) {
    Shard& shard = world.shard_of_account(uid);
    co_await move_to(shard.home());
    auto found = co_await shard.accounts().get(std::move(uid));
    if (!found) co_return std::unexpected(found.error());
    if (!(*found)->credential) co_return std::unexpected(Errc::not_found);
    co_return user_of(**found);
}

Task<Result<EasemobUser>> change_password(World& world, Uid uid, Secret password) {
    Shard& shard = world.shard_of_account(uid);
    co_await move_to(shard.home());
    auto found = co_await shard.accounts().get(uid);
    if (!found) co_return std::unexpected(found.error());
    AccountEntry& entry = **found;
    if (!entry.credential) co_return std::unexpected(Errc::not_found);
    storage::CredentialRow made;
    co_await move_to(world.pool);
    set_password(made, password, world.rules.easemob.password_work);
    co_await move_to(shard.home());
    if (!entry.credential) co_return std::unexpected(Errc::not_found);
    made.generation = make_generation();
    made.nickname = entry.credential->nickname;
    made.created_at = entry.credential->created_at;
    made.modified_at = world.clock.wall();
    storage::Batch batch;
    storage::put_credential(batch, entry.uid, made);
    add_login_event(shard, entry, batch, {.what = "token_set", .protocol = "msync", .by = by_api});
    const auto committed = co_await shard.commit(entry.slot, batch);
    if (!committed) co_return std::unexpected(committed.error());
    entry.credential = std::move(made);
    end_msync_sessions(shard, entry, "password_changed");
    co_return user_of(entry);
}

Task<Result<EasemobUser>> delete_user(World& world, Uid uid) {
    Shard& shard = world.shard_of_account(uid);
    co_await move_to(shard.home());
    auto found = co_await shard.accounts().get(uid);
    if (!found) co_return std::unexpected(found.error());
    AccountEntry& entry = **found;
    if (!entry.credential) co_return std::unexpected(Errc::not_found);
    const EasemobUser user = user_of(entry);
    storage::Batch batch;
    storage::erase_credential(batch, entry.uid);
    storage::erase_user_attributes(batch, entry.uid);
    add_login_event(
        shard, entry, batch, {.what = "token_revoked", .protocol = "msync", .by = by_api});
    const auto committed = co_await shard.commit(entry.slot, batch);
    if (!committed) co_return std::unexpected(committed.error());
    entry.credential.reset();
    end_msync_sessions(shard, entry, "user_removed");
    co_return user;
}

Task<Result<TokenVerdict>> check_user_token(World& world, Uid uid, BytesView token) {
    return check_login(world, std::move(uid), Bytes(token));
}

Task<Result<BearerVerdict>> check_bearer(World& world, BytesView token) {
    return check(world, Bytes(token), std::nullopt);
}

Task<Result<PasswordLogin>> log_in_by_password(World& world,
                                               Uid uid,
                                               Secret password,
                                               TokenTtl ttl) {
    Shard& shard = world.shard_of_account(uid);
    co_await move_to(shard.home());
    auto found = co_await shard.accounts().get(uid);
    if (!found) co_return std::unexpected(found.error());
    const AccountEntry& entry = **found;
    const auto known = entry.credential.copy();
    const bool has_password = known && !known->password_hash.empty();
    const auto work = has_password ? known->password_work : world.rules.easemob.password_work;
    const Bytes salt = has_password ? known->password_salt : make_salt();
    co_await move_to(world.pool);
    const Bytes hash = hash_password(password.reveal(), salt, work);
    co_await move_to(shard.home());

    PasswordLogin login;
    // Another password may be in force by now.
    const bool is_current =
        known && entry.credential && entry.credential->generation == known->generation;
    if (!known) {
        login.verdict = PasswordVerdict::unknown_user;
    } else if (!has_password || !is_current ||
               !domain::equal_in_constant_time(hash, known->password_hash)) {
        login.verdict = PasswordVerdict::wrong;
    } else if (entry.row.flags.ban) {
        login.verdict = PasswordVerdict::not_activated;
    } else {
        login.verdict = PasswordVerdict::right;
        login.user = user_of(entry);
        login.issued = issue_for(world, entry, ttl);
    }
    co_return login;
}

Task<Result<UserToken>> issue_user_token(World& world, Uid uid, TokenTtl ttl) {
    Shard& shard = world.shard_of_account(uid);
    co_await move_to(shard.home());
    auto found = co_await shard.accounts().get(std::move(uid));
    if (!found) co_return std::unexpected(found.error());
    const AccountEntry& entry = **found;
    if (!entry.credential) co_return std::unexpected(Errc::not_found);
    if (entry.row.flags.ban) co_return std::unexpected(Errc::account_banned);
    co_return UserToken{user_of(entry), issue_for(world, entry, ttl)};
}

IssuedToken issue_app_token(const World& world, TokenTtl ttl) {
    EasemobToken token;
    token.kind = EasemobToken::Kind::app;
    return issue(world, std::move(token), ttl);
}

}  // namespace fenshen::service
