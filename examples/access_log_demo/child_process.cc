#include "child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace access_log {
namespace {

// In the child, between fork and exec: only what is safe there.
[[noreturn]] void Become(const std::vector<char*>& arguments, int input, int output, int log, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // nothing stays behind when the demo is killed
  if (getppid() != parent) _exit(126);
  dup2(input, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  execv(arguments[0], arguments.data());
  _exit(127);
}

}  // namespace

absl::StatusOr<std::unique_ptr<ChildProcess>> ChildProcess::Start(const std::vector<std::string>& command,
                                                                  const std::string& log_file) {
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  const int log = open(log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  int input[2], output[2];
  if (log < 0 || pipe2(input, O_CLOEXEC) != 0 || pipe2(output, O_CLOEXEC) != 0) {
    return absl::InternalError(absl::StrCat("cannot start '", command[0], "': ", std::strerror(errno)));
  }
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) Become(arguments, input[0], output[1], log, parent);
  close(log);
  close(input[0]);
  close(output[1]);
  if (pid < 0) return absl::InternalError(absl::StrCat("cannot start '", command[0], "': ", std::strerror(errno)));
  return std::unique_ptr<ChildProcess>(new ChildProcess(pid, input[1], output[0], command[0]));
}

ChildProcess::~ChildProcess() {
  Kill();
  close(input_);
  close(output_);
}

absl::StatusOr<std::string> ChildProcess::ReadLine(absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  while (true) {
    if (const size_t end = unread_.find('\n'); end != std::string::npos) {
      std::string line = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      return line;
    }
    pollfd wait = {output_, POLLIN, 0};
    const auto left_ms = static_cast<int>(absl::ToInt64Milliseconds(deadline - absl::Now()));
    if (left_ms <= 0 || poll(&wait, 1, left_ms) == 0) {
      return absl::DeadlineExceededError(
          absl::StrCat("'", name_, "' printed nothing for ", absl::FormatDuration(timeout)));
    }
    char buffer[65536];
    const ssize_t got = read(output_, buffer, sizeof(buffer));
    if (got <= 0) return absl::UnavailableError(absl::StrCat("'", name_, "' ended: see its log"));
    unread_.append(buffer, static_cast<size_t>(got));
  }
}

absl::Status ChildProcess::WriteLine(std::string_view line) {
  const std::string text = std::string(line) + '\n';
  if (write(input_, text.data(), text.size()) == static_cast<ssize_t>(text.size())) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("'", name_, "' takes no input: ", std::strerror(errno)));
}

void ChildProcess::Kill() {
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

absl::Status ChildProcess::Stop(absl::Duration timeout) {
  if (pid_ < 0) return absl::OkStatus();
  kill(pid_, SIGTERM);
  const std::optional<int> status = WaitUntil(absl::Now() + timeout);
  if (!status) {
    Kill();
    return absl::DeadlineExceededError(absl::StrCat("'", name_, "' did not stop within ", absl::FormatDuration(timeout),
                                                    " of SIGTERM and was killed"));
  }
  if (WIFEXITED(*status) && WEXITSTATUS(*status) == 0) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("'", name_, "' ended with wait status ", *status, ": see its log"));
}

std::optional<int> ChildProcess::WaitUntil(absl::Time deadline) {
  while (absl::Now() < deadline) {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      return status;
    }
    absl::SleepFor(absl::Milliseconds(10));
  }
  return std::nullopt;
}

}  // namespace access_log
