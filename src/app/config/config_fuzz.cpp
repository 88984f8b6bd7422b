// SPDX-License-Identifier: Apache-2.0
// Whatever text a file holds is answered with a configuration or with problems; and a configuration
// that was read is printed so that it is read again as the same one, but for its secrets.
#include <cstdint>
#include <cstdlib>

#include "app/config/config.h"

using namespace fenshen::config;

namespace {

Config without_secrets(Config config) {
    config.wukong.manager_token = {};
    config.api.token = {};
    config.easemob.client_secret = {};
    config.easemob.status_webhook_secret = {};
    config.easemob.client_id.clear();  // belongs to its secret
    return config;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto loaded = parse(text, "fuzz.toml", {});
    if (!loaded) {
        for (const Problem& problem : loaded.error()) {
            if (line_of(problem).empty() || problem.text.empty()) std::abort();
        }
        return 0;
    }
    const Config config = without_secrets(loaded->config);
    const auto again = parse(print(config), "again.toml", {});
    if (!again || again->config != config) std::abort();
    return 0;
}
