// SPDX-License-Identifier: Apache-2.0
// The verbs, one file each.
#pragma once

namespace fenshen::cli {

class Shell;

// The server itself, and what looks at its configuration and at this machine.
void add_serve(Shell& shell);
void add_config(Shell& shell);
void add_doctor(Shell& shell);
void add_bench(Shell& shell);
void add_version(Shell& shell);
void add_completion(Shell& shell);

// Those that ask a running server (v1-api "The command line").
void add_explain_login(Shell& shell);
void add_devices(Shell& shell);
void add_kick(Shell& shell);
void add_token(Shell& shell);
void add_ban(Shell& shell);
void add_policy(Shell& shell);

}  // namespace fenshen::cli
