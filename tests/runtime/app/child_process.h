#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace millrace {

// A program that runs beside the test; killed when it goes. Confined to one thread.
class ChildProcess {
 public:
  explicit ChildProcess(const std::vector<std::string>& command);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // The next line of its standard output; empty at its end.
  std::string ReadLine();
  // Sends the signal and waits for the end; returns how the process ended, as waitpid tells it.
  int Kill(int signal);

 private:
  pid_t pid_ = -1;
  int output_ = -1;
};

}  // namespace millrace
