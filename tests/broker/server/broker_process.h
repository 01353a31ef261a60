#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace millrace::broker {

// `millrace broker` as a process of its own, as a user runs it. Killed when destroyed.
class BrokerProcess {
 public:
  // Waits until it is ready or has ended. With `port` 0 it takes a free one.
  BrokerProcess(const std::string& data_dir, uint16_t port, const std::vector<std::string>& settings = {});
  ~BrokerProcess();
  BrokerProcess(const BrokerProcess&) = delete;
  BrokerProcess& operator=(const BrokerProcess&) = delete;

  // Whether it said that it is ready.
  bool is_ready() const { return port_ != 0; }
  uint16_t port() const { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  void Kill();
  // SIGTERM; returns the exit code.
  int Stop();
  // Of a process that ended by itself.
  int WaitForExit();
  // What it has written to standard error, once it has ended.
  std::string ReadErrors();

 private:
  pid_t pid_ = -1;
  int errors_fd_ = -1;
  uint16_t port_ = 0;
};

}  // namespace millrace::broker
