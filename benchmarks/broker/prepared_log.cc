#include "prepared_log.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/types/span.h"
#include "millrace/protocol/record_batch_builder.h"
#include "millrace/protocol/record_batch_edit.h"

namespace millrace {
namespace {

constexpr int kRecordsInBatch = 150;
constexpr size_t kValueBytes = 100;

}  // namespace

std::string PreparedBatch(int64_t first_key, int64_t keys) {
  protocol::RecordBatchBuilder builder;
  for (int i = 0; i < kRecordsInBatch; ++i) {
    std::string value;
    while (value.size() < kValueBytes) value += "field " + std::to_string((i * 7919 + value.size()) % 10007) + ",";
    value.resize(kValueBytes);
    const std::string key = "key-" + std::to_string(keys == 0 ? 0 : (first_key + i) % keys);
    protocol::NewRecord record{.timestamp = 1'700'000'000'000 + i, .value = value};
    if (keys > 0) record.key = key;
    builder.Append(record);
  }
  std::string bytes;
  if (!builder.Build(&bytes).ok()) std::abort();
  return bytes;
}

int64_t SettingOf(const char* name, int64_t otherwise) {
  const char* value = std::getenv(name);
  const int64_t number = value == nullptr ? 0 : std::atoll(value);
  return number > 0 ? number : otherwise;
}

void FillLog(broker::PartitionLog* log, int64_t bytes, int64_t keys) {
  std::string batch = PreparedBatch(0, keys);
  for (int64_t first_key = kRecordsInBatch; log->size_bytes() < bytes; first_key += kRecordsInBatch) {
    const broker::AppendResult result = log->Append(absl::MakeSpan(batch), {});
    if (!result.ok()) {
      std::fprintf(stderr, "%s\n", result.message.c_str());
      std::exit(1);
    }
    if (keys > 0) {
      batch = PreparedBatch(first_key, keys);
    } else {
      protocol::SetBaseOffset(0, batch.data());  // as it came from the producer
    }
  }
}

std::unique_ptr<broker::LogDirectory> OpenLogs(const std::string& path, bool fsync) {
  auto logs = broker::LogDirectory::Open(path, {.fsync = fsync});
  if (!logs.ok()) {
    std::fprintf(stderr, "%s\n", std::string(logs.status().message()).c_str());
    std::exit(1);
  }
  return *std::move(logs);
}

}  // namespace millrace
