#include "prepared_batches.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string_view>
#include <utility>

#include "absl/strings/str_format.h"
#include "millrace/protocol/messages/produce.h"
#include "millrace/protocol/record_batch_builder.h"
#include "requests.h"

namespace millrace {
namespace {

std::string LogLine(int second, std::mt19937* random) {
  static constexpr std::array<const char*, 6> kPaths = {"/api/v1/items/",  "/api/v1/users/", "/static/images/",
                                                        "/search?q=shoes", "/cart/checkout", "/api/v1/orders/"};
  static constexpr std::array<int, 6> kStatus = {200, 200, 200, 304, 404, 500};
  const auto any = [random](int count) { return static_cast<int>((*random)() % static_cast<unsigned>(count)); };
  std::string line = absl::StrFormat(
      "10.%d.%d.%d - - [21/Nov/2026:10:%02d:%02d +0000] \"GET %s%d HTTP/1.1\" %d %d \"-\" \"Mozilla/5.0 (X11; Linux)\"",
      any(4), any(256), any(256), second / 60 % 60, second % 60, kPaths[static_cast<size_t>(any(6))], any(100'000),
      kStatus[static_cast<size_t>(any(6))], any(20'000));
  line.resize(kRecordBytes, ' ');
  return line;
}

}  // namespace

std::string LogLineBatch(int records, protocol::Codec codec) {
  constexpr int64_t kBaseTimestampMs = 1'795'255'200'000;
  constexpr int kRecordsASecond = 1000;
  std::mt19937 random(1);  // NOLINT: the same lines in every run
  protocol::RecordBatchBuilder builder({.codec = codec});
  for (int i = 0; i < records; ++i) {
    const std::string line = LogLine(i / kRecordsASecond, &random);
    builder.Append({.timestamp = kBaseTimestampMs + i, .value = line});
  }
  std::string bytes;
  if (!builder.Build(&bytes).ok()) std::abort();
  return bytes;
}

std::string ProduceFrame(const std::string& topic, int32_t partition, int16_t acks, std::string batch) {
  protocol::ProduceRequest request{.acks = acks, .timeout_ms = 30'000};
  request.topic_data.push_back({.name = topic});
  request.topic_data[0].partition_data.push_back(
      {.index = partition, .records = protocol::RecordsField::Owned(std::move(batch))});
  return Frame(request, kProduceVersion);
}

int64_t BaseOffsetOf(std::string_view produce_answer) {
  const auto response = Parse<protocol::ProduceRequest>(produce_answer, kProduceVersion);
  const auto& partition = response.responses.at(0).partition_responses.at(0);
  if (partition.error_code != protocol::ErrorCode::kNone) {
    std::fprintf(stderr, "a produce request was refused: %s\n", partition.error_message.value_or("").c_str());
    std::exit(1);
  }
  return partition.base_offset;
}

}  // namespace millrace
