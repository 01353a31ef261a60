#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace millrace {

// `millrace broker` as a process of its own, and what the system says of it. Killed when destroyed. Confined to one
// thread.
class ProcessProbe {
 public:
  // Returns once it has said that it is ready; ends the program when it does not.
  explicit ProcessProbe(const std::string& data_dir, const std::vector<std::string>& settings = {});
  ~ProcessProbe();
  ProcessProbe(const ProcessProbe&) = delete;
  ProcessProbe& operator=(const ProcessProbe&) = delete;

  uint16_t port() const { return port_; }
  // From exec to the line that says it is ready.
  double ready_ms() const { return ready_ms_; }
  // VmRSS; with `anonymous_only` without the pages of files, the program's own among them.
  int64_t ResidentKiB(bool anonymous_only = false) const;
  // Of all threads so far: how often one went to sleep, and so was woken up.
  int64_t Switches() const;
  int OpenFiles() const;
  int Threads() const;
  // SIGTERM, and how long that takes.
  double StopMs();
  void Kill();

 private:
  pid_t pid_ = -1;
  uint16_t port_ = 0;
  double ready_ms_ = 0;
};

double NowMs();

}  // namespace millrace
