#include "stop_signal.h"

namespace millrace::cli {

StopSignal::StopSignal() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGTERM);
  sigaddset(&signals_, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
}

void StopSignal::Wait() {
  int signal = 0;
  sigwait(&signals_, &signal);
}

}  // namespace millrace::cli
