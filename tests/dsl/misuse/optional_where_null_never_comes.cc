// expect: takes std::optional where null never comes
#include <string>

#include "millrace/dsl/streams_builder.h"

using millrace::StreamsBuilder;

void Program(StreamsBuilder& builder) {
  builder.Stream<std::string, std::string>("in")
      .MapValues([](const std::optional<std::string>& value) { return value.value_or("?"); })
      .To("out");
}
