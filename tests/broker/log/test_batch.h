#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "millrace/protocol/control_record.h"
#include "millrace/protocol/record_batch_builder.h"
#include "millrace/protocol/record_batch_reader.h"
#include "millrace/protocol/record_iterator.h"

// Batches as clients send them, and what comes back out.

namespace millrace::broker {

struct TestRecord {
  std::string value;
  int64_t timestamp_ms = 1'000;
  std::optional<std::string> key = "k";
};

inline std::string MakeBatch(const std::vector<TestRecord>& records, const protocol::RecordBatchOptions& options = {}) {
  protocol::RecordBatchBuilder builder(options);
  for (const TestRecord& record : records) {
    protocol::NewRecord added{.timestamp = record.timestamp_ms, .value = record.value};
    if (record.key) added.key = *record.key;
    builder.Append(added);
  }
  std::string bytes;
  EXPECT_TRUE(builder.Build(&bytes).ok());
  return bytes;
}

inline std::string BatchOf(const std::string& value) { return MakeBatch({{.value = value}}); }

// A batch of an idempotent producer: one record for each of `values`.
inline std::string ProducerBatchOf(int64_t producer_id, int16_t epoch, int32_t sequence,
                                   const std::vector<std::string>& values, bool transactional = false) {
  std::vector<TestRecord> records;
  for (const std::string& value : values) records.push_back({.value = value});
  return MakeBatch(
      records,
      {.producer_id = producer_id, .producer_epoch = epoch, .base_sequence = sequence, .transactional = transactional});
}

inline std::string MarkerBatch(int64_t producer_id, int16_t epoch, protocol::ControlType type,
                               int32_t coordinator_epoch = 0) {
  protocol::RecordBatchBuilder builder(
      {.producer_id = producer_id, .producer_epoch = epoch, .transactional = true, .control = true});
  const protocol::EndTransactionMarker marker{.type = type, .coordinator_epoch = coordinator_epoch};
  const std::string key = marker.Key();
  const std::string value = marker.Value();
  builder.Append({.timestamp = 1'000, .key = key, .value = value});
  std::string bytes;
  EXPECT_TRUE(builder.Build(&bytes).ok());
  return bytes;
}

// "offset:value" of every record in `bytes`, which may end inside a batch.
inline std::vector<std::string> DescribeRecords(std::string_view bytes) {
  std::vector<std::string> described;
  protocol::RecordBatchReader reader(bytes);
  protocol::RecordBatchView batch;
  protocol::ScratchBuffer scratch;
  while (reader.Next(&batch) == protocol::RecordBatchReader::Step::kBatch) {
    EXPECT_TRUE(batch.HasRightCrc());
    protocol::RecordIterator records(batch, &scratch);
    protocol::RecordView record;
    while (records.Next(&record) == protocol::RecordIterator::Step::kRecord) {
      described.push_back(std::to_string(record.offset) + ":" +
                          (batch.header().is_control() ? "marker" : std::string(record.value.value_or("null"))));
    }
    EXPECT_EQ(records.fault(), protocol::BatchFault::kNone);
  }
  EXPECT_EQ(reader.fault(), protocol::BatchFault::kNone);
  return described;
}

}  // namespace millrace::broker
