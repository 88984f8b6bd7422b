// SPDX-License-Identifier: Apache-2.0
// Small helpers around OpenSSL that the room's sources share.
#pragma once

#include <openssl/err.h>

#include <memory>
#include <string>

namespace fenshen::tls::detail {

template <auto free_function>
struct FreeWith {
    template <class T>
    void operator()(T* object) const {
        free_function(object);
    }
};
template <class T, auto free_function>
using Handle = std::unique_ptr<T, FreeWith<free_function>>;

/// What OpenSSL says of an error code, in words.
std::string words_of(unsigned long error);

/// OpenSSL keeps errors in a queue a thread, and SSL_get_error reads it: whatever anybody left
/// there would be taken for ours, and what we leave for somebody else's. So it is empty before and
/// after.
class CleanErrors {
public:
    CleanErrors() { ERR_clear_error(); }
    ~CleanErrors() { ERR_clear_error(); }
    CleanErrors(const CleanErrors&) = delete;
    CleanErrors& operator=(const CleanErrors&) = delete;
};

}  // namespace fenshen::tls::detail
