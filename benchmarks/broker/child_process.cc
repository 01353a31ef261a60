#include "child_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <memory>

#include "loopback.h"

namespace millrace {
namespace {

// What the broker prints once it serves ends with ":<port>\n".
uint16_t ReadPort(int fd) {
  const std::unique_ptr<FILE, int (*)(FILE*)> out(::fdopen(fd, "r"), std::fclose);
  char line[256] = {};
  Require(out != nullptr && std::fgets(line, sizeof(line), out.get()) != nullptr, "starting the broker");
  const std::string text = line;
  return static_cast<uint16_t>(std::atoi(text.substr(text.rfind(':') + 1).c_str()));
}

// Closed on exec, so that no child keeps another's pipe.
struct Pipe {
  Pipe() { Require(::pipe2(ends, O_CLOEXEC) == 0, "pipe"); }
  int ends[2] = {-1, -1};
};

void RunBroker(const std::string& data_dir, const std::vector<std::string>& settings, int out) {
  std::vector<std::string> words = {MILLRACE_PROGRAM, "broker", "--data-dir", data_dir, "--listen", "127.0.0.1:0"};
  for (const std::string& setting : settings) words.insert(words.end(), {"--config", setting});
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::dup2(out, STDOUT_FILENO);
  ::execv(arguments[0], arguments.data());
  Require(false, MILLRACE_PROGRAM);
}

}  // namespace

ChildProcess::ChildProcess(const std::function<void()>& body) : pid_(::fork()) {
  Require(pid_ >= 0, "fork");
  if (pid_ > 0) return;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  body();
  ::_exit(0);
}

ChildProcess::~ChildProcess() {
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
}

double ChildProcess::CpuSeconds() const {
  clockid_t clock = {};
  timespec spent = {};
  Require(::clock_getcpuclockid(pid_, &clock) == 0 && ::clock_gettime(clock, &spent) == 0, "CPU clock of a child");
  return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) * 1e-9;
}

int64_t ChildProcess::ResidentBytes() const {
  std::ifstream statm("/proc/" + std::to_string(pid_) + "/statm");
  int64_t total_pages = 0;
  int64_t resident_pages = 0;
  statm >> total_pages >> resident_pages;
  return resident_pages * ::sysconf(_SC_PAGESIZE);
}

BrokerProcess::BrokerProcess(const std::string& data_dir, const std::vector<std::string>& settings)
    : BrokerProcess(data_dir, settings, Pipe().ends) {}

BrokerProcess::BrokerProcess(const std::string& data_dir, const std::vector<std::string>& settings,
                             const int (&pipe)[2])
    : process_([&] { RunBroker(data_dir, settings, pipe[1]); }) {
  ::close(pipe[1]);
  port_ = ReadPort(pipe[0]);
}

}  // namespace millrace
