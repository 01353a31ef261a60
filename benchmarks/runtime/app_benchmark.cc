// Whole applications against a broker in the same process: one stream thread that copies a topic, one that counts it,
// and the restore of that count from its changelog. The yardstick, in turns with them, copies the topic with the same
// consumer and producer and no engine between them.
//
//   build/release/bench/app_benchmark [RECORDS [ROUNDS]]
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "millrace/base/log.h"
#include "millrace/broker/broker.h"
#include "millrace/client/clients.h"
#include "millrace/millrace.h"

namespace {

using millrace::Settings;
using millrace::StreamsApp;

constexpr int kPartitions = 4;
constexpr int kKeys = 10'000;
constexpr absl::Duration kPatience = absl::Minutes(2);

void Check(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  std::exit(1);
}

template <class T>
T Must(absl::StatusOr<T> value) {
  Check(value.status());
  return *std::move(value);
}

double Median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

class Bench {
 public:
  Bench(std::string folder, int64_t records)
      : folder_(std::move(folder)),
        records_(records),
        broker_(Must(millrace::Broker::Start({.data_dir = folder_ + "/broker", .listen = "127.0.0.1:0"}))),
        clients_(millrace::client::NewKafkaClients(
            Must(millrace::client::ClientConfig::FromSettings({{"bootstrap.servers", broker_->address()}})))),
        admin_(Must(clients_->NewAdmin("benchmark"))) {
    CreateTopic("in");
    auto producer = Must(clients_->NewProducer({.client_id = "feed"}));
    const std::string value(100, 'x');
    for (int64_t i = 0; i < records_; ++i) {
      const std::string key = "key-" + std::to_string(i % kKeys);
      Check(producer->Send({.topic = "in", .key = key, .value = value, .timestamp_ms = 1000 + i}));
    }
    Check(producer->AwaitAcknowledged(kPatience));
  }

  // Records a second.
  double CopyWithoutEngine() {
    const std::string out = NextTopic();
    auto consumer = Must(clients_->NewConsumer({.client_id = "yardstick"}));
    auto producer = Must(clients_->NewProducer({.client_id = "yardstick"}));
    std::vector<millrace::client::StartPosition> positions;
    for (int i = 0; i < kPartitions; ++i) positions.push_back({{"in", i}, millrace::client::kOffsetBeginning});
    const absl::Time start = absl::Now();
    Check(consumer->Assign(positions));
    millrace::client::PolledBatch batch;
    for (int64_t copied = 0; copied < records_;) {
      Check(consumer->Poll(absl::Milliseconds(100), 1000, &batch));
      for (const auto& record : batch.records) {
        Check(producer->Send(
            {.topic = out, .key = record.key(), .value = record.value(), .timestamp_ms = record.timestamp_ms()}));
      }
      copied += static_cast<int64_t>(batch.records.size());
      producer->Poll();
    }
    Check(producer->AwaitAcknowledged(kPatience));
    return Rate(start);
  }

  double CopyWithApp() {
    millrace::StreamsBuilder builder;
    builder.Stream<std::string, std::string>("in").To(NextTopic());
    return RunToTheEnd(builder.Build());
  }

  // And then of the restore, from a state directory that is gone.
  std::pair<double, double> CountWithApp() {
    const double counted = RunToTheEnd(CountTopology());
    std::filesystem::remove_all(folder_ + "/state");
    StreamsApp app(CountTopology(), AppSettings());
    const absl::Time start = absl::Now();
    Check(app.Start());
    WaitFor([&] { return app.state() == millrace::AppState::kRunning; });
    const double restored = Rate(start);
    Check(app.Close());
    return {counted, restored};
  }

 private:
  static absl::StatusOr<millrace::Topology> CountTopology() {
    millrace::StreamsBuilder builder;
    builder.Stream<std::string, std::string>("in").GroupByKey().Count({.store = "counts"});
    return builder.Build();
  }

  // A new application each time, with a state directory of its own.
  double RunToTheEnd(absl::StatusOr<millrace::Topology> topology) {
    ++app_;
    std::filesystem::remove_all(folder_ + "/state");
    StreamsApp app(std::move(topology), AppSettings());
    const absl::Time start = absl::Now();
    Check(app.Start());
    WaitFor([&] { return Committed() == records_; });
    const double rate = Rate(start);
    Check(app.Close());
    return rate;
  }

  Settings AppSettings() const {
    return {{"application.id", AppId()},
            {"bootstrap.servers", broker_->address()},
            {"state.dir", folder_ + "/state"},
            {"num.stream.threads", "1"}};
  }
  std::string AppId() const { return "app-" + std::to_string(app_); }
  std::string NextTopic() {
    const std::string name = "out-" + std::to_string(++topics_);
    CreateTopic(name);
    return name;
  }
  void CreateTopic(const std::string& name) {
    Check(Must(admin_->CreateTopics({{.name = name, .partitions = kPartitions}}, kPatience)).front().status);
  }
  int64_t Committed() {
    std::vector<millrace::client::TopicPartition> partitions;
    for (int i = 0; i < kPartitions; ++i) partitions.push_back({"in", i});
    int64_t sum = 0;
    for (const auto& offset : Must(admin_->GroupOffsets(AppId(), partitions, false, kPatience))) sum += offset.offset;
    return sum;
  }
  static void WaitFor(const std::function<bool()>& condition) {
    const absl::Time deadline = absl::Now() + kPatience;
    while (!condition()) {
      if (absl::Now() > deadline) Check(absl::DeadlineExceededError("the application did not get to the end"));
      absl::SleepFor(absl::Milliseconds(5));
    }
  }
  double Rate(absl::Time start) const {
    return static_cast<double>(records_) / absl::ToDoubleSeconds(absl::Now() - start);
  }

  const std::string folder_;
  const int64_t records_;
  const std::unique_ptr<millrace::Broker> broker_;
  const std::unique_ptr<millrace::client::Clients> clients_;
  const std::unique_ptr<millrace::client::Admin> admin_;
  int app_ = 0;
  int topics_ = 0;
};

void Print(const char* what, const std::vector<double>& rates, double yardstick) {
  const double median = Median(rates);
  std::printf("%-28s %10.0f records/s   %.2f of the yardstick\n", what, median, median / yardstick);
}

}  // namespace

int main(int argc, char** argv) {
  const int64_t records = argc > 1 ? std::atoll(argv[1]) : 1'000'000;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 5;
  if (records < 1 || rounds < 1) {
    std::fprintf(stderr, "usage: app_benchmark [RECORDS [ROUNDS]]\n");
    return 2;
  }
  millrace::SetMinLogSeverity(millrace::LogSeverity::kWarning);
  std::string folder = (std::filesystem::current_path() / "app-benchmark-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) Check(absl::ErrnoToStatus(errno, folder));
  {
    Bench bench(folder, records);
    std::vector<double> yardstick, copied, counted, restored;
    for (int i = 0; i < rounds; ++i) {
      std::fprintf(stderr, "round %d of %d\n", i + 1, rounds);
      yardstick.push_back(bench.CopyWithoutEngine());
      copied.push_back(bench.CopyWithApp());
      const auto [count, restore] = bench.CountWithApp();
      counted.push_back(count);
      restored.push_back(restore);
    }
    std::printf("%lld records of 100 bytes, %d keys, %d partitions, one stream thread, median of %d\n",
                static_cast<long long>(records), kKeys, kPartitions, rounds);
    Print("copy without an engine", yardstick, Median(yardstick));
    Print("copy", copied, Median(yardstick));
    Print("count", counted, Median(yardstick));
    Print("restore of the count", restored, Median(yardstick));
  }
  std::filesystem::remove_all(folder);
  return 0;
}
