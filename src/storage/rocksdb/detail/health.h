// SPDX-License-Identifier: Apache-2.0
// What the operator should know of a store: whether it takes writes, and which of its bytes cannot
// be read. RocksDB reports here too, instead of into a file of its own, which a full disk would
// break (its logger then ends the process where the library is built with assertions).
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/listener.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "storage/rocksdb/rocksdb_engine.h"

namespace fenshen::storage::detail {

/// Thread-safe.
class Health {
public:
    using Warn = std::function<void(std::string_view line)>;
    explicit Health(Warn warn) : warn_(std::move(warn)) {}

    void warn(std::string_view line) const;

    void in_trouble(std::string why);
    void well();
    std::optional<std::string> trouble() const;

    void found_damage(std::string what);
    DamageReport damage() const;

private:
    const Warn warn_;
    mutable std::mutex mutex_;
    std::optional<std::string> trouble_;
    DamageReport damage_;
};

/// What failed within RocksDB since it was last well.
struct BackgroundErrors {
    bool any = false;
    bool stopped = false;  ///< RocksDB refuses writes
    bool damage = false;   ///< stored bytes are wrong: trying again mends nothing
};

/// Hears of RocksDB's errors, and keeps it from resuming by itself. Thread-safe.
class ErrorListener final : public rocksdb::EventListener {
public:
    /// `told` on any thread, under no lock.
    ErrorListener(Health& health, std::function<void()> told)
        : health_(health), told_(std::move(told)) {}

    void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* status) override;
    void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason reason,
                              rocksdb::Status status,
                              bool* auto_recovery) override;

    BackgroundErrors errors() const;
    void forget();

private:
    Health& health_;
    const std::function<void()> told_;
    mutable std::mutex mutex_;
    BackgroundErrors errors_;
};

/// RocksDB's warnings and errors.
std::shared_ptr<rocksdb::Logger> make_logger(const Health& health);

}  // namespace fenshen::storage::detail
