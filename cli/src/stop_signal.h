#pragma once

#include <signal.h>

namespace millrace::cli {

// SIGTERM and SIGINT as something to wait for. Made before any thread is started, since those inherit what is blocked.
// Confined to one thread.
class StopSignal {
 public:
  StopSignal();
  // Returns when the process is told to stop.
  void Wait();

 private:
  sigset_t signals_;
};

}  // namespace millrace::cli
