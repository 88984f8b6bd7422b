// SPDX-License-Identifier: Apache-2.0
// A batch from another machine: what is read must be the bytes that were given, and nothing else.
#include <cstdlib>

#include "storage/batch.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace fenshen;
    using namespace fenshen::storage;
    const BytesView in(reinterpret_cast<const char*>(data), size);
    const auto batch = Batch::decode(Bytes(in));
    if (!batch) return 0;
    Batch again;
    batch->for_each([&](const Batch::Op& op) {
        switch (op.kind) {
            case Batch::OpKind::put:
                again.put(op.table, op.key, op.value);
                break;
            case Batch::OpKind::erase:
                again.erase(op.table, op.key);
                break;
            case Batch::OpKind::erase_range:
                again.erase_range(op.table, op.key, op.value);
                break;
        }
    });
    if (again.encoded() != in || again.count() != batch->count()) std::abort();
    return 0;
}
