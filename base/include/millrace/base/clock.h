#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace millrace {

// Where time comes from. Code that waits, expires or stamps takes a Clock, so that tests and the simulation own time.
// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;

  // Milliseconds since the Unix epoch; may jump.
  virtual int64_t WallMs() const = 0;
  // Nanoseconds since an arbitrary point; never goes back. For durations and deadlines.
  virtual int64_t MonotonicNs() const = 0;

  int64_t MonotonicMs() const { return MonotonicNs() / 1'000'000; }
};

class SystemClock final : public Clock {
 public:
  static const SystemClock& Get() {
    // Never destroyed: threads of other libraries may outlive main and still log.
    static const auto* const clock = new SystemClock;
    return *clock;
  }
  int64_t WallMs() const override {
    using std::chrono::milliseconds, std::chrono::system_clock;
    return std::chrono::duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  }
  int64_t MonotonicNs() const override {
    using std::chrono::nanoseconds, std::chrono::steady_clock;
    return std::chrono::duration_cast<nanoseconds>(steady_clock::now().time_since_epoch()).count();
  }
};

// A clock that moves only when told to; both of its times move together.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(int64_t wall_ms = 0) : start_wall_ms_(wall_ms) {}

  int64_t WallMs() const override { return start_wall_ms_ + elapsed_ns_.load() / 1'000'000; }
  int64_t MonotonicNs() const override { return elapsed_ns_.load(); }
  void AdvanceMs(int64_t ms) { elapsed_ns_.fetch_add(ms * 1'000'000); }

 private:
  const int64_t start_wall_ms_;
  std::atomic<int64_t> elapsed_ns_{0};
};

}  // namespace millrace
