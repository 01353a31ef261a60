#pragma once

#include <string>

#include "datum.h"
#include "millrace/runtime/topology_test_driver.h"

namespace millrace::vectors {

struct Verdict {
  enum class Outcome : uint8_t { kPassed, kFailed, kNotSupported };
  Outcome outcome = Outcome::kPassed;
  std::string reason;  // the first difference, or what is not supported
};

// Builds the scenario's topology, runs its steps and compares all that was recorded.
Verdict Replay(const Json& scenario, TestDriverOptions::StoreMode stores);

}  // namespace millrace::vectors
