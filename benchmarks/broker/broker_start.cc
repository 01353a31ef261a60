// How long a start takes with many partitions and much data: after a clean stop, and after a kill -9 that left all of
// it, or the last tenth, without a sync. Beside it the yardstick: reading the same files through once, which is what a
// recovery of everything cannot beat. MILLRACE_PARTITIONS and MILLRACE_LOG_BYTES (of all together) set the size.

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "loopback.h"
#include "millrace/base/log.h"
#include "prepared_log.h"
#include "process_probe.h"
#include "rounds.h"

namespace millrace {
namespace {

constexpr int kRepetitions = 5;

struct Sizes {
  int32_t partitions = 0;
  int64_t bytes_each = 0;
};

// Appends to every partition, as a broker would that is killed in the end; what is there already stays.
void FillAndDie(const std::string& path, const Sizes& sizes, int64_t bytes_each, bool sync) {
  const pid_t child = ::fork();
  if (child == 0) {
    SetMinLogSeverity(LogSeverity::kWarning);
    auto logs = OpenLogs(path);
    for (int32_t i = 0; i < sizes.partitions; ++i) {
      const broker::TopicPartition name{"t", i};
      auto log = logs->Find(name);
      if (log == nullptr) log = *logs->Create(name, {.bytes = {1}}, {});
      FillLog(log.get(), bytes_each, 0);
      if (sync && !log->WaitDurable(log->log_end_offset()).ok()) std::abort();
    }
    if (sync && !logs->WriteRecoveryPoints().ok()) std::abort();
    ::kill(::getpid(), SIGKILL);
  }
  ::waitpid(child, nullptr, 0);
}

void Measure(const char* what, const std::function<double()>& run) {
  std::vector<double> times;
  for (int i = 0; i < kRepetitions; ++i) times.push_back(run());
  std::sort(times.begin(), times.end());
  std::printf("%-58s %8.0f ms (%.0f to %.0f)\n", what, times[kRepetitions / 2], times.front(), times.back());
  std::fflush(stdout);
}

double ReadAllMs(const std::string& path) {
  const double start_ms = NowMs();
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
    if (entry.path().extension() == ".log") files.push_back(entry.path());
  }
  const auto read_half = [&files](size_t first) {
    std::vector<char> buffer(1 << 20);
    for (size_t i = first; i < files.size(); i += 2) {
      const Descriptor file(::open(files[i].c_str(), O_RDONLY));
      while (::read(file.get(), buffer.data(), buffer.size()) > 0) {
      }
    }
  };
  std::thread other([&] { read_half(1); });
  read_half(0);
  other.join();
  return NowMs() - start_ms;
}

void Run() {
  Sizes sizes;
  sizes.partitions = static_cast<int32_t>(SettingOf("MILLRACE_PARTITIONS", 1'000));
  sizes.bytes_each = SettingOf("MILLRACE_LOG_BYTES", int64_t{500} << 20) / sizes.partitions;
  std::printf("%d partitions of %lld KiB each\n", sizes.partitions, static_cast<long long>(sizes.bytes_each >> 10));
  std::fflush(stdout);
  const TemporaryDirectory directory;
  const std::string data = directory.path() + "/data";
  FillAndDie(data, sizes, sizes.bytes_each, /*sync=*/false);
  Measure("reading all files, on two threads", [&] { return ReadAllMs(data); });
  // A start writes down what it found; so each kill is after a new one, with the recovery points taken away.
  Measure("start after kill -9, nothing of it was synced", [&] {
    std::filesystem::remove(data + "/recovery-point-offset-checkpoint");
    std::filesystem::remove(data + "/.kafka_cleanshutdown");
    return ProcessProbe(data).ready_ms();
  });
  FillAndDie(data, sizes, sizes.bytes_each, /*sync=*/true);
  int64_t bytes_each = sizes.bytes_each;
  Measure("start after kill -9, all but the last hundredth was synced", [&] {
    bytes_each += sizes.bytes_each / 100;
    FillAndDie(data, sizes, bytes_each, /*sync=*/false);
    return ProcessProbe(data).ready_ms();
  });
  ProcessProbe(data).StopMs();
  Measure("start after a clean stop", [&] {
    ProcessProbe broker(data);
    broker.StopMs();
    return broker.ready_ms();
  });
  Measure("clean stop", [&] { return ProcessProbe(data).StopMs(); });
}

}  // namespace
}  // namespace millrace

int main() { millrace::Run(); }
