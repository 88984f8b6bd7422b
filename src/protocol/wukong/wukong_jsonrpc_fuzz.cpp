// SPDX-License-Identifier: Apache-2.0
// A byte stream of JSON texts: cut the same whole and in pieces; what is read as a request can be
// answered, and every answer can be read again.
#include <simdjson.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "protocol/wukong/jsonrpc.h"

namespace {

using namespace fenshen;
using namespace fenshen::wukong;

constexpr std::size_t limit = 4096;

struct Cut {
    std::vector<std::string> texts;
    std::size_t consumed = 0;
    bool failed = false;
    bool operator==(const Cut&) const = default;
};

/// Without white space: how much of it comes at once depends on the pieces.
void cut_more(BytesView in, JsonTextCutter& cutter, Cut& cut) {
    while (!cut.failed) {
        const auto text = cutter.take(in.substr(cut.consumed), limit);
        if (!text) {
            cut.failed = true;
            return;
        }
        if (!*text) return;
        if ((*text)->size == 0 || (*text)->size > in.size() - cut.consumed) std::abort();
        if (!(*text)->text.empty()) cut.texts.emplace_back((*text)->text);
        cut.consumed += (*text)->size;
    }
}

Cut cut_in_pieces(BytesView in, std::size_t step) {
    Cut cut;
    JsonTextCutter cutter;
    for (std::size_t there = 0; there < in.size(); there += step) {
        cut_more(in.substr(0, there), cutter, cut);
    }
    cut_more(in, cutter, cut);
    return cut;
}

void must_be_json(const Bytes& text) {
    static simdjson::dom::parser parser;
    if (parser.parse(text).error() != simdjson::SUCCESS) std::abort();
}

void answer(const JsonRequest& request) {
    Bytes out;
    encode_json(out, request.id, Pong{});
    must_be_json(out);
    if (const auto* send = std::get_if<Send>(&request.call)) {
        Recv recv{};
        recv.setting = send->setting;
        recv.channel_id = send->channel_id;
        recv.from_uid = send->client_msg_no;
        recv.client_msg_no = send->client_msg_no;
        recv.topic = send->topic;
        recv.payload = send->payload;
        for (const bool flag : {false, true}) {
            out.clear();
            encode_json(out, recv, {.snake_case = flag, .payload_as_json = flag});
            must_be_json(out);
        }
    }
    if (const auto* bye = std::get_if<Disconnect>(&request.call)) {
        out.clear();
        encode_json(out, *bye, request.seen);
        must_be_json(out);
    }
}

void read(BytesView text) {
    const auto request = decode_json(text, limit);
    if (request) return answer(*request);
    Bytes out;
    encode_json_error(out, request.error().id, 0, request.error().text);
    must_be_json(out);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const BytesView in(reinterpret_cast<const char*>(data), size);
    const Cut whole = cut_in_pieces(in, size + 1);
    for (const std::size_t step : {1UZ, 7UZ}) {
        if (cut_in_pieces(in, step) != whole) std::abort();
    }
    for (const std::string& text : whole.texts) read(text);
    read(in);
    return 0;
}
