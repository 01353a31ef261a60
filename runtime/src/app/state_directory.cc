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

#include "absl/strings/numbers.h"
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

// The task that a folder is named after.
std::optional<TaskId> TaskOf(const std::string& name) {
  TaskId task;
  const size_t separator = name.find('_');
  if (separator == std::string::npos || !absl::SimpleAtoi(name.substr(0, separator), &task.subtopology) ||
      !absl::SimpleAtoi(name.substr(separator + 1), &task.partition) || task.ToString() != name) {
    return std::nullopt;
  }
  return task;
}

}  // namespace

std::optional<absl::Duration> AgeOfDirectory(const std::string& directory) {
  std::error_code error;
  std::optional<std::filesystem::file_time_type> newest;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    const auto written = entry.last_write_time(error);
    if (!error && (!newest || written > *newest)) newest = written;
  }
  if (!newest) return std::nullopt;
  return absl::FromChrono(std::filesystem::file_time_type::clock::now() - *newest);
}

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

absl::Status StateDirectory::Claim(const TaskId& task) {
  absl::MutexLock lock(&mutex_);
  if (claimed_.insert(task).second) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrFormat("another thread of this process is still closing task %s", task.ToString()));
}

void StateDirectory::Release(const TaskId& task) {
  absl::MutexLock lock(&mutex_);
  claimed_.erase(task);
}

std::vector<TaskId> StateDirectory::RemoveAbandoned(absl::Duration age) {
  std::vector<TaskId> removed;
  std::error_code error;
  // Nobody claims a task while its folder goes.
  absl::MutexLock lock(&mutex_);
  for (const auto& entry : std::filesystem::directory_iterator(path_, error)) {
    const std::optional<TaskId> task = TaskOf(entry.path().filename().string());
    if (!task || claimed_.count(*task) > 0) continue;
    const std::optional<absl::Duration> unwritten = AgeOfDirectory(TaskPath(*task));
    if (unwritten && *unwritten < age) continue;
    if (std::filesystem::remove_all(entry.path(), error) > 0 && !error) removed.push_back(*task);
  }
  return removed;
}

std::string StateDirectory::TaskPath(const TaskId& task) const { return path_ + "/" + task.ToString() + "/rocksdb"; }

}  // namespace millrace
