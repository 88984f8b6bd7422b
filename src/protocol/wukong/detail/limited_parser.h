// SPDX-License-Identifier: Apache-2.0
// simdjson's parser with our limits. Heavy: for .cpp files only.
#pragma once

#include <simdjson.h>

#include <memory>
#include <optional>

#include "base/bytes.h"
#include "protocol/wukong/jsonrpc.h"

namespace fenshen::wukong::detail {

class LimitedParser {
public:
    /// Valid until the next call. Nothing for what isn't JSON, or nested deeper than
    /// `json_depth_max`.
    std::optional<simdjson::dom::element> parse(BytesView text) {
        // A parser keeps about ten times the longest text it has seen: after a long one, short ones
        // get a new parser.
        if (parser_ && parser_->capacity() > small_text_bytes && text.size() <= small_text_bytes) {
            parser_.reset();
        }
        if (!parser_) {
            auto fresh = std::make_unique<simdjson::dom::parser>();
            if (fresh->allocate(first_capacity, json_depth_max) != simdjson::SUCCESS) {
                return std::nullopt;
            }
            parser_ = std::move(fresh);  // it grows by itself, and keeps its depth then
        }
        simdjson::dom::element root;
        if (parser_->parse(text.data(), text.size(), true).get(root) != simdjson::SUCCESS) {
            return std::nullopt;
        }
        return root;
    }

private:
    static constexpr std::size_t small_text_bytes = 64UZ * 1024;
    static constexpr std::size_t first_capacity = 4096;

    std::unique_ptr<simdjson::dom::parser> parser_;
};

}  // namespace fenshen::wukong::detail
