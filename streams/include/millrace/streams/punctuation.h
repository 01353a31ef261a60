#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

namespace millrace {

enum class PunctuationType : uint8_t {
  kStreamTime,  // by the event time that the task has seen: fires at the first record, then at multiples of the
                // interval
  kWallClock,   // by the machine's clock: fires an interval after it was scheduled, then every interval
};

// Called with the time that it fires for.
using Punctuator = std::function<void(int64_t time_ms)>;

// A schedule that can be ended, also from within its own punctuator. A value: copies end the same schedule.
class Cancellable {
 public:
  explicit Cancellable(std::shared_ptr<bool> cancelled) : cancelled_(std::move(cancelled)) {}
  void Cancel() { *cancelled_ = true; }

 private:
  std::shared_ptr<bool> cancelled_;
};

}  // namespace millrace
