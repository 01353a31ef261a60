#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "millrace/statestore/stores.h"
#include "millrace/streams/topology_builder.h"

namespace millrace {

// Counts the records of a key and forwards the count. The value "throw" is a mistake in user code.
class CountKeys : public Processor<std::string, std::string, std::string, std::string> {
 public:
  void Init(Context& context) override {
    context_ = &context;
    counts_ = &context.GetStore<KeyValueStore<std::string, int64_t>>("counts");
  }
  void Process(Record<std::string, std::string>&& record) override {
    if (record.value == "throw") throw std::runtime_error("user code failed");
    const int64_t count = counts_->Get(*record.key).value_or(0) + 1;
    counts_->Put(*record.key, count);
    record.value = std::to_string(count);
    context_->Forward(std::move(record));
  }

 private:
  Context* context_ = nullptr;
  KeyValueStore<std::string, int64_t>* counts_ = nullptr;
};

// in -> count -> out
inline absl::StatusOr<Topology> CountTopology(bool persistent = true) {
  TopologyBuilder builder;
  builder.AddSource<std::string, std::string>("source", {"in"});
  builder.AddProcessor<CountKeys>("count", {"source"});
  KeyValueStoreOptions<std::string, int64_t> store{.name = "counts"};
  builder.AddStateStore(Stores::KeyValue<std::string, int64_t>(store, persistent), {"count"});
  builder.AddSink<std::string, std::string>("sink", "out", {"count"});
  return builder.Build();
}

}  // namespace millrace
