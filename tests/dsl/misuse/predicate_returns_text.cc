// expect: the predicate of a filter or branch returns bool
#include <string>

#include "millrace/dsl/streams_builder.h"

using millrace::StreamsBuilder;

void Program(StreamsBuilder& builder) {
  builder.Stream<std::string, std::string>("in").Filter([](const std::string& value) { return value; }).To("out");
}
