// expect: does not fit. It is called with (value) or with
#include <string>

#include "millrace/dsl/streams_builder.h"

using millrace::StreamsBuilder;

void Program(StreamsBuilder& builder) {
  builder.Stream<std::string, std::string>("in").MapValues([](int value) { return value; }).To("out");
}
