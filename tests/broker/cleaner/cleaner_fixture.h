#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../log/log_fixture.h"
#include "cleaner/log_cleaner.h"

namespace millrace::broker {

// What is left of one record.
struct LeftRecord {
  int64_t offset = 0;
  std::string key;
  std::optional<std::string> value;
  int64_t timestamp_ms = 0;
  bool operator==(const LeftRecord&) const = default;
};

// What is left of one batch, as a reader finds it.
struct LeftBatch {
  protocol::RecordBatchHeader header;
  std::vector<LeftRecord> records;  // of a control batch too
};

// A partition with cleanup.policy=compact, and a cleaner that runs when it is told to.
class CleanerFixture : public LogFixture {
 protected:
  explicit CleanerFixture(uint64_t seed = 1) : LogFixture(seed) {
    config_.compact = true;
    config_.delete_old = false;
    config_.min_cleanable_dirty_ratio = 0.01;
    config_.index_interval_bytes = 50;
    config_.file_delete_delay_ms = 0;
    cleaner_options_.roll_bytes_min = 1;
    cleaner_options_.idle_priority = false;
  }

  int RunCleaner() {
    LogCleaner cleaner(directory_.get(), &clock_, cleaner_options_);
    return cleaner.RunOnce();
  }

  // A record a batch; a value that is missing is a tombstone.
  int64_t Put(const std::string& key, std::optional<std::string> value, protocol::RecordBatchOptions options = {}) {
    return PutAll({{key, std::move(value)}}, options);
  }
  // All in one batch; the offset of the first.
  int64_t PutAll(const std::vector<std::pair<std::string, std::optional<std::string>>>& records,
                 protocol::RecordBatchOptions options = {}) {
    const AppendResult result = Append(MakeKeyedBatch(records, options));
    EXPECT_TRUE(result.ok()) << result.message;
    return result.base_offset;
  }
  static std::string MakeKeyedBatch(const std::vector<std::pair<std::string, std::optional<std::string>>>& records,
                                    protocol::RecordBatchOptions options = {}) {
    protocol::RecordBatchBuilder builder(options);
    int64_t timestamp_ms = 1'000;
    for (const auto& [key, value] : records) {
      protocol::NewRecord record{.timestamp = timestamp_ms++, .key = key};
      if (value) record.value = *value;
      builder.Append(record);
    }
    std::string bytes;
    EXPECT_TRUE(builder.Build(&bytes).ok());
    return bytes;
  }
  void Mark(int64_t producer_id, int16_t epoch, protocol::ControlType type) {
    const AppendResult result = Append(MarkerBatch(producer_id, epoch, type), {.origin = AppendOrigin::kCoordinator});
    EXPECT_TRUE(result.ok()) << result.message;
  }

  // All batches from an offset on, fetched as a client does: from the end of one to the next.
  std::vector<LeftBatch> ReadBatches(int64_t offset = 0, Isolation isolation = Isolation::kReadUncommitted) const {
    std::vector<LeftBatch> batches;
    protocol::ScratchBuffer scratch;
    while (true) {
      const ReadResult read = log_->Read(offset, {.max_bytes = 700, .isolation = isolation});
      EXPECT_TRUE(read.ok()) << read.message;
      if (!read.ok() || read.records.length == 0) return batches;
      const absl::StatusOr<std::string> bytes = ReadSlice(read.records);
      EXPECT_TRUE(bytes.ok()) << bytes.status();
      if (!bytes.ok()) return batches;
      protocol::RecordBatchReader reader(*bytes);
      protocol::RecordBatchView view;
      while (reader.Next(&view) == protocol::RecordBatchReader::Step::kBatch) {
        EXPECT_TRUE(view.HasRightCrc());
        EXPECT_GE(view.header().last_offset(), offset);
        batches.push_back({.header = view.header(), .records = RecordsOf(view, &scratch)});
        offset = view.header().next_offset();
      }
    }
  }
  static std::vector<LeftRecord> RecordsOf(const protocol::RecordBatchView& batch, protocol::ScratchBuffer* scratch) {
    std::vector<LeftRecord> left;
    protocol::RecordIterator records(batch, scratch);
    protocol::RecordView record;
    while (records.Next(&record) == protocol::RecordIterator::Step::kRecord) {
      LeftRecord& added = left.emplace_back();
      added.offset = record.offset;
      added.key = record.key.value_or("");
      if (record.value) added.value = std::string(*record.value);
      added.timestamp_ms = record.timestamp;
    }
    EXPECT_EQ(records.fault(), protocol::BatchFault::kNone);
    return left;
  }
  // "0:a=1", "3:b=-" for a tombstone, "5:marker"; batches without records as "7:empty".
  std::vector<std::string> Left(Isolation isolation = Isolation::kReadUncommitted) const {
    std::vector<std::string> described;
    for (const LeftBatch& batch : ReadBatches(log_->log_start_offset(), isolation)) {
      if (batch.records.empty()) described.push_back(std::to_string(batch.header.last_offset()) + ":empty");
      for (const LeftRecord& record : batch.records) {
        const std::string what = batch.header.is_control() ? "marker" : record.key + "=" + record.value.value_or("-");
        described.push_back(std::to_string(record.offset) + ":" + what);
      }
    }
    return described;
  }

  size_t SegmentCount() { return CountFiles(".log"); }
  size_t CountFiles(std::string_view ending) {
    size_t count = 0;
    for (const std::string& name : FileNames()) count += name.ends_with(ending) ? 1 : 0;
    return count;
  }

  LogCleanerOptions cleaner_options_;
};

}  // namespace millrace::broker
