#include "broker_process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

namespace millrace::broker {

BrokerProcess::BrokerProcess(const std::string& data_dir, uint16_t port, const std::vector<std::string>& settings) {
  std::vector<std::string> arguments = {MILLRACE_PROGRAM, "broker",   "--data-dir",
                                        data_dir,         "--listen", "127.0.0.1:" + std::to_string(port)};
  for (const std::string& setting : settings) {
    arguments.push_back("--config");
    arguments.push_back(setting);
  }
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);

  int output[2];
  EXPECT_EQ(::pipe2(output, O_CLOEXEC), 0);
  std::string errors_path = testing::TempDir() + "/broker-errors-XXXXXX";
  errors_fd_ = ::mkstemp(errors_path.data());
  ::unlink(errors_path.c_str());
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(output[1], STDOUT_FILENO);
    ::dup2(errors_fd_, STDERR_FILENO);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  ::close(output[1]);
  std::string line;
  char c = 0;
  while (::read(output[0], &c, 1) == 1 && c != '\n') line.push_back(c);
  ::close(output[0]);
  const size_t colon = line.rfind(':');
  if (line.rfind("millrace broker listening on ", 0) == 0 && colon != std::string::npos) {
    port_ = static_cast<uint16_t>(std::stoi(line.substr(colon + 1)));
  }
}

BrokerProcess::~BrokerProcess() {
  if (pid_ > 0) Kill();
  ::close(errors_fd_);
}

void BrokerProcess::Kill() {
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

int BrokerProcess::Stop() {
  ::kill(pid_, SIGTERM);
  return WaitForExit();
}

int BrokerProcess::WaitForExit() {
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string BrokerProcess::ReadErrors() {
  std::string errors;
  char buffer[4096];
  ssize_t got;
  while ((got = ::pread(errors_fd_, buffer, sizeof(buffer), static_cast<off_t>(errors.size()))) > 0) {
    errors.append(buffer, static_cast<size_t>(got));
  }
  return errors;
}

}  // namespace millrace::broker
