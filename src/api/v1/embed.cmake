# Writes OUTPUT, a source file that holds the bytes of INPUT. A string literal would be too long for the language.
file(READ ${INPUT} bytes HEX)
string(REGEX REPLACE "(................................)" "\\1\n" lines "${bytes}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," array "${lines}")
file(WRITE ${OUTPUT} "// SPDX-License-Identifier: Apache-2.0
// Made from openapi.json by embed.cmake.
#include \"api/v1/detail/openapi_text.h\"

namespace fenshen::api::v1::detail {

namespace {

const unsigned char bytes[] = {
${array}};

}  // namespace

BytesView openapi_text() {
    return {reinterpret_cast<const char*>(bytes), sizeof bytes};
}

}  // namespace fenshen::api::v1::detail
")
