#pragma once

#include <stdexcept>
#include <string>
#include <utility>

#include "absl/status/status.h"

namespace millrace {

// A mistake in user code or in how it uses the library, with the node that it came out of. The nearest processor that
// it passes, or else the task's edge, asks the processing exception handler what becomes of the record.
class ProcessingError : public std::runtime_error {
 public:
  ProcessingError(std::string node, const std::string& what) : std::runtime_error(what), node_(std::move(node)) {}

  const std::string& node() const { return node_; }

 private:
  std::string node_;
};

// The task has to stop: nothing on the way to its edge may go on after it. Not a std::exception, so that code which
// deals with those (user code, the nodes) does not take it for one.
class TaskFailure {
 public:
  explicit TaskFailure(absl::Status status) : status_(std::move(status)) {}

  const absl::Status& status() const { return status_; }

 private:
  absl::Status status_;
};

}  // namespace millrace
