// SPDX-License-Identifier: Apache-2.0
#include "cli/detail/mend.h"

#include "cli/detail/text_width.h"

namespace fenshen::cli {
namespace {

Mend mend_of(const Json& one) {
    Mend mend;
    mend.text = printable(one.is_string() ? one.get<std::string>() : text_of(one, "text"));
    mend.method = text_of(one, "method");
    mend.path = text_of(one, "path");
    mend.body = member(one, "body");
    return mend;
}

}  // namespace

std::string Mend::on_one_line() const {
    if (method.empty() || path.empty()) return text;
    const std::string call = printable(method + " " + path);
    return text.empty() ? call : text + " (" + call + ")";
}

std::vector<Mend> mends_of(const Json& mend) {
    std::vector<Mend> mends;
    if (mend.is_array()) {
        for (const Json& one : mend) mends.push_back(mend_of(one));
    } else if (mend.is_string() || mend.is_object()) {
        mends.push_back(mend_of(mend));
    }
    std::erase_if(mends, [](const Mend& one) { return one.on_one_line().empty(); });
    return mends;
}

}  // namespace fenshen::cli
