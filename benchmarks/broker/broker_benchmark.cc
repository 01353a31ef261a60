#include <benchmark/benchmark.h>

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "loopback.h"
#include "millrace/broker/broker.h"
#include "millrace/protocol/codec.h"
#include "millrace/protocol/frame.h"
#include "millrace/protocol/messages/create_topics.h"
#include "millrace/protocol/messages/produce.h"
#include "millrace/protocol/reader.h"
#include "millrace/protocol/record_batch_builder.h"

// Prepared batches over loopback to four partitions, generator included; beside the yardstick, the same bytes through a
// socket and write(2) into files of the same file system. `cpu_us` is what the receiving side costs a message. Run with
//
//   --benchmark_enable_random_interleaving --benchmark_repetitions=5

namespace millrace {
namespace {

using protocol::Codec;

constexpr int kPartitions = 4;
constexpr int kRecordsInBatch = 10'000;
constexpr size_t kRecordBytes = 100;
constexpr int16_t kProduceVersion = 9;
constexpr int16_t kCreateVersion = 7;

std::string Batch(Codec codec) {
  protocol::RecordBatchBuilder builder({.codec = codec});
  for (int i = 0; i < kRecordsInBatch; ++i) {
    std::string value;
    while (value.size() < kRecordBytes) value += "field " + std::to_string((i * 7919 + value.size()) % 10007) + ",";
    value.resize(kRecordBytes);
    builder.Append({.timestamp = 1'700'000'000'000 + i, .value = value});
  }
  std::string bytes;
  if (!builder.Build(&bytes).ok()) std::abort();
  return bytes;
}

template <protocol::Request R>
std::string Frame(const R& request, int16_t version) {
  std::string frame;
  protocol::Writer out(&frame);
  protocol::EncodeFrame({.api_version = version, .correlation_id = 1, .client_id = "benchmark"}, request, &out);
  return frame;
}

template <protocol::Request R>
typename R::Response Parse(const std::string& frame, int16_t version) {
  typename R::Response response;
  protocol::Reader in(frame);
  protocol::ResponseHeader header;
  const int16_t header_version = protocol::FindApi(R::kApiKey)->ResponseHeaderVersion(version);
  if (!protocol::DecodeHeader(&in, header_version, &header).ok()) std::abort();
  if (!protocol::Decode(std::string_view(frame).substr(in.position()), version, &response).ok()) std::abort();
  return response;
}

std::string ProduceFrame(int32_t partition, Codec codec, int16_t acks) {
  protocol::ProduceRequest request{.acks = acks, .timeout_ms = 30'000};
  request.topic_data.push_back({.name = "t"});
  request.topic_data[0].partition_data.push_back(
      {.index = partition, .records = protocol::RecordsField::Owned(Batch(codec))});
  return Frame(request, kProduceVersion);
}

class Directory {
 public:
  Directory() : path_((std::filesystem::current_path() / "broker-benchmark-XXXXXX").string()) {
    if (mkdtemp(path_.data()) == nullptr) std::abort();
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

double Seconds(clockid_t clock) {
  timespec now = {};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// Of all threads but this one.
double OtherCpuSeconds() { return Seconds(CLOCK_PROCESS_CPUTIME_ID) - Seconds(CLOCK_THREAD_CPUTIME_ID); }

// A frame to each partition, on a connection each; the next one goes out before the last is answered.
template <class Check>
void SendRounds(benchmark::State& state, uint16_t port, const std::vector<std::string>& frames, Check check) {
  std::vector<std::unique_ptr<Connection>> connections;
  for (int i = 0; i < kPartitions; ++i) connections.push_back(std::make_unique<Connection>(port));
  const auto receive_all = [&] {
    for (const auto& connection : connections) check(connection->ReceiveFrame());
  };
  const double cpu_before = OtherCpuSeconds();
  bool is_first = true;
  for (auto _ : state) {
    for (size_t i = 0; i < connections.size(); ++i) connections[i]->Send(frames[i]);
    if (!is_first) receive_all();
    is_first = false;
  }
  receive_all();
  const int64_t messages = state.iterations() * kPartitions * kRecordsInBatch;
  state.SetItemsProcessed(messages);
  state.SetBytesProcessed(state.iterations() * kPartitions * static_cast<int64_t>(frames[0].size()));
  state.counters["cpu_us"] = (OtherCpuSeconds() - cpu_before) * 1e6 / static_cast<double>(messages);
}

std::vector<std::string> Frames(Codec codec, int16_t acks) {
  std::vector<std::string> frames;
  for (int32_t i = 0; i < kPartitions; ++i) frames.push_back(ProduceFrame(i, codec, acks));
  return frames;
}

void Produce(benchmark::State& state, Codec codec, int16_t acks) {
  const Directory directory;
  const auto broker = Broker::Start({.data_dir = directory.path(),
                                     .listen = "127.0.0.1:0",
                                     .settings = {{"message.max.bytes", "4000000"},
                                                  {"log.segment.bytes", "134217728"},
                                                  {"log.retention.bytes", "268435456"},
                                                  {"log.retention.check.interval.ms", "500"},
                                                  {"log.segment.delete.delay.ms", "0"}}});
  if (!broker.ok()) return state.SkipWithError(broker.status().ToString().c_str());
  Connection admin((*broker)->port());
  protocol::CreateTopicsRequest create;
  create.topics.push_back({.name = "t", .num_partitions = kPartitions, .replication_factor = 1});
  admin.Send(Frame(create, kCreateVersion));
  admin.ReceiveFrame();
  SendRounds(state, (*broker)->port(), Frames(codec, acks), [](const std::string& answer) {
    const auto response = Parse<protocol::ProduceRequest>(answer, kProduceVersion);
    if (response.responses.at(0).partition_responses.at(0).error_code != protocol::ErrorCode::kNone) std::abort();
  });
}

void Yardstick(benchmark::State& state, Codec codec) {
  const Directory directory;
  const std::vector<std::string> frames = Frames(codec, 1);
  const SocketToFile sink(directory.path(), frames[0].size(), kPartitions);
  SendRounds(state, sink.port(), frames, [](const std::string&) {});
}

BENCHMARK_CAPTURE(Yardstick, plain, Codec::kNone)->UseRealTime();
BENCHMARK_CAPTURE(Produce, plain_acks_1, Codec::kNone, 1)->UseRealTime();
BENCHMARK_CAPTURE(Produce, plain_acks_all, Codec::kNone, -1)->UseRealTime();
BENCHMARK_CAPTURE(Yardstick, lz4, Codec::kLz4)->UseRealTime();
BENCHMARK_CAPTURE(Produce, lz4_acks_1, Codec::kLz4, 1)->UseRealTime();
BENCHMARK_CAPTURE(Produce, lz4_acks_all, Codec::kLz4, -1)->UseRealTime();

}  // namespace
}  // namespace millrace
