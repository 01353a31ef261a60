#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "millrace/streams/punctuation.h"
#include "task/time_heap.h"

namespace millrace {

// The punctuators of one type of time, by the time that they are due. Confined to one thread.
class PunctuationQueue {
 public:
  // A punctuator in the order of being called, with the node that scheduled it.
  using Caller = std::function<void(const std::string& node, const Punctuator& punctuator)>;

  // Due at `first_ms`, then at multiples of the interval counted from there.
  Cancellable Schedule(std::string_view node, int64_t first_ms, int64_t interval_ms, Punctuator punctuator);
  // Whether one is due; cheap, asked for every record.
  bool Due(int64_t now_ms) const { return !due_.empty() && due_.top().time_ms <= now_ms; }
  // Calls each that is due once, however many intervals have passed, and sets its next time after `now_ms`. Punctuators
  // may schedule and cancel, and may throw; one that throws stays scheduled.
  void CallDue(int64_t now_ms, const Caller& call);

  void Clear() { due_.Clear(); }

 private:
  struct Entry {
    std::string node;
    int64_t interval_ms;
    Punctuator punctuator;
    std::shared_ptr<bool> cancelled;
  };

  TimeHeap<std::shared_ptr<Entry>> due_;
};

}  // namespace millrace
