#pragma once

#include <cstdint>

namespace millrace::broker {

// What the cleaner goes by, under the names of the broker's settings. Immutable.
struct LogCleanerOptions {
  int64_t map_bytes_max = int64_t{128} << 20;  // log.cleaner.dedupe.buffer.size
  double bytes_per_second = 0;                 // log.cleaner.io.max.bytes.per.second; 0 is no bound
  int64_t backoff_ms = 15'000;                 // log.cleaner.backoff.ms
  int64_t roll_bytes_min = 1 << 20;            // log.cleaner.min.dirty.bytes; -1 never rolls for its size
  bool idle_priority = true;                   // of the threads that read and write, unless it is overdue
};

}  // namespace millrace::broker
