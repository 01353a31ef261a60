// expect: no serde for this type
#include <string>

#include "millrace/dsl/streams_builder.h"

using millrace::StreamsBuilder;

struct Order {
  int amount = 0;
};

void Program(StreamsBuilder& builder) { builder.Stream<std::string, Order>("orders"); }
