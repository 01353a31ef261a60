# The compiler's side of the build: language level, warnings, sanitizers, and the helpers that make it fast.
include_guard(GLOBAL)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

option(MILLRACE_WERROR "Treat warnings as errors" OFF)
set(MILLRACE_SANITIZE "" CACHE STRING "Sanitizers to build with: address,undefined or thread; empty for none")

find_program(MILLRACE_CCACHE ccache)
if(MILLRACE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # ccache's manual, "Precompiled headers": what it has to overlook to keep files that use one.
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime "${MILLRACE_CCACHE}")
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
endif()
foreach(linker mold lld)
  find_program(MILLRACE_LD_${linker} NAMES ld.${linker})
  if(MILLRACE_LD_${linker})
    add_link_options("-fuse-ld=${linker}")
    break()
  endif()
endforeach()

# What our own targets are compiled with; private, so that nothing of it reaches a consumer.
add_library(millrace_warnings INTERFACE)
target_compile_options(millrace_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough -Wextra-semi
  $<$<BOOL:${MILLRACE_WERROR}>:-Werror>
  # Designated initialisers leave out members that have defaults; that is what they are for.
  -Wno-missing-field-initializers
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>
  # GCC 12 sees uninitialised values in std::optional and overruns in std::string that are not there.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized -Wno-restrict -Wno-stringop-overread -Wno-stringop-overflow
                           -Wno-array-bounds>)

if(MILLRACE_SANITIZE)
  add_compile_options(-fsanitize=${MILLRACE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${MILLRACE_SANITIZE})
endif()
