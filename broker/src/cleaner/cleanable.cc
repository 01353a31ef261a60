#include "cleaner/cleanable.h"

#include <algorithm>

#include "millrace/base/status_macros.h"

namespace millrace::broker {
namespace {

// The checkpoint may be of a log that was longer, or begin where retention has cut since.
int64_t FirstDirty(const CleaningView& log, std::optional<int64_t> cleaned_before) {
  const int64_t start = log.segments->front()->base_offset();
  if (!cleaned_before || *cleaned_before < start || *cleaned_before > log.end_offset) return start;
  return *cleaned_before;
}

bool IsProtected(const Segment& segment, const LogConfig& config, int64_t now_ms) {
  return config.min_compaction_lag_ms > 0 &&
         segment.max_timestamp().timestamp_ms > now_ms - config.min_compaction_lag_ms;
}

absl::StatusOr<bool> IsOverdue(const Segment& segment, const LogConfig& config, int64_t now_ms) {
  if (config.max_compaction_lag_ms == LogConfig::kForever) return false;
  MILLRACE_ASSIGN_OR_RETURN(const std::optional<Segment::Located> first, segment.FindBatch(segment.base_offset()));
  if (!first || first->header.max_timestamp < 0) return false;
  return first->header.max_timestamp < now_ms - config.max_compaction_lag_ms;
}

}  // namespace

absl::StatusOr<Cleanable> FindCleanable(const CleaningView& log, std::optional<int64_t> cleaned_before,
                                        const LogConfig& config, int64_t now_ms) {
  const SegmentList& segments = *log.segments;
  Cleanable cleanable{.first_dirty = FirstDirty(log, cleaned_before)};
  cleanable.end = cleanable.first_dirty;
  for (size_t i = 0; i + 1 < segments.size(); ++i) {
    const Segment& segment = *segments[i];
    const int64_t end = segments[i + 1]->base_offset();
    if (end <= cleanable.first_dirty) {
      cleanable.clean_bytes += segment.size_bytes();
      cleanable.segment_count = i + 1;
      continue;
    }
    if (end > log.cleanable_end || IsProtected(segment, config, now_ms)) break;
    cleanable.dirty_bytes += segment.size_bytes();
    cleanable.end = end;
    cleanable.segment_count = i + 1;
    if (!cleanable.is_overdue) {
      MILLRACE_ASSIGN_OR_RETURN(cleanable.is_overdue, IsOverdue(segment, config, now_ms));
    }
  }
  return cleanable;
}

absl::StatusOr<bool> ShouldRoll(const CleaningView& log, std::optional<int64_t> cleaned_before, const LogConfig& config,
                                int64_t bytes_min, int64_t now_ms) {
  const SegmentList& segments = *log.segments;
  const Segment& active = *segments.back();
  if (active.size_bytes() == 0 || IsProtected(active, config, now_ms)) return false;
  MILLRACE_ASSIGN_OR_RETURN(const bool is_overdue, IsOverdue(active, config, now_ms));
  if (is_overdue) return true;
  if (bytes_min < 0 || active.size_bytes() < bytes_min) return false;
  const int64_t first_dirty = FirstDirty(log, cleaned_before);
  Cleanable all;
  for (size_t i = 0; i < segments.size(); ++i) {
    const bool is_clean = i + 1 < segments.size() && segments[i + 1]->base_offset() <= first_dirty;
    (is_clean ? all.clean_bytes : all.dirty_bytes) += segments[i]->size_bytes();
  }
  return all.ratio() > config.min_cleanable_dirty_ratio;
}

}  // namespace millrace::broker
