#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace access_log {

// A program that the demo started, with its standard input and output in hand; its log goes to a file. Whoever destroys
// this ends the program. Confined to one thread.
class ChildProcess {
 public:
  static absl::StatusOr<std::unique_ptr<ChildProcess>> Start(const std::vector<std::string>& command,
                                                             const std::string& log_file);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();

  // The next line of the program's output; an error when it ended or nothing came in time.
  absl::StatusOr<std::string> ReadLine(absl::Duration timeout);
  absl::Status WriteLine(std::string_view line);

  // SIGKILL: no goodbye.
  void Kill();
  // SIGTERM, and SIGKILL when it has not ended in time. Ok when it ended by itself with exit code 0.
  absl::Status Stop(absl::Duration timeout);

  pid_t pid() const { return pid_; }

 private:
  ChildProcess(pid_t pid, int input, int output, std::string name)
      : pid_(pid), input_(input), output_(output), name_(std::move(name)) {}

  // The wait status, or nullopt when the program still runs at the deadline.
  std::optional<int> WaitUntil(absl::Time deadline);

  pid_t pid_;
  int input_;
  int output_;
  std::string name_;
  std::string unread_;
};

}  // namespace access_log
