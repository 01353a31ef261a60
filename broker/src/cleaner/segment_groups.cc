#include "cleaner/segment_groups.h"

#include <limits>
#include <utility>

#include "millrace/base/status_macros.h"

namespace millrace::broker {
namespace {

struct Sizes {
  int64_t log_bytes = 0;
  int64_t index_bytes = 0;  // of the larger index

  bool FitWith(const Sizes& more, const LogConfig& config) const {
    return log_bytes + more.log_bytes <= config.segment_bytes &&
           index_bytes + more.index_bytes <= config.segment_index_bytes;
  }
};

absl::StatusOr<Sizes> SizesOf(const Segment& segment) {
  MILLRACE_ASSIGN_OR_RETURN(const int64_t index_bytes, segment.IndexBytes());
  return Sizes{.log_bytes = segment.size_bytes(), .index_bytes = index_bytes};
}

}  // namespace

absl::StatusOr<std::vector<SegmentList>> GroupSegments(const SegmentList& segments, int64_t end_offset,
                                                       const LogConfig& config) {
  std::vector<SegmentList> groups;
  Sizes group;
  for (size_t i = 0; i < segments.size(); ++i) {
    MILLRACE_ASSIGN_OR_RETURN(const Sizes sizes, SizesOf(*segments[i]));
    const int64_t segment_end = i + 1 < segments.size() ? segments[i + 1]->base_offset() : end_offset;
    const bool joins = !groups.empty() && group.FitWith(sizes, config) &&
                       segment_end - 1 - groups.back().front()->base_offset() <= std::numeric_limits<int32_t>::max();
    if (!joins) {
      groups.emplace_back();
      group = {};
    }
    groups.back().push_back(segments[i]);
    group.log_bytes += sizes.log_bytes;
    group.index_bytes += sizes.index_bytes;
  }
  return groups;
}

}  // namespace millrace::broker
