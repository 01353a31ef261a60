# Prints how much processor time PROGRAM takes to compile with the flags of the dev preset, beside the headers alone, and
# with the header that has everything. Processor time, since a busy machine stretches the other.
set(flags -std=c++20 -O1 -g1)
foreach(folder base streams statestore dsl client runtime millrace)
  list(APPEND flags "-I${SOURCE_DIR}/${folder}/include")
endforeach()

function(time_of what)
  set(best "")
  foreach(round RANGE 1 3)
    execute_process(COMMAND bash -c "TIMEFORMAT=%U; time \"$@\"" time "${COMPILER}" ${flags} ${ARGN} -o /dev/null
                    ERROR_VARIABLE seconds ERROR_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
    if(best STREQUAL "" OR seconds LESS best)
      set(best "${seconds}")
    endif()
  endforeach()
  message("${what}: ${best} s (best of 3)")
endfunction()

file(WRITE "${CMAKE_CURRENT_BINARY_DIR}/headers_alone.cc" "#include \"millrace/dsl/streams_builder.h\"\n")
time_of("headers alone" -c "${CMAKE_CURRENT_BINARY_DIR}/headers_alone.cc")
time_of("ten operators" -c "${PROGRAM}")
time_of("ten operators with millrace/millrace.h" -include "millrace/millrace.h" -c "${PROGRAM}")
