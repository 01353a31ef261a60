#pragma once

#include <functional>

#include "absl/status/status.h"

namespace millrace::broker {

// Runs `work` on a thread that gets processor and disk only when nobody else wants them, and waits for it. The caller
// keeps its priority: it can go on to what others wait for.
absl::Status RunAtIdlePriority(const std::function<absl::Status()>& work);

}  // namespace millrace::broker
