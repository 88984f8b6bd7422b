// SPDX-License-Identifier: Apache-2.0
// The device policy in force (v1-api "Policy"): one for all accounts, kept in the store with every
// version before it; and accounts that have one of their own. A change is in force for logins once
// it is durable; live sessions it ends only where that is asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/task.h"
#include "domain/admit.h"
#include "domain/policy.h"
#include "model/error.h"
#include "model/ids.h"

namespace fenshen::service {

struct AccountEntry;
class Shard;
struct World;

/// A policy, and when it came to be. Version 0: the built-in one, nobody has set any.
struct PolicyVersion {
    std::uint64_t version = 0;
    WallTime changed_at = {};
    std::string changed_by = {};  ///< address that asked; empty: unknown
    domain::Policy policy = {};
    bool operator==(const PolicyVersion&) const = default;
};

/// A session that a policy ends, or would end.
struct PolicyEnding {
    Uid uid;
    DeviceClass device_class;
    DeviceId device_id;
    SessionRef session;
    std::string rule;  ///< "at most 4 devices in class 1"
    bool operator==(const PolicyEnding&) const = default;
};

/// Precondition: the session is one of the account's live ones.
PolicyEnding ending_of(const AccountEntry& entry, domain::Ended ended);

/// At start, before the loops run. Errc: store_corrupt, store_unavailable.
Result<void> load_policy(World& world);

Task<PolicyVersion> current_policy(World& world);

enum class Apply : std::uint8_t { logins, now };

struct SetPolicy {
    domain::Policy policy;      ///< domain::problem_of() finds nothing in it
    std::uint64_t version = 0;  ///< the one the caller has read
    Apply apply = Apply::logins;
    std::string by;  ///< address of the caller
};
struct PolicySet {
    bool is_stale = false;            ///< somebody else was faster: nothing was changed
    std::uint64_t version = 0;        ///< the one in force now
    std::vector<PolicyEnding> ended;  ///< by uid, class, device
};
/// Answers when the change is durable and every loop knows it; with Apply::now also when the ended
/// sessions are closed. Errc: store_unavailable.
Task<Result<PolicySet>> set_policy(World& world, SetPolicy command);

/// Whom `policy` would end if it were applied now, by uid, class, device, session. Accounts with a
/// policy of their own are not concerned.
Task<std::vector<PolicyEnding>> dry_run(World& world, domain::Policy policy);

/// Newest first: versions < `before` (0: from the newest), at most `count_max`.
Task<Result<std::vector<PolicyVersion>>> policy_history(World& world,
                                                        std::uint64_t before,
                                                        std::size_t count_max);

/// A policy of one account. It takes the place of the general one until it expires.
struct AccountPolicy {
    domain::Policy policy;
    WallTime changed_at;
    std::optional<WallTime> expires_at;
    bool operator==(const AccountPolicy&) const = default;
};
struct SetAccountPolicy {
    Uid uid;
    std::optional<domain::Policy> policy;  ///< none: the general one counts again
    std::optional<WallTime> expires_at;
    Apply apply = Apply::logins;
};
/// Answers whom it ended. Errc: not_found, store_unavailable.
Task<Result<std::vector<PolicyEnding>>> set_account_policy(World& world, SetAccountPolicy command);
/// None: the account has none of its own, or it has expired. Errc: not_found,
/// store_unavailable.
Task<Result<std::optional<AccountPolicy>>> account_policy(World& world, Uid uid);

/// An account's own policy, unless it has expired; null: there is none. On its loop; valid until
/// the turn ends.
const AccountPolicy* own_policy_of(const AccountEntry& entry, WallTime now);
/// The policy that counts for an account now. On its loop; valid until the turn ends.
const domain::Policy& policy_of(Shard& shard, const AccountEntry& entry);

}  // namespace fenshen::service
