#include "app/state_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_format.h"

namespace millrace {
namespace {

constexpr const char* kLockFile = ".lock";

// Who wrote itself into the lock file.
std::string HolderOf(int lock) {
  std::array<char, 32> text{};
  const ssize_t size = pread(lock, text.data(), text.size() - 1, 0);
  return size > 0 ? absl::StrFormat("process %s", text.data()) : "another process";
}

}  // namespace

absl::StatusOr<std::unique_ptr<StateDirectory>> StateDirectory::Lock(const std::string& state_dir,
                                                                     const std::string& application_id) {
  std::string path = (std::filesystem::path(state_dir) / application_id).string();
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) {
    return absl::FailedPreconditionError(
        absl::StrFormat("state directory '%s' cannot be made: %s (set state.dir to a folder that can be written)", path,
                        error.message()));
  }
  const std::string file = path + "/" + kLockFile;
  const int lock = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (lock < 0) {
    return absl::FailedPreconditionError(
        absl::StrFormat("lock file '%s' cannot be opened: %s (set state.dir to a folder that can be written)", file,
                        std::strerror(errno)));
  }
  if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
    const std::string holder = HolderOf(lock);
    close(lock);
    return absl::FailedPreconditionError(absl::StrFormat(
        "state directory '%s' is in use by %s: stop it, or give this instance a state.dir of its own", path, holder));
  }
  const std::string self = std::to_string(getpid());
  if (ftruncate(lock, 0) != 0 || pwrite(lock, self.data(), self.size(), 0) < 0) {
    // Only the name of the holder is lost, for whoever finds the folder locked.
  }
  return std::unique_ptr<StateDirectory>(new StateDirectory(std::move(path), lock));
}

StateDirectory::~StateDirectory() { close(lock_); }

std::string StateDirectory::TaskPath(const TaskId& task) const { return path_ + "/" + task.ToString() + "/rocksdb"; }

}  // namespace millrace
