#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "log/log_config.h"
#include "log/segment_list.h"

namespace millrace::broker {

// Which segments compaction writes into one: neighbours, as long as their bytes, their indexes and the range of their
// offsets fit into one segment by the topic's settings. `segments` are those to be cleaned, in order; `end_offset` is
// where the last one ends.
absl::StatusOr<std::vector<SegmentList>> GroupSegments(const SegmentList& segments, int64_t end_offset,
                                                       const LogConfig& config);

}  // namespace millrace::broker
