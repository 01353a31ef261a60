#pragma once

#include <string>

#include "absl/status/status.h"

namespace millrace {

// A folder in the system's temporary folder that goes with the object. Empty path: none was made.
class TemporaryFolder {
 public:
  TemporaryFolder() = default;
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  absl::Status Create();
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace millrace
