#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "cleaner/log_cleaner.h"
#include "loopback.h"
#include "millrace/base/bytes.h"
#include "millrace/base/log.h"
#include "millrace/broker/broker.h"
#include "millrace/protocol/messages/fetch.h"
#include "prepared_log.h"
#include "requests.h"
#include "rounds.h"

// What a log's size costs. Fetches of one batch at the oldest, a random and the newest offset of one partition, over
// loopback; beside them the yardstick, the same bytes by sendfile at a position that the client names. Then compaction,
// beside a copy of the same file. MILLRACE_LOG_BYTES sets the size of the partition. Run with
//
//   --benchmark_enable_random_interleaving --benchmark_repetitions=5

namespace millrace {
namespace {

constexpr int16_t kFetchVersion = 11;
constexpr int64_t kLogBytes = int64_t{512} << 20;
constexpr int64_t kCompactedBytes = int64_t{256} << 20;

enum class Where { kOldest, kRandom, kNewest };

// A broker whose topic "t" has one large partition, filled before it starts.
class LargeLog {
 public:
  LargeLog() {
    SetMinLogSeverity(LogSeverity::kWarning);
    {
      const auto logs = OpenLogs(directory_.path());
      const auto log = *logs->Create({"t", 0}, {}, {});
      FillLog(log.get(), SettingOf("MILLRACE_LOG_BYTES", kLogBytes), /*keys=*/0);
      end_offset_ = log->log_end_offset();
      batch_bytes_ = static_cast<int64_t>(PreparedBatch(0, 0).size());
      batch_records_ = end_offset_ / (log->size_bytes() / batch_bytes_);
      if (!logs->Close().ok()) std::abort();
    }
    auto broker = Broker::Start({.data_dir = directory_.path(), .listen = "127.0.0.1:0", .settings = {}});
    if (!broker.ok()) std::abort();
    broker_ = *std::move(broker);
  }

  uint16_t port() const { return broker_->port(); }
  int64_t batches() const { return end_offset_ / batch_records_; }
  int64_t batch_bytes() const { return batch_bytes_; }
  int64_t batch_records() const { return batch_records_; }
  // The file that holds the oldest batches.
  std::string first_file() const { return directory_.path() + "/t-0/00000000000000000000.log"; }

 private:
  const TemporaryDirectory directory_;
  std::unique_ptr<Broker> broker_;
  int64_t end_offset_ = 0;
  int64_t batch_bytes_ = 0;
  int64_t batch_records_ = 0;
};

LargeLog& Log() {
  static LargeLog log;
  return log;
}

// The place of a batch among `count`.
class Places {
 public:
  Places(Where where, int64_t count) : where_(where), count_(count) {}
  int64_t Next() {
    if (where_ == Where::kRandom) return static_cast<int64_t>(random_() % static_cast<uint64_t>(count_));
    return where_ == Where::kOldest ? 0 : count_ - 1;
  }

 private:
  const Where where_;
  const int64_t count_;
  std::mt19937_64 random_{17};
};

void Fetch(benchmark::State& state, Where where) {
  LargeLog& log = Log();
  const Descriptor connection = ConnectToLoopback(log.port());
  Places places(where, log.batches());
  protocol::FetchRequest request{.max_wait_ms = 0, .min_bytes = 1};
  request.topics.push_back({.topic = "t"});
  request.topics[0].partitions.push_back({.partition = 0, .partition_max_bytes = 1});
  for (auto _ : state) {
    request.topics[0].partitions[0].fetch_offset = places.Next() * log.batch_records();
    SendAll(connection.get(), Frame(request, kFetchVersion));
    const std::string answer = ReceiveFrame(connection.get());
    if (static_cast<int64_t>(answer.size()) < log.batch_bytes()) return state.SkipWithError("no batch was answered");
  }
}

// Answers each request, a position, with one batch from there by sendfile. It knows nothing of offsets.
void ServeBySendfile(int socket, int file, int64_t batch_bytes) {
  char request[8];
  char size[4];
  StoreBigEndian(static_cast<int32_t>(batch_bytes), size);
  while (::recv(socket, request, sizeof(request), MSG_WAITALL) == static_cast<ssize_t>(sizeof(request))) {
    off_t position = LoadBigEndian<int64_t>(request);
    int64_t left = batch_bytes;
    if (::send(socket, size, sizeof(size), MSG_MORE) != static_cast<ssize_t>(sizeof(size))) return;
    while (left > 0) {
      const ssize_t sent = ::sendfile(socket, file, &position, static_cast<size_t>(left));
      if (sent <= 0) return;
      left -= sent;
    }
  }
}

void Yardstick(benchmark::State& state, Where where) {
  LargeLog& log = Log();
  const Descriptor file(::open(log.first_file().c_str(), O_RDONLY));
  const auto file_bytes = static_cast<int64_t>(std::filesystem::file_size(log.first_file()));
  Places places(where, file_bytes / log.batch_bytes());
  uint16_t port = 0;
  const Descriptor listener = ListenOnLoopback(&port);
  std::thread server([&] {
    const Descriptor accepted = AcceptOne(listener);
    ServeBySendfile(accepted.get(), file.get(), log.batch_bytes());
  });
  {
    const Descriptor connection = ConnectToLoopback(port);
    for (auto _ : state) {
      char request[8];
      StoreBigEndian(places.Next() * log.batch_bytes(), request);
      SendAll(connection.get(), {request, sizeof(request)});
      const std::string answer = ReceiveFrame(connection.get());
      benchmark::DoNotOptimize(answer.data());
    }
  }
  server.join();
}

BENCHMARK_CAPTURE(Yardstick, oldest, Where::kOldest)->UseRealTime();
BENCHMARK_CAPTURE(Fetch, oldest, Where::kOldest)->UseRealTime();
BENCHMARK_CAPTURE(Yardstick, random, Where::kRandom)->UseRealTime();
BENCHMARK_CAPTURE(Fetch, random, Where::kRandom)->UseRealTime();
BENCHMARK_CAPTURE(Yardstick, newest, Where::kNewest)->UseRealTime();
BENCHMARK_CAPTURE(Fetch, newest, Where::kNewest)->UseRealTime();

// A cleaning of one partition that holds `keys` keys in turn: all of it is read twice, what is left is written.
void Clean(benchmark::State& state, int64_t keys) {
  SetMinLogSeverity(LogSeverity::kWarning);
  for (auto _ : state) {
    state.PauseTiming();
    const TemporaryDirectory directory;
    const auto logs = OpenLogs(directory.path());
    broker::LogConfig config;
    config.compact = true;
    config.file_delete_delay_ms = 0;
    const auto log = *logs->Create({"t", 0}, {}, config);
    FillLog(log.get(), kCompactedBytes, keys);
    if (!log->RollForCleaning().ok() || !log->SyncForCleaning().ok() || !logs->WriteRecoveryPoints().ok()) std::abort();
    // At the usual priority: at the lowest it would measure what else the machine does.
    broker::LogCleaner cleaner(logs.get(), &SystemClock::Get(), {.idle_priority = false});
    state.ResumeTiming();
    if (cleaner.RunOnce() != 1) return state.SkipWithError("it was not compacted");
    state.PauseTiming();
    state.counters["left"] = static_cast<double>(log->size_bytes()) / static_cast<double>(kCompactedBytes);
    if (!logs->Close().ok()) std::abort();
    state.ResumeTiming();
  }
  state.SetBytesProcessed(state.iterations() * kCompactedBytes);
}

void WriteAndSync(const std::string& path, int64_t bytes) {
  const std::string batch = PreparedBatch(0, 1'000);
  const Descriptor file(::open(path.c_str(), O_CREAT | O_TRUNC | O_RDWR, 0600));
  for (int64_t written = 0; written < bytes; written += static_cast<int64_t>(batch.size())) {
    if (::write(file.get(), batch.data(), batch.size()) != static_cast<ssize_t>(batch.size())) std::abort();
  }
  if (::fdatasync(file.get()) != 0) std::abort();
}

// The plain copy: read and write in portions of 1 MiB, and a sync at the end.
void Copy(benchmark::State& state) {
  const TemporaryDirectory directory;
  WriteAndSync(directory.path() + "/from", kCompactedBytes);
  std::vector<char> buffer(1 << 20);
  for (auto _ : state) {
    const Descriptor from(::open((directory.path() + "/from").c_str(), O_RDONLY));
    const Descriptor to(::open((directory.path() + "/to").c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600));
    for (ssize_t got; (got = ::read(from.get(), buffer.data(), buffer.size())) > 0;) {
      if (::write(to.get(), buffer.data(), static_cast<size_t>(got)) != got) std::abort();
    }
    if (::fdatasync(to.get()) != 0) std::abort();
  }
  state.SetBytesProcessed(state.iterations() * kCompactedBytes);
}

BENCHMARK(Copy)->UseRealTime();
BENCHMARK_CAPTURE(Clean, all_left, int64_t{1} << 40)->UseRealTime()->Iterations(1);
BENCHMARK_CAPTURE(Clean, one_in_hundred_left, 20'000)->UseRealTime()->Iterations(1);

}  // namespace
}  // namespace millrace
