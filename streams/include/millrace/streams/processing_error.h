#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace millrace {

// An exception from user code, with the node that it came out of. Thrown through the nodes above it up to the task's
// edge, where the processing exception handler decides.
class ProcessingError : public std::runtime_error {
 public:
  ProcessingError(std::string node, const std::string& what) : std::runtime_error(what), node_(std::move(node)) {}

  const std::string& node() const { return node_; }

 private:
  std::string node_;
};

}  // namespace millrace
