#pragma once

#include <memory>
#include <optional>
#include <string>

#include "millrace/dsl/ports.h"

namespace millrace::dsl {

// A stream grouped by its key, on the way to its aggregations.
template <class K, class V>
struct GroupPort {
  StreamPort<K, V> stream;  // with the serdes for the topic in between
  std::string name = {};    // of that topic; empty: each aggregation names its own
  // A named topic is shared by all aggregations of the group. Shared by the copies of the group.
  std::shared_ptr<std::optional<size_t>> shared_topic = std::make_shared<std::optional<size_t>>();
};

}  // namespace millrace::dsl
