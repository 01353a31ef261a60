#pragma once

#include <cstdint>
#include <limits>

namespace millrace::protocol {

// The versions of an API, a message or a field, both ends included; empty when min > max. Immutable.
struct VersionRange {
  static constexpr int16_t kNewest = std::numeric_limits<int16_t>::max();

  int16_t min = 0;
  int16_t max = kNewest;

  constexpr bool Contains(int16_t version) const { return min <= version && version <= max; }
  bool operator==(const VersionRange&) const = default;
};

}  // namespace millrace::protocol
