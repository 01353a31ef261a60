#include "process_probe.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace millrace {
namespace {

int64_t NumberBehind(const std::string& path, const std::string& name) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.rfind(name, 0) == 0) return std::atoll(line.c_str() + name.size());
  }
  return 0;
}

template <class Visit>
void ForEachThread(pid_t pid, Visit visit) {
  for (const auto& entry : std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task")) {
    visit(entry.path().string());
  }
}

}  // namespace

double NowMs() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

ProcessProbe::ProcessProbe(const std::string& data_dir, const std::vector<std::string>& settings) {
  std::vector<std::string> arguments = {MILLRACE_PROGRAM, "broker", "--data-dir", data_dir, "--listen", "127.0.0.1:0"};
  for (const std::string& setting : settings) {
    arguments.push_back("--config");
    arguments.push_back(setting);
  }
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  int output[2];
  if (::pipe2(output, O_CLOEXEC) != 0) std::abort();
  const double start_ms = NowMs();
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(output[1], STDOUT_FILENO);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  ::close(output[1]);
  std::string line;
  char c = 0;
  while (::read(output[0], &c, 1) == 1 && c != '\n') line.push_back(c);
  ready_ms_ = NowMs() - start_ms;
  ::close(output[0]);
  const size_t colon = line.rfind(':');
  if (colon == std::string::npos) {
    std::fprintf(stderr, "%s did not start\n", MILLRACE_PROGRAM);
    std::exit(1);
  }
  port_ = static_cast<uint16_t>(std::atoi(line.c_str() + colon + 1));
}

ProcessProbe::~ProcessProbe() {
  if (pid_ > 0) Kill();
}

void ProcessProbe::Kill() {
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

double ProcessProbe::StopMs() {
  const double start_ms = NowMs();
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
  return NowMs() - start_ms;
}

int64_t ProcessProbe::ResidentKiB(bool anonymous_only) const {
  return NumberBehind("/proc/" + std::to_string(pid_) + "/status", anonymous_only ? "RssAnon:" : "VmRSS:");
}

int64_t ProcessProbe::Switches() const {
  int64_t switches = 0;
  ForEachThread(pid_, [&](const std::string& thread) {
    switches += NumberBehind(thread + "/status", "voluntary_ctxt_switches:");
  });
  return switches;
}

int ProcessProbe::Threads() const {
  int threads = 0;
  ForEachThread(pid_, [&](const std::string&) { ++threads; });
  return threads;
}

int ProcessProbe::OpenFiles() const {
  const std::filesystem::directory_iterator files("/proc/" + std::to_string(pid_) + "/fd");
  return static_cast<int>(std::distance(begin(files), end(files)));
}

}  // namespace millrace
