#pragma once

#include <cstdint>

// What the coordinators of groups and of transactions share.

namespace millrace::broker {

// Names a request that waits for its answer; chosen by the caller, never reused.
using RequestToken = uint64_t;

// The time of a step: deadlines are monotonic, what is persisted is wall time.
struct StepTime {
  int64_t monotonic_ms = 0;
  int64_t wall_ms = 0;
};

}  // namespace millrace::broker
