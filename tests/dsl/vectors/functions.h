#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "datum.h"

// The functions that scenarios name, "name" or "name:argument" (tests/golden/streams/README.md), on keys and values
// that may be null.

namespace millrace::vectors {

// A function's name and what stands after the first colon.
struct FunctionName {
  std::string name;
  std::string argument;

  explicit FunctionName(const std::string& text);
  // The argument's pieces between colons.
  std::vector<std::string> Arguments() const;
};

using Pair = std::pair<Part, Part>;

using Predicate = std::function<bool(const Part& key, const Part& value)>;
using Mapper = std::function<Part(const Part& key, const Part& value)>;
using FlatValueMapper = std::function<std::vector<Part>(const Part& key, const Part& value)>;
using KeyValueMapper = std::function<Pair(const Part& key, const Part& value)>;
using FlatMapper = std::function<std::vector<Pair>(const Part& key, const Part& value)>;
using Reducer = std::function<Part(const Part& aggregate, const Part& value)>;
using Aggregator = std::function<Part(const Part& key, const Part& value, const Part& aggregate)>;
using Joiner = std::function<Part(const Part& key, const Part& left, const Part& right)>;

Predicate PredicateNamed(const std::string& name);
Mapper KeySelectorNamed(const std::string& name);
Mapper ValueMapperNamed(const std::string& name);
FlatValueMapper FlatValueMapperNamed(const std::string& name);
KeyValueMapper KeyValueMapperNamed(const std::string& name);
FlatMapper FlatMapperNamed(const std::string& name);
Reducer ReducerNamed(const std::string& name);
Aggregator AggregatorNamed(const std::string& name);
Reducer MergerNamed(const std::string& name);
Joiner JoinerNamed(const std::string& name);

}  // namespace millrace::vectors
