#pragma once

#include <algorithm>
#include <cstdint>

namespace millrace::broker {

// Spreads bytes over time: says how long to wait after each portion so that, seen over a second or so, there are never
// more than the rate allows. Confined to one thread.
class Throttle {
 public:
  // No bound with 0 or less.
  explicit Throttle(double bytes_per_second) : bytes_per_second_(bytes_per_second) {}

  int64_t DelayMsAfter(int64_t bytes, int64_t now_ms) {
    if (bytes_per_second_ <= 0) return 0;
    constexpr int64_t kCreditMsMax = 100;  // what was not used in a pause is not made up for
    free_at_ms_ = std::max(free_at_ms_, static_cast<double>(now_ms - kCreditMsMax)) +
                  static_cast<double>(bytes) * 1000 / bytes_per_second_;
    return std::max<int64_t>(0, static_cast<int64_t>(free_at_ms_ - static_cast<double>(now_ms)));
  }

 private:
  const double bytes_per_second_;
  double free_at_ms_ = 0;  // when all bytes so far have had their time
};

}  // namespace millrace::broker
