// expect: the function given to Map returns a std::pair
#include <string>

#include "millrace/dsl/streams_builder.h"

using millrace::StreamsBuilder;

void Program(StreamsBuilder& builder) {
  builder.Stream<std::string, std::string>("in").Map([](const std::string& value) { return value; }).To("out");
}
