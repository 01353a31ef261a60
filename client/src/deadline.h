#pragma once

#include <algorithm>
#include <cstdint>

#include "absl/time/time.h"
#include "millrace/base/clock.h"

namespace millrace::client {

// The moment by which something is to be done, in the milliseconds that librdkafka's calls take. A value.
class Deadline {
 public:
  explicit Deadline(absl::Duration timeout)
      : at_ms_(SystemClock::Get().MonotonicMs() + std::min(absl::ToInt64Milliseconds(timeout), kLongestMs)) {}

  bool Passed() const { return SystemClock::Get().MonotonicMs() >= at_ms_; }
  int RemainingMs() const { return static_cast<int>(std::max<int64_t>(0, at_ms_ - SystemClock::Get().MonotonicMs())); }
  // For a wait that is to be looked after now and then.
  int RemainingMs(int at_most_ms) const { return std::min(RemainingMs(), at_most_ms); }

 private:
  static constexpr int64_t kLongestMs = int64_t{24} * 3600 * 1000;
  int64_t at_ms_;
};

}  // namespace millrace::client
