// expect: returns the new aggregate, of the type of the old one
#include <string>

#include "millrace/dsl/streams_builder.h"

using millrace::StreamsBuilder;

void Program(StreamsBuilder& builder) {
  builder.Stream<std::string, int64_t>("in").GroupByKey().Aggregate(int64_t{0},
                                                                    [](int64_t, int64_t) { return std::string(); });
}
