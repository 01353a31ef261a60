#pragma once

#include <functional>

#include "absl/time/time.h"

namespace millrace::client {

// Runs `release` on a thread of its own and waits for it up to `timeout`. librdkafka's close and destroy can hang: then
// the thread is left behind, with whatever `release` owns, and the program goes on. Returns whether it ended in time.
bool ReleaseWithin(absl::Duration timeout, std::function<void()> release);

}  // namespace millrace::client
