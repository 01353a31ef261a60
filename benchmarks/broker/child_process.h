#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace millrace {

// A process of its own, so that its CPU time can be told from ours. Ended with SIGTERM and awaited when destroyed; dies
// with this program. Confined to one thread.
class ChildProcess {
 public:
  // Runs `body` in a fork of this program, which must not have threads yet.
  explicit ChildProcess(const std::function<void()>& body);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }
  // Of all its threads so far, user and system.
  double CpuSeconds() const;
  // Resident now.
  int64_t ResidentBytes() const;

 private:
  pid_t pid_;
};

// `millrace broker` on a free port, ready to serve. Confined to one thread.
class BrokerProcess {
 public:
  // `settings` are key=value.
  BrokerProcess(const std::string& data_dir, const std::vector<std::string>& settings);

  uint16_t port() const { return port_; }
  const ChildProcess& process() const { return process_; }

 private:
  BrokerProcess(const std::string& data_dir, const std::vector<std::string>& settings, const int (&pipe)[2]);

  uint16_t port_ = 0;
  ChildProcess process_;
};

}  // namespace millrace
