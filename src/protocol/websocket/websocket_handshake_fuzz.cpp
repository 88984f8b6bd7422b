// SPDX-License-Identifier: Apache-2.0
// An upgrade request, or an answer to one, from anybody: what is judged stays judged when more
// arrives, and what is accepted stands within the input.
#include <algorithm>
#include <cstdlib>

#include "protocol/websocket/handshake.h"

namespace {

using namespace fenshen;
using namespace fenshen::ws;

constexpr BytesView key = "dGhlIHNhbXBsZSBub25jZQ==";

void require(bool holds) {
    if (!holds) std::abort();
}

void check_within(BytesView in, BytesView part) {
    if (part.empty()) return;
    require(part.data() >= in.data() && part.data() + part.size() <= in.data() + in.size());
    require(std::ranges::none_of(part, [](char c) { return c == '\r' || c == '\n' || c == '\0'; }));
}

void check_request(BytesView in) {
    const UpgradeParse whole = parse_upgrade(in);
    for (std::size_t size = 0; size <= in.size(); size += 1 + in.size() / 16) {
        const UpgradeParse part = parse_upgrade(in.substr(0, size));
        if (part.outcome == HandshakeOutcome::need_more) continue;
        require(part.outcome == whole.outcome && part.size == whole.size);
        require(part.status == whole.status && part.why == whole.why);
    }
    if (whole.outcome == HandshakeOutcome::need_more) require(in.size() < head_bytes_max);
    if (whole.outcome == HandshakeOutcome::bad) {
        Bytes refusal;
        append_refusal(refusal, whole.status);
        require(parse_answer(refusal, key).status == whole.status);
    }
    if (whole.outcome != HandshakeOutcome::ok) return;
    require(whole.size <= head_bytes_max && in.substr(0, whole.size).ends_with("\r\n\r\n"));
    const UpgradeRequest& request = whole.request;
    require(request.path.starts_with('/') && request.key.size() == key.size());
    for (const BytesView part : {request.path,
                                 request.query,
                                 request.host,
                                 request.origin,
                                 request.key,
                                 request.forwarded_for,
                                 request.real_ip,
                                 request.real_port}) {
        check_within(in.substr(0, whole.size), part);
    }
    Bytes answer;
    append_accept(answer, request.key);
    require(parse_answer(answer, request.key).outcome == HandshakeOutcome::ok);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const BytesView in(reinterpret_cast<const char*>(data), size);
    check_request(in);
    const AnswerParse answer = parse_answer(in, key);
    require((answer.outcome == HandshakeOutcome::bad) == !answer.why.empty());
    if (answer.outcome == HandshakeOutcome::ok) require(answer.size <= in.size());
    return 0;
}
