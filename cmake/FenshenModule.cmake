# fenshen_module(protocol_wukong
#     SOURCES codec.cpp session.cpp
#     USES fenshen::model                 what its headers need
#     HIDES simdjson::simdjson            what only its sources need
#     TESTS codec_test.cpp                one test program for the room
#     TEST_USES fenshen::storage_memory
#     FUZZ codec_fuzz.cpp)                one fuzzer a file; corpora in fuzz/corpus/<name>
#
# declares the library fenshen::protocol_wukong, its tests (run by ctest under the room's name) and its fuzzers.
include(GoogleTest)

function(fenshen_module name)
    cmake_parse_arguments(ARG "" "" "SOURCES;USES;HIDES;TESTS;TEST_USES;FUZZ" ${ARGN})
    if(ARG_SOURCES)
        add_library(${name} STATIC ${ARG_SOURCES})
        target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
        target_link_libraries(${name} PUBLIC ${ARG_USES} PRIVATE ${ARG_HIDES})
    else()
        add_library(${name} INTERFACE)
        target_include_directories(${name} INTERFACE ${CMAKE_SOURCE_DIR}/src)
        target_link_libraries(${name} INTERFACE ${ARG_USES})
    endif()
    add_library(fenshen::${name} ALIAS ${name})

    if(ARG_TESTS AND FENSHEN_TESTS)
        find_package(GTest REQUIRED)
        add_executable(${name}_test ${ARG_TESTS})
        target_link_libraries(${name}_test PRIVATE ${name} ${ARG_HIDES} ${ARG_TEST_USES}
                              GTest::gmock_main)
        target_compile_definitions(${name}_test PRIVATE
                                   FENSHEN_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
        add_test(NAME ${name} COMMAND ${name}_test --gtest_brief=1)
        set_tests_properties(${name} PROPERTIES TIMEOUT 300)
    endif()

    foreach(source IN LISTS ARG_FUZZ)
        get_filename_component(fuzzer ${source} NAME_WE)
        set(corpus ${CMAKE_SOURCE_DIR}/fuzz/corpus/${fuzzer})
        if(FENSHEN_FUZZ)
            add_executable(${fuzzer} ${source})
            target_link_libraries(${fuzzer} PRIVATE ${name} ${ARG_HIDES} ${ARG_TEST_USES})
            target_link_options(${fuzzer} PRIVATE -fsanitize=fuzzer)
        elseif(FENSHEN_TESTS)
            # Without libFuzzer the kept corpus is replayed, in every ordinary test run.
            add_executable(${fuzzer}_corpus ${source} ${CMAKE_SOURCE_DIR}/fuzz/replay.cpp)
            target_link_libraries(${fuzzer}_corpus PRIVATE ${name} ${ARG_HIDES} ${ARG_TEST_USES})
            add_test(NAME ${fuzzer}_corpus COMMAND ${fuzzer}_corpus ${corpus})
        endif()
    endforeach()
endfunction()
