# Warnings, sanitizers and the linker, in one place; the presets choose among them.
option(FENSHEN_TESTS "Build the tests" ON)
option(FENSHEN_FUZZ "Build the fuzzers (clang only)" OFF)
set(FENSHEN_SANITIZE "" CACHE STRING "Sanitizers for everything, as -fsanitize takes them")

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    add_compile_options(-Wimplicit-fallthrough -Wextra-semi)
    add_link_options(-fuse-ld=lld-19)
elseif(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # g++ 12 reports these in libstdc++'s own code once it has inlined it (GCC bugs 105329, 105651, 105562).
    add_compile_options(-Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overflow
                        -Wno-array-bounds)
endif()

if(FENSHEN_SANITIZE)
    add_compile_options(-fsanitize=${FENSHEN_SANITIZE} -fno-sanitize-recover=all
                        -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${FENSHEN_SANITIZE})
endif()
if(FENSHEN_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()

find_program(CCACHE ccache)
if(CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
find_package(Threads REQUIRED)
