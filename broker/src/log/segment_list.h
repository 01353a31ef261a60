#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "segment.h"

namespace millrace::broker {

// The segments of a log in ascending order; the last one is the active one. A list is never changed once others see it:
// readers hold the list they started with. Immutable.
using SegmentList = std::vector<std::shared_ptr<Segment>>;

// The index of the segment that would hold the offset: the last one that starts at or before it, else the first.
inline size_t FloorSegment(const SegmentList& segments, int64_t offset) {
  const auto next = std::upper_bound(segments.begin(), segments.end(), offset,
                                     [](int64_t value, const auto& segment) { return value < segment->base_offset(); });
  return next == segments.begin() ? 0 : static_cast<size_t>(next - segments.begin()) - 1;
}

}  // namespace millrace::broker
