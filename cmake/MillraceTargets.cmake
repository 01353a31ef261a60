# millrace_library(<folder> SOURCES ... [DEPENDS ...] [PRIVATE_DEPENDS ...])
#   One static library a folder: target millrace_<folder>, alias millrace::<folder>. Public headers are everything under
#   include/, and each is compiled alone when the target millrace_verify_headers is built; src/ is the private root.
# millrace_program(<name> SOURCES ... [DEPENDS ...])    a program in bin/
# millrace_test(<name> LABEL <kind> SOURCES ... [DEPENDS ...])
#   A GoogleTest program whose cases are ctest tests of the kind: unit, contract, golden, integration, conformance,
#   crash, simulation, fuzz or package (tests/README.md). What ThreadSanitizer can judge is built by the target
#   millrace_instrumented_tests; what runs RocksDB or librdkafka, of which Debian's builds are not instrumented, is
#   labelled "uninstrumented" beside its kind (tests/CMakeLists.txt says where).
include_guard(GLOBAL)

function(millrace_library folder)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPENDS;PRIVATE_DEPENDS")
  set(target millrace_${folder})
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/include/*.h")
  if(arg_SOURCES)
    add_library(${target} STATIC ${arg_SOURCES})
    set(scope PUBLIC)
    target_include_directories(${target} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}/src")
    target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:millrace_warnings> ${arg_PRIVATE_DEPENDS})
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(millrace::${folder} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${folder} VERIFY_INTERFACE_HEADER_SETS ON)
  target_sources(${target} ${scope} FILE_SET HEADERS BASE_DIRS "${CMAKE_CURRENT_SOURCE_DIR}/include" FILES ${headers})
  target_link_libraries(${target} ${scope} ${arg_DEPENDS})
  target_compile_features(${target} ${scope} cxx_std_20)
endfunction()

function(millrace_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPENDS")
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE millrace_warnings ${arg_DEPENDS})
endfunction()

function(millrace_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LABEL;TIMEOUT" "SOURCES;DEPENDS")
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE millrace_warnings ${arg_DEPENDS} GTest::gmock GTest::gtest_main)
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
  set(labels ${arg_LABEL})
  if(MILLRACE_UNINSTRUMENTED OR arg_LABEL MATCHES "^(integration|conformance|crash)$")
    list(APPEND labels uninstrumented)
  else()
    add_dependencies(millrace_instrumented_tests ${name})
  endif()
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES LABELS "${labels}" TIMEOUT ${arg_TIMEOUT})
endfunction()
