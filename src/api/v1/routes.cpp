// SPDX-License-Identifier: Apache-2.0
#include "api/v1/routes.h"

#include "api/v1/account.h"
#include "api/v1/account_policy.h"
#include "api/v1/description.h"
#include "api/v1/devices.h"
#include "api/v1/explain_login.h"
#include "api/v1/logins.h"
#include "api/v1/policy.h"
#include "api/v1/tokens.h"

namespace fenshen::api::v1 {

void add_routes(http::Router& router, Context& context) {
    using detail::add;
    // An account
    add<ExplainLogin, ExplainLoginByQuery>(router, context);
    add<GetAccount, BanAccount, UnbanAccount>(router, context);
    add<ListDevices, ForgetDevice, EndDevices, ListLogins>(router, context);
    add<PutToken, DeleteToken>(router, context);
    add<GetAccountPolicy, PutAccountPolicy, DeleteAccountPolicy>(router, context);
    // All accounts
    add<GetPolicy, PutPolicy, DryRunPolicy, ListPresets, ListPolicyVersions>(router, context);
    add<GetDescription>(router, context);
}

}  // namespace fenshen::api::v1
