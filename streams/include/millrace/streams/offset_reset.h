#pragma once

#include <cstdint>
#include <optional>

#include "absl/time/time.h"

namespace millrace {

// Where a source begins that has no committed offset.
struct OffsetReset {
  enum class Kind : uint8_t { kEarliest, kLatest, kNone, kByDuration };
  Kind kind = Kind::kEarliest;
  // With kByDuration: how long before now.
  absl::Duration back = absl::ZeroDuration();

  static OffsetReset Earliest() { return {Kind::kEarliest}; }
  static OffsetReset Latest() { return {Kind::kLatest}; }
  // No committed offset is an error.
  static OffsetReset None() { return {Kind::kNone}; }
  static OffsetReset ByDuration(absl::Duration back) { return {Kind::kByDuration, back}; }

  bool operator==(const OffsetReset&) const = default;
};

}  // namespace millrace
