#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "log/log_directory.h"
#include "millrace/base/clock.h"
#include "millrace/base/log.h"
#include "millrace/base/testing/faulty_file_system.h"
#include "test_batch.h"

namespace millrace::broker {

// A broker's storage on a disk that can crash, with the one partition "t-0", driven from the test's thread.
class LogFixture : public ::testing::Test {
 protected:
  static constexpr const char* kDataDirectory = "/data";

  explicit LogFixture(uint64_t seed = 1) : disk_(seed) {
    SetLogSink([](LogSeverity, std::string_view, std::string_view) {});
  }
  ~LogFixture() override { SetLogSink({}); }

  LogDirectoryOptions Options() {
    return {.file_system = &disk_,
            .clock = &clock_,
            .cluster_id = "test-cluster",
            .fsync = fsync_,
            .flush_threads = 0,
            .recovery_threads = 1,
            .config_of = [this](const TopicPartition&) { return config_; }};
  }
  absl::Status TryOpen() {
    absl::StatusOr<std::unique_ptr<LogDirectory>> opened = LogDirectory::Open(kDataDirectory, Options());
    if (!opened.ok()) return opened.status();
    directory_ = *std::move(opened);
    log_ = directory_->Find(kPartition);
    if (log_ != nullptr) return absl::OkStatus();
    const auto created = directory_->Create(kPartition, kTopicId, config_);
    if (created.ok()) log_ = *created;
    return created.status();
  }
  // Opens the data directory; the partition is made when it is not there.
  void Open() {
    const absl::Status status = TryOpen();
    ASSERT_TRUE(status.ok()) << status;
  }
  void CloseCleanly() {
    const absl::Status status = directory_->Close();
    ASSERT_TRUE(status.ok()) << status;
    Drop();
  }
  void Drop() {
    log_.reset();
    directory_.reset();
  }
  // kill -9, then a new start.
  void KillAndReopen() {
    disk_.KillProcess();
    Drop();
    Open();
  }
  // The machine loses power, then boots, and the broker starts.
  void CrashAndReopen() {
    Drop();
    disk_.Restart();
    Open();
  }

  AppendResult Append(std::string batch, AppendOptions options = {}) {
    return log_->Append(absl::MakeSpan(batch), options);
  }
  // Appends a batch for each value; returns the last one's offset.
  int64_t AppendValues(const std::vector<std::string>& values) {
    AppendResult result;
    for (const std::string& value : values) {
      result = Append(BatchOf(value));
      EXPECT_TRUE(result.ok()) << result.message;
    }
    return result.base_offset;
  }
  // As a client with acks=all.
  void AppendDurably(const std::vector<std::string>& values) {
    AppendValues(values);
    const absl::Status status = MakeDurable();
    EXPECT_TRUE(status.ok()) << status;
  }
  absl::Status MakeDurable() {
    absl::Status result = absl::UnknownError("not called back");
    log_->NotifyDurable(log_->log_end_offset(), [&](absl::Status status) { result = std::move(status); });
    directory_->RunFlushes();
    return result;
  }

  // Everything from an offset on, fetched as a client does.
  std::vector<std::string> ReadFrom(int64_t offset, Isolation isolation = Isolation::kReadUncommitted) {
    std::vector<std::string> all;
    while (true) {
      const ReadResult read = log_->Read(offset, {.max_bytes = 1 << 20, .isolation = isolation});
      EXPECT_TRUE(read.ok()) << read.message;
      if (!read.ok() || read.records.length == 0) return all;
      const absl::StatusOr<std::string> bytes = ReadSlice(read.records);
      EXPECT_TRUE(bytes.ok()) << bytes.status();
      const std::vector<std::string> records = DescribeRecords(*bytes);
      for (const std::string& record : records) {
        if (std::stoll(record) >= offset) all.push_back(record);
      }
      offset = std::stoll(records.back()) + 1;
    }
  }
  std::vector<std::string> ReadAll() { return ReadFrom(log_->log_start_offset()); }

  std::string PathOf(const std::string& name) const { return std::string(kDataDirectory) + "/t-0/" + name; }
  std::vector<std::string> FileNames() {
    std::vector<std::string> names;
    const auto entries = disk_.List(std::string(kDataDirectory) + "/t-0");
    for (const DirectoryEntry& entry : *entries) names.push_back(entry.name);
    return names;
  }

  inline static const TopicPartition kPartition{.topic = "t", .partition = 0};
  inline static const protocol::Uuid kTopicId{.bytes = {1, 2, 3}};

  testing::FaultyFileSystem disk_;
  ManualClock clock_{1'000'000};
  bool fsync_ = true;
  LogConfig config_;
  std::unique_ptr<LogDirectory> directory_;
  std::shared_ptr<PartitionLog> log_;
};

}  // namespace millrace::broker
