// expect: takes records of other types than the stream has
#include <string>

#include "millrace/dsl/streams_builder.h"

using millrace::StreamsBuilder;

class Numbers : public millrace::Processor<std::string, int64_t> {
 public:
  void Process(millrace::Record<std::string, int64_t>&&) override {}
};

void Program(StreamsBuilder& builder) {
  builder.Stream<std::string, std::string>("in").Process([] { return std::make_unique<Numbers>(); });
}
