#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace millrace {

// A directory beside the one that the benchmark is run in, removed at the end: the file system is the caller's choice.
// Confined to one thread.
class WorkDirectory {
 public:
  WorkDirectory() : path_((std::filesystem::current_path() / "millrace-benchmark-XXXXXX").string()) {
    if (mkdtemp(path_.data()) == nullptr) std::abort();
  }
  ~WorkDirectory() { std::filesystem::remove_all(path_); }
  WorkDirectory(const WorkDirectory&) = delete;
  WorkDirectory& operator=(const WorkDirectory&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// A positive number from the environment, or else `otherwise`.
inline int64_t SettingOf(const char* name, int64_t otherwise) {
  const char* value = std::getenv(name);
  const int64_t number = value == nullptr ? 0 : std::atoll(value);
  return number > 0 ? number : otherwise;
}

}  // namespace millrace
