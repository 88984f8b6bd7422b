// SPDX-License-Identifier: Apache-2.0
// The first byte chooses the message. What was read must survive being written and read again, and
// nothing that is read may lie outside the input.
#include <cstdlib>
#include <tuple>
#include <utility>

#include "protocol/msync/codec.h"
#include "protocol/msync/testing/all_messages.h"

namespace {

using namespace fenshen;
using namespace fenshen::msync;

using All = decltype(std::tuple_cat(std::declval<testing::AllMessages>(),
                                    std::declval<std::tuple<MessageHead>>()));
constexpr std::size_t count = std::tuple_size_v<All>;
constexpr Limits limits{.message_bytes_max = 4096, .string_bytes_max = 512, .elements_max = 64};

Bytes encoded(const auto& message) {
    Bytes out;
    encode(out, message);
    if (out.size() != encoded_size(message)) std::abort();
    return out;
}

void check_sender(BytesView in) {
    const Jid sender{.name = "somebody"};
    Bytes out = "before";
    const bool is_set = set_sender(out, in, sender, limits).has_value();
    if (!is_set && out != "before") std::abort();
    if (!is_set || !decode<MessageHead>(in, limits)) return;
    const auto head = decode<MessageHead>(BytesView(out).substr(6));
    if (!head || head->from != sender) std::abort();
}

template <class T>
void check(BytesView in) {
    const auto message = decode<T>(in, limits);
    if (!message) return;
    // Compared as bytes: a NaN is not equal to itself.
    const Bytes once = encoded(*message);
    const auto again = decode<T>(once);  // may be longer than what was read: negative numbers
    if (!again || encoded(*again) != once) std::abort();
}

template <std::size_t... i>
void check_chosen(std::size_t choice, BytesView in, std::index_sequence<i...>) {
    (void)((choice == i && (check<std::tuple_element_t<i, All>>(in), true)) || ...);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const BytesView in(reinterpret_cast<const char*>(data + 1), size - 1);
    check_chosen(data[0] % count, in, std::make_index_sequence<count>{});
    check_sender(in);
    return 0;
}
