// SPDX-License-Identifier: Apache-2.0
#include "storage/rocksdb/detail/health.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <utility>

namespace fenshen::storage::detail {

namespace {

class WarningLogger final : public rocksdb::Logger {
public:
    explicit WarningLogger(const Health& health)
        : Logger(rocksdb::InfoLogLevel::WARN_LEVEL), health_(health) {}

    void Logv(const char* /*format*/, std::va_list /*arguments*/) override {}
    void Logv(rocksdb::InfoLogLevel level, const char* format, std::va_list arguments) override {
        const bool serious = level >= rocksdb::InfoLogLevel::WARN_LEVEL &&
                             level <= rocksdb::InfoLogLevel::FATAL_LEVEL;
        if (!serious) return;
        char text[512];
        const int size = std::vsnprintf(text, sizeof text, format, arguments);
        if (size <= 0) return;
        std::string_view line(text, std::min(static_cast<std::size_t>(size), sizeof text - 1));
        while (line.ends_with('\n')) line.remove_suffix(1);
        health_.warn(line);
    }

private:
    const Health& health_;
};

}  // namespace

void Health::warn(std::string_view line) const {
    if (warn_) warn_(line);
}

void Health::in_trouble(std::string why) {
    {
        const std::scoped_lock lock(mutex_);
        if (trouble_ == why) return;
        trouble_ = why;
    }
    warn("the store is in trouble: " + why);
}

void Health::well() {
    {
        const std::scoped_lock lock(mutex_);
        if (!std::exchange(trouble_, std::nullopt)) return;
    }
    warn("the store is well again");
}

std::optional<std::string> Health::trouble() const {
    const std::scoped_lock lock(mutex_);
    return trouble_;
}

void Health::found_damage(std::string what) {
    {
        const std::scoped_lock lock(mutex_);
        ++damage_.count;
        if (damage_.last == what) return;
        damage_.last = what;
    }
    warn("damaged: " + what);
}

DamageReport Health::damage() const {
    const std::scoped_lock lock(mutex_);
    return damage_;
}

void ErrorListener::OnBackgroundError(rocksdb::BackgroundErrorReason /*reason*/,
                                      rocksdb::Status* status) {
    {
        const std::scoped_lock lock(mutex_);
        errors_.any = true;
        errors_.stopped |= status->severity() >= rocksdb::Status::Severity::kHardError;
        errors_.damage |= status->IsCorruption();
    }
    health_.in_trouble(status->ToString());
    told_();
}

void ErrorListener::OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason /*reason*/,
                                         rocksdb::Status /*status*/,
                                         bool* auto_recovery) {
    *auto_recovery = false;
}

BackgroundErrors ErrorListener::errors() const {
    const std::scoped_lock lock(mutex_);
    return errors_;
}

void ErrorListener::forget() {
    const std::scoped_lock lock(mutex_);
    errors_ = {};
}

std::shared_ptr<rocksdb::Logger> make_logger(const Health& health) {
    return std::make_shared<WarningLogger>(health);
}

}  // namespace fenshen::storage::detail
