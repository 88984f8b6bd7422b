// SPDX-License-Identifier: Apache-2.0
// A test of a verb: a fake server that answers by method and path, a clock that stands still, a
// terminal of a fixed width, and the whole command line in front.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "cli/cli.h"
#include "cli/surroundings.h"
#include "cli/testing/fake_server.h"

namespace fenshen::cli::testing {

class StandingClock final : public Clock {
public:
    /// 2026-11-24T10:03:00Z
    WallTime wall() const override { return {1'795'514'580'000}; }
    MonoTime mono() const override { return {0}; }
};

struct Outcome {
    int code = -1;
    std::string out;
    std::string err;
};

class VerbCase : public ::testing::Test {
protected:
    /// What the server answers to "GET /v1/policy"; several answers laid down before it is asked
    /// are given one after the other, the last for ever. To anything else: 404 without a body.
    void answers(const std::string& line, const std::string& body, unsigned status = 200) {
        if (given_.erase(line) > 0) replies_[line].clear();
        replies_[line].push_back(http_answer(status, body));
    }

    Outcome run_at(const std::string& base, std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), {"--api", base});
        return run_plain(std::move(arguments));
    }

    Outcome run_plain(const std::vector<std::string>& arguments) {
        std::istringstream in(input);
        std::ostringstream out;
        std::ostringstream err;
        const Surroundings surroundings{
            in, clock_, terminal, [this](Millis time) { return time.count() == 0 || looks-- > 1; }};
        const int code = cli::run(arguments, Hooks{}, environment, {out, err}, surroundings);
        return {code, out.str(), err.str()};
    }

    /// With --api for a server that answers as laid down.
    Outcome run(std::vector<std::string> arguments) {
        FakeServer server([this](const Asked& request) { return reply(request); });
        url = server.url();
        const Outcome outcome = run_at(url, std::move(arguments));
        asked = server.asked();
        return outcome;
    }

    std::vector<std::string> asked_lines() const {
        std::vector<std::string> lines;
        for (const Asked& one : asked) lines.push_back(one.line());
        return lines;
    }

    config::Environment environment;
    std::string input;
    Terminal terminal{.columns = 0, .rows = 0, .colours = false, .is_one = false};
    int looks = 1;  ///< of --watch
    std::string url;
    std::vector<Asked> asked;

private:
    std::string reply(const Asked& request) {
        auto found = replies_.find(request.line());
        if (found == replies_.end()) return http_answer(404, "");
        std::vector<std::string>& left = found->second;
        const std::string answer = left.front();
        if (left.size() == 1) given_.insert(request.line());
        if (left.size() > 1) left.erase(left.begin());
        return answer;
    }

    StandingClock clock_;
    std::map<std::string, std::vector<std::string>> replies_;
    std::set<std::string> given_;  ///< of these the last answer has been given
};

}  // namespace fenshen::cli::testing
