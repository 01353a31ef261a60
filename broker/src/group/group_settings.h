#pragma once

#include <cstdint>
#include <limits>

namespace millrace::broker {

// What the broker's settings say about groups; the defaults are the bundled broker's (docs/configuration.md).
// Immutable.
struct GroupSettings {
  int32_t session_timeout_ms_min = 6'000;                           // group.min.session.timeout.ms
  int32_t session_timeout_ms_max = 1'800'000;                       // group.max.session.timeout.ms
  int32_t members_max = std::numeric_limits<int32_t>::max();        // group.max.size
  int32_t initial_rebalance_delay_ms = 0;                           // group.initial.rebalance.delay.ms
  int32_t offset_metadata_bytes_max = 4096;                         // offset.metadata.max.bytes
  int64_t offsets_retention_ms = int64_t{7} * 24 * 60 * 60 * 1000;  // offsets.retention.minutes
  int64_t offsets_retention_check_ms = int64_t{10} * 60 * 1000;     // offsets.retention.check.interval.ms
};

}  // namespace millrace::broker
