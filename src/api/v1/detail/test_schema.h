// SPDX-License-Identifier: Apache-2.0
// For tests: judges answers by an OpenAPI document, as far as ours goes: a word of JSON Schema that
// is not known here is a complaint, not a word to pass over.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace fenshen::api::v1::testing_support {

class Description {
public:
    explicit Description(std::string_view text);

    const nlohmann::json& document() const { return document_; }
    /// What a node stands for: references are followed within the document.
    const nlohmann::json& resolved(const nlohmann::json& node) const;

    /// What is wrong with an answer to `method` ("get") under the path `pattern`; empty: nothing.
    std::vector<std::string> complaints(const std::string& method,
                                        const std::string& pattern,
                                        int status,
                                        const std::string& content_type,
                                        const nlohmann::json& answer) const;
    /// What is wrong with `value`, which is shown as `place`.
    void judge(const nlohmann::json& schema,
               const nlohmann::json& value,
               const std::string& place,
               std::vector<std::string>& complaints) const;

private:
    struct Word;
    bool fits(const nlohmann::json& schema, const nlohmann::json& value) const;
    bool judge_word(const Word& word, std::vector<std::string>& complaints) const;
    bool judge_number_or_text(const Word& word) const;
    void judge_members(const Word& word, std::vector<std::string>& complaints) const;

    nlohmann::json document_;
};

}  // namespace fenshen::api::v1::testing_support
