// expect: Take std::optional.
#include <string>

#include "millrace/dsl/streams_builder.h"

using millrace::StreamsBuilder;

void Program(StreamsBuilder& builder) {
  builder.Table<std::string, std::string>("in")
      .ToStream()
      .MapValues([](const std::string& value) { return value + "!"; })
      .To("out");
}
