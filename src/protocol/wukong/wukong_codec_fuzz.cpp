// SPDX-License-Identifier: Apache-2.0
// The first byte chooses the version, the rest is a stream. It must read the same whole and in
// pieces, and what was read must survive being written and read again.
#include <cstdlib>
#include <vector>

#include "protocol/wukong/codec.h"

namespace {

using namespace fenshen;
using namespace fenshen::wukong;

struct Decoded {
    std::vector<Frame> frames;
    std::size_t consumed = 0;
    std::optional<WireError> error;
    bool operator==(const Decoded&) const = default;
};

constexpr std::size_t limit = 4096;

/// Goes on where `decoded` stands, with all of `in` that there is by now.
void decode_more(BytesView in, std::uint8_t version, Decoded& decoded) {
    while (!decoded.error) {
        const auto raw = take_frame(in.substr(decoded.consumed), limit);
        if (!raw) {
            decoded.error = raw.error();
            return;
        }
        if (!*raw) return;
        if ((*raw)->size > in.size() - decoded.consumed) std::abort();
        const auto frame = decode(**raw, version);
        if (!frame) {
            decoded.error = frame.error();
            return;
        }
        decoded.frames.push_back(*frame);
        decoded.consumed += (*raw)->size;
    }
}

void check_round_trip(const Frame& frame, std::uint8_t version) {
    Bytes bytes;
    encode(bytes, frame, version);
    const auto raw = take_frame(bytes);
    if (!raw || !*raw || (*raw)->size != bytes.size()) std::abort();
    const auto again = decode(**raw, version);
    if (!again || *again != frame) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto version = static_cast<std::uint8_t>(data[0] % 8);
    const BytesView in(reinterpret_cast<const char*>(data + 1), size - 1);

    Decoded whole;
    decode_more(in, version, whole);
    for (const std::size_t step : {1UZ, 3UZ, 17UZ}) {
        Decoded pieces;
        for (std::size_t there = 0; there <= in.size(); there += step) {
            decode_more(in.substr(0, there), version, pieces);
        }
        decode_more(in, version, pieces);
        if (pieces != whole) std::abort();
    }
    for (const Frame& frame : whole.frames) check_round_trip(frame, version);
    return 0;
}
