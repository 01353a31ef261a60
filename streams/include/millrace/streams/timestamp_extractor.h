#pragma once

#include <cstdint>
#include <functional>

#include "absl/status/statusor.h"
#include "millrace/streams/record.h"

namespace millrace {

// What to do with the timestamp that a record carries, for sources without an extractor of their own.
enum class TimestampPolicy : uint8_t {
  kFailOnInvalid,     // take it; a negative one stops the application
  kLogAndSkip,        // take it; a record with a negative one is dropped
  kUsePartitionTime,  // take it; for a negative one, the newest of its partition so far
  kWallClock,         // the time of processing
};

// The event time of a record in milliseconds, from the record itself. `partition_time_ms` is the newest event time of
// its partition so far, -1 at first. A negative result drops the record; an error stops the application.
template <class K, class V>
using TimestampExtractor =
    std::function<absl::StatusOr<int64_t>(const Record<K, V>& record, int64_t partition_time_ms)>;

}  // namespace millrace
