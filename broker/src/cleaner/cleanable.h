#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "log/log_config.h"
#include "log/partition_log.h"

namespace millrace::broker {

// How much of a log is there to be cleaned. The head of a log, up to `first_dirty`, was cleaned before; behind `end`
// nothing may be cleaned yet. Immutable.
struct Cleanable {
  int64_t first_dirty = 0;
  int64_t end = 0;
  size_t segment_count = 0;  // of all segments, those in front of `end`
  int64_t clean_bytes = 0;
  int64_t dirty_bytes = 0;
  bool is_overdue = false;  // max.compaction.lag.ms has passed for some of it

  double ratio() const {
    const int64_t total = clean_bytes + dirty_bytes;
    return total == 0 ? 0 : static_cast<double>(dirty_bytes) / static_cast<double>(total);
  }
  bool IsDue(const LogConfig& config) const {
    return dirty_bytes > 0 && (is_overdue || ratio() > config.min_cleanable_dirty_ratio);
  }
};

// What of the log can be cleaned now. `cleaned_before` is what the checkpoint says, if anything.
absl::StatusOr<Cleanable> FindCleanable(const CleaningView& log, std::optional<int64_t> cleaned_before,
                                        const LogConfig& config, int64_t now_ms);

// Whether the log should begin a new segment so that what the active one holds can be cleaned: it is overdue; or it has
// at least `bytes_min` and cleaning up to the log's end would be due by the dirty ratio. Nothing that
// min.compaction.lag.ms protects counts.
absl::StatusOr<bool> ShouldRoll(const CleaningView& log, std::optional<int64_t> cleaned_before, const LogConfig& config,
                                int64_t bytes_min, int64_t now_ms);

}  // namespace millrace::broker
