// expect: no serde for this type
#include <string>

#include "millrace/dsl/streams_builder.h"

using millrace::StreamsBuilder;

struct Total {
  int64_t sum = 0;
};

void Program(StreamsBuilder& builder) {
  builder.Stream<std::string, int64_t>("in").GroupByKey().Aggregate(
      Total(), [](int64_t value, Total total) { return Total{total.sum + value}; }, {.store = "totals"});
}
