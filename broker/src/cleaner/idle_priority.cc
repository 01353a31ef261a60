#include "cleaner/idle_priority.h"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <thread>

namespace millrace::broker {
namespace {

// From linux/ioprio.h, which the C library does not offer.
constexpr int kIoPriorityWhoProcess = 1;
constexpr int kIoPriorityClassIdle = 3 << 13;

void LowerPriority() {
  // Where the system refuses, the work is done at the usual priority, and only the rate limit holds it back.
  const sched_param none = {};
  (void)sched_setscheduler(0, SCHED_IDLE, &none);
  (void)syscall(SYS_ioprio_set, kIoPriorityWhoProcess, 0, kIoPriorityClassIdle);
}

}  // namespace

absl::Status RunAtIdlePriority(const std::function<absl::Status()>& work) {
  absl::Status status;
  std::thread thread([&] {
    LowerPriority();
    status = work();
  });
  thread.join();
  return status;
}

}  // namespace millrace::broker
