// What a broker costs that does nothing: time to start in an empty directory, resident memory, wake-ups; and what a
// connection and a partition add to that. MILLRACE_CONNECTIONS and MILLRACE_PARTITIONS set how many.

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "loopback.h"
#include "millrace/protocol/messages/api_versions.h"
#include "prepared_batches.h"
#include "prepared_log.h"
#include "process_probe.h"
#include "requests.h"
#include "rounds.h"

namespace millrace {
namespace {

constexpr int kStarts = 5;
constexpr int kIdleSeconds = 10;

double MedianStartMs() {
  std::vector<double> times;
  for (int i = 0; i < kStarts; ++i) {
    const TemporaryDirectory directory;
    times.push_back(ProcessProbe(directory.path() + "/data").ready_ms());
  }
  std::sort(times.begin(), times.end());
  return times[kStarts / 2];
}

double WakeUpsASecond(const ProcessProbe& broker) {
  const int64_t before = broker.Switches();
  std::this_thread::sleep_for(std::chrono::seconds(kIdleSeconds));
  return static_cast<double>(broker.Switches() - before) / kIdleSeconds;
}

void Report(const char* when, const ProcessProbe& broker) {
  std::printf("%-44s %6.1f MB resident (%5.1f MB of its own), %5d files, %2d threads\n", when,
              static_cast<double>(broker.ResidentKiB()) / 1024,
              static_cast<double>(broker.ResidentKiB(/*anonymous_only=*/true)) / 1024, broker.OpenFiles(),
              broker.Threads());
  std::fflush(stdout);
}

void ReportWakeUps(const char* when, const ProcessProbe& broker) {
  std::printf("%-44s %6.1f wake-ups a second over %d s\n", when, WakeUpsASecond(broker), kIdleSeconds);
  std::fflush(stdout);
}

void ReportCost(const char* what, int64_t kib_before, const ProcessProbe& broker, int64_t count) {
  std::printf(
      "%-44s %6.2f KiB\n", what,
      static_cast<double>(broker.ResidentKiB(/*anonymous_only=*/true) - kib_before) / static_cast<double>(count));
}

void RaiseLimit() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// That has asked for something once, as every client does first.
Descriptor Connect(uint16_t port) {
  Descriptor connection = ConnectToLoopback(port);
  SendAll(connection.get(), Frame(protocol::ApiVersionsRequest{}, 0));
  ReceiveFrame(connection.get());
  return connection;
}

void ProduceToAll(uint16_t port, int32_t partitions) {
  const Descriptor connection = Connect(port);
  for (int32_t i = 0; i < partitions; ++i) {
    SendAll(connection.get(), ProduceFrame("t", i, /*acks=*/1, PreparedBatch(0, 0)));
    BaseOffsetOf(ReceiveFrame(connection.get()));
  }
}

void Run() {
  const auto connection_count = SettingOf("MILLRACE_CONNECTIONS", 1'000);
  const auto partition_count = static_cast<int32_t>(SettingOf("MILLRACE_PARTITIONS", 1'000));
  RaiseLimit();
  std::printf("%-44s %6.1f ms, median of %d\n", "exec to ready in an empty directory", MedianStartMs(), kStarts);
  const TemporaryDirectory directory;
  ProcessProbe broker(directory.path() + "/data");
  Report("idle", broker);
  ReportWakeUps("idle", broker);

  Connect(broker.port());
  int64_t before = broker.ResidentKiB(/*anonymous_only=*/true);
  {
    std::vector<Descriptor> connections;
    for (int64_t i = 0; i < connection_count; ++i) connections.push_back(Connect(broker.port()));
    Report("with the connections", broker);
    ReportCost("a connection", before, broker, connection_count);
    ReportWakeUps("with the connections", broker);
  }
  before = broker.ResidentKiB(/*anonymous_only=*/true);
  const double create_start_ms = NowMs();
  CreateTopic(broker.port(), "t", partition_count);
  std::printf("%-44s %6.0f ms\n", "creating the partitions", NowMs() - create_start_ms);
  Report("with the partitions, empty", broker);
  ReportCost("an empty partition", before, broker, partition_count);
  ProduceToAll(broker.port(), partition_count);
  Report("with a batch in each", broker);
  ReportCost("a partition that was written to", before, broker, partition_count);
  ReportWakeUps("with the partitions", broker);
  std::printf("%-44s %6.0f ms\n", "a clean stop", broker.StopMs());
}

}  // namespace
}  // namespace millrace

int main() { millrace::Run(); }
