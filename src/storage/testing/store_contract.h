// SPDX-License-Identifier: Apache-2.0
// What every engine promises, as one suite of tests: an engine's test program adds
// store_contract.cpp to its sources and instantiates StoreContract with itself.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "storage/commit_log.h"
#include "storage/store.h"
#include "storage/testing/test_home.h"

namespace fenshen::storage::testing {

class EngineUnderTest {
public:
    virtual ~EngineUnderTest() = default;
    virtual const Store& store() const = 0;
    virtual CommitLog& log() = 0;
    virtual void close() = 0;
    /// Closes and opens what was stored.
    virtual void reopen() = 0;
};

struct EngineCase {
    std::string name;
    std::function<std::unique_ptr<EngineUnderTest>()> make;  ///< with nothing stored
};

inline void PrintTo(const EngineCase& engine, std::ostream* out) {
    *out << engine.name;
}

class StoreContract : public ::testing::TestWithParam<EngineCase> {
protected:
    StoreContract() : engine_(GetParam().make()) {}

    const Store& store() const { return engine_->store(); }
    CommitLog& log() { return engine_->log(); }
    Result<void> commit(SlotId slot, Batch batch) {
        return commit_now(log(), slot, std::move(batch), home_);
    }
    /// One row, in a batch of its own.
    void put(SlotId slot, Table table, BytesView key, BytesView value);
    /// "key=value" of each row, separated by blanks.
    std::string rows(SlotId slot, Table table, BytesView from, BytesView to) const;
    /// "key=value", or "none".
    std::string last(SlotId slot, Table table, BytesView from, BytesView to) const;

    std::unique_ptr<EngineUnderTest> engine_;
    ThreadHome home_;  // ends before the engine: nothing runs on it then
};

}  // namespace fenshen::storage::testing
