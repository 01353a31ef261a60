#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "millrace/streams/headers.h"

namespace millrace {

// What flows between the nodes of a topology. Key and value may be null, as in Kafka. A record is passed by rvalue
// reference: who receives it may change it or move from it. A value.
template <class K, class V>
struct Record {
  std::optional<K> key;
  std::optional<V> value;
  int64_t timestamp_ms = 0;
  Headers headers;
};

// Where the record that is being processed came from.
struct RecordMetadata {
  std::string_view topic;
  int32_t partition = -1;
  int64_t offset = -1;
};

// A record as it came off the log, still bytes. The views live as long as what it was read from.
struct RawRecord {
  RecordMetadata origin;
  int64_t timestamp_ms = 0;
  std::optional<std::string_view> key;
  std::optional<std::string_view> value;
  // nullptr: no headers.
  const Headers* headers = nullptr;
};

}  // namespace millrace
