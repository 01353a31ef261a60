// expect: the function given to FlatMapValues returns a container
#include <string>

#include "millrace/dsl/streams_builder.h"

using millrace::StreamsBuilder;

void Program(StreamsBuilder& builder) {
  builder.Stream<std::string, std::string>("in").FlatMapValues([](const std::string&) { return 1; }).To("out");
}
