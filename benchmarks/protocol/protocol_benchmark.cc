#include <benchmark/benchmark.h>

#include <cstring>
#include <string>

#include "millrace/base/crc32c.h"
#include "millrace/protocol/codec.h"
#include "millrace/protocol/frame.h"
#include "millrace/protocol/messages/fetch.h"
#include "millrace/protocol/messages/produce.h"
#include "millrace/protocol/record_batch_builder.h"
#include "millrace/protocol/record_batch_reader.h"
#include "millrace/protocol/record_iterator.h"

// What a broker does to each batch and each request, beside yardsticks: the CRC alone and a copy of the same bytes.

namespace millrace::protocol {
namespace {

constexpr int kRecords = 1000;

// A thousand records with a key of 12 and a value of `value_bytes` bytes.
std::string Batch(Codec codec, size_t value_bytes) {
  RecordBatchBuilder builder({.codec = codec, .producer_id = 1, .producer_epoch = 0, .base_sequence = 0});
  for (int i = 0; i < kRecords; ++i) {
    const std::string key = "customer-" + std::to_string(100 + i % 900);
    std::string value;
    while (value.size() < value_bytes) value += "field " + std::to_string((i * 7919 + value.size()) % 10007) + ",";
    value.resize(value_bytes);
    builder.Append({.timestamp = 1'700'000'000'000 + i, .key = key, .value = value});
  }
  std::string bytes;
  if (!builder.Build(&bytes).ok()) std::abort();
  return bytes;
}

void CountBytes(benchmark::State& state, size_t bytes) {
  state.SetBytesProcessed(static_cast<int64_t>(bytes) * state.iterations());
}

void YardstickCrc(benchmark::State& state) {
  const std::string batch = Batch(Codec::kNone, static_cast<size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(Crc32c(batch));
  CountBytes(state, batch.size());
}
BENCHMARK(YardstickCrc)->Arg(100)->Arg(1000);

void YardstickCopy(benchmark::State& state) {
  const std::string batch = Batch(Codec::kNone, static_cast<size_t>(state.range(0)));
  std::string copy(batch.size(), '\0');
  for (auto _ : state) {
    std::memcpy(copy.data(), batch.data(), batch.size());
    benchmark::ClobberMemory();
  }
  CountBytes(state, batch.size());
}
BENCHMARK(YardstickCopy)->Arg(100)->Arg(1000);

// CRC and a walk over the records, as a broker does on append. Bytes are those after decompression.
void ValidateBatch(benchmark::State& state, Codec codec) {
  const std::string bytes = Batch(codec, static_cast<size_t>(state.range(0)));
  ScratchBuffer scratch;
  size_t walked = 0;
  for (auto _ : state) {
    RecordBatchReader reader(bytes);
    RecordBatchView batch;
    if (reader.Next(&batch) != RecordBatchReader::Step::kBatch || !batch.HasRightCrc()) std::abort();
    RecordIterator records(batch, &scratch);
    RecordView record;
    int count = 0;
    while (records.Next(&record) == RecordIterator::Step::kRecord) ++count;
    if (count != kRecords) std::abort();
    walked = records.decompressed_bytes();
  }
  CountBytes(state, walked);
  state.SetItemsProcessed(kRecords * state.iterations());
}
BENCHMARK_CAPTURE(ValidateBatch, none, Codec::kNone)->Arg(100)->Arg(1000);
BENCHMARK_CAPTURE(ValidateBatch, gzip, Codec::kGzip)->Arg(100);
BENCHMARK_CAPTURE(ValidateBatch, snappy, Codec::kSnappy)->Arg(100);
BENCHMARK_CAPTURE(ValidateBatch, lz4, Codec::kLz4)->Arg(100);
BENCHMARK_CAPTURE(ValidateBatch, zstd, Codec::kZstd)->Arg(100);

void BuildBatch(benchmark::State& state, Codec codec) {
  const std::string value(100, 'v');
  RecordBatchBuilder builder({.codec = codec});
  std::string bytes;
  for (auto _ : state) {
    bytes.clear();
    for (int i = 0; i < kRecords; ++i) builder.Append({.timestamp = i, .key = "customer-123", .value = value});
    if (!builder.Build(&bytes).ok()) std::abort();
  }
  state.SetItemsProcessed(kRecords * state.iterations());
}
BENCHMARK_CAPTURE(BuildBatch, none, Codec::kNone);
BENCHMARK_CAPTURE(BuildBatch, lz4, Codec::kLz4);

ProduceRequest ProduceOf(const std::string& batch, int partitions) {
  ProduceRequest request = {.acks = -1, .timeout_ms = 30'000, .topic_data = {{.name = "orders"}}};
  for (int i = 0; i < partitions; ++i) {
    request.topic_data[0].partition_data.push_back({.index = i, .records = RecordsField::View(batch)});
  }
  return request;
}

// The records are not copied: what is timed is the work a partition.
void DecodeProduce(benchmark::State& state) {
  const std::string batch = Batch(Codec::kNone, 100);
  const int partitions = static_cast<int>(state.range(0));
  std::string body;
  Encode(ProduceOf(batch, partitions), 9, &body);
  for (auto _ : state) {
    ProduceRequest request;
    if (!Decode(body, 9, &request).ok()) std::abort();
    benchmark::DoNotOptimize(request);
  }
  state.SetItemsProcessed(partitions * state.iterations());
}
BENCHMARK(DecodeProduce)->Arg(1)->Arg(100);

void EncodeFetchWithExternalRecords(benchmark::State& state) {
  const int partitions = static_cast<int>(state.range(0));
  FetchResponse response = {.responses = {{.topic = "orders"}}};
  for (int i = 0; i < partitions; ++i) {
    response.responses[0].partitions.push_back({.partition_index = i, .records = RecordsField::External(1 << 20)});
  }
  std::string frame;
  for (auto _ : state) {
    frame.clear();
    Writer out(&frame);
    EncodeFrame(1, response, 12, &out);
    benchmark::DoNotOptimize(frame);
  }
  state.SetItemsProcessed(partitions * state.iterations());
}
BENCHMARK(EncodeFetchWithExternalRecords)->Arg(1)->Arg(100);

}  // namespace
}  // namespace millrace::protocol
