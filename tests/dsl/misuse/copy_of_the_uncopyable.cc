// expect: must be copyable: each task has its own
#include <string>

#include "millrace/dsl/streams_builder.h"

using millrace::StreamsBuilder;

void Program(StreamsBuilder& builder) {
  builder.Stream<std::string, std::string>("in").ForEach(
      [owned = std::make_unique<int>(1)](const std::string&) { *owned += 1; });
}
