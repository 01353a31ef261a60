#include <atomic>
#include <cstdlib>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "absl/synchronization/blocking_counter.h"
#include "gtest/gtest.h"
#include "log/log_directory.h"
#include "test_batch.h"

// Appenders, readers and flushers at once, on the real disk; the thread sanitizer's work.

namespace millrace::broker {
namespace {

class LogThreadsTest : public ::testing::Test {
 protected:
  LogThreadsTest() {
    std::string pattern = ::testing::TempDir() + "millrace-threads-XXXXXX";
    path_ = mkdtemp(pattern.data());
    config_.retention_ms = -1;
    config_.segment_bytes = 20'000;
    config_.index_interval_bytes = 200;
    config_.file_delete_delay_ms = 0;
    auto opened =
        LogDirectory::Open(path_, {.flush_threads = 2, .retention_check_interval_ms = 5, .checkpoint_interval_ms = 5});
    EXPECT_TRUE(opened.ok()) << opened.status();
    logs_ = *std::move(opened);
    log_ = *logs_->Create({"t", 0}, {}, config_);
  }
  ~LogThreadsTest() override {
    EXPECT_TRUE(logs_->Close().ok());
    EXPECT_TRUE(RemoveTree(PosixFileSystem::Get(), path_).ok());
  }

  std::string path_;
  LogConfig config_;
  std::unique_ptr<LogDirectory> logs_;
  std::shared_ptr<PartitionLog> log_;
};

TEST_F(LogThreadsTest, DurableAnswersAndReadsAgreeWithWhatWasAppended) {
  constexpr int kAppenders = 4;
  constexpr int kBatches = 300;
  std::mutex mutex;
  std::map<int64_t, std::string> durable;
  absl::BlockingCounter answered(kAppenders * kBatches);
  std::atomic<bool> done{false};

  std::vector<std::thread> threads;
  for (int appender = 0; appender < kAppenders; ++appender) {
    threads.emplace_back([&, appender] {
      for (int i = 0; i < kBatches; ++i) {
        const std::string value = std::to_string(appender) + "/" + std::to_string(i) + std::string(100, '.');
        std::string batch = BatchOf(value);
        const AppendResult result = log_->Append(absl::MakeSpan(batch), {});
        ASSERT_TRUE(result.ok()) << result.message;
        log_->NotifyDurable(result.durable_at, [&, value, offset = result.base_offset](const absl::Status& status) {
          EXPECT_TRUE(status.ok()) << status;
          {
            const std::scoped_lock lock(mutex);
            durable[offset] = value;
          }
          answered.DecrementCount();
        });
      }
    });
  }
  threads.emplace_back([&] {
    int64_t offset = 0;
    while (!done.load() || offset < kAppenders * kBatches) {
      const ReadResult read = log_->Read(offset, {.max_bytes = 10'000});
      ASSERT_TRUE(read.ok()) << read.message;
      if (read.records.length == 0) continue;
      const auto bytes = ReadSlice(read.records);
      ASSERT_TRUE(bytes.ok()) << bytes.status();
      for (const std::string& record : DescribeRecords(*bytes)) {
        if (std::stoll(record) < offset) continue;
        ASSERT_EQ(std::stoll(record), offset);
        ++offset;
      }
    }
  });
  answered.Wait();
  done.store(true);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(durable.size(), static_cast<size_t>(kAppenders * kBatches));
  EXPECT_EQ(log_->durable_end_offset(), kAppenders * kBatches);
}

TEST_F(LogThreadsTest, ReadersLiveThroughRetentionAndDeletion) {
  std::atomic<bool> done{false};
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 3; ++reader) {
    readers.emplace_back([&] {
      int64_t offset = 0;
      while (!done.load()) {
        const ReadResult read = log_->Read(offset, {.max_bytes = 5'000});
        if (read.error == protocol::ErrorCode::kOffsetOutOfRange) {
          offset = log_->log_start_offset();
          continue;
        }
        ASSERT_TRUE(read.ok()) << read.message;
        if (read.records.length == 0) continue;
        const auto bytes = ReadSlice(read.records);
        ASSERT_TRUE(bytes.ok()) << bytes.status();
        offset = std::stoll(DescribeRecords(*bytes).back()) + 1;
      }
    });
  }
  for (int i = 0; i < 2'000; ++i) {
    std::string batch = BatchOf(std::string(100, 'x'));
    ASSERT_TRUE(log_->Append(absl::MakeSpan(batch), {}).ok());
    if (i % 100 == 99) log_->DeleteRecordsBefore(i - 50);
    if (i % 200 == 199) logs_->RunMaintenance();
  }
  EXPECT_GT(log_->log_start_offset(), 1'000);
  done.store(true);
  for (std::thread& reader : readers) reader.join();
}

TEST_F(LogThreadsTest, EveryDurableWaitIsAnsweredWhenTheLogIsDeleted) {
  constexpr int kWaits = 200;
  std::atomic<int> answers{0};
  std::thread deleter([&] {
    while (log_->log_end_offset() < kWaits / 2) std::this_thread::yield();
    const std::vector<TopicPartition> gone = {{"t", 0}};
    EXPECT_TRUE(logs_->Delete(gone).ok());
  });
  int waits = 0;
  for (int i = 0; i < kWaits; ++i) {
    std::string batch = BatchOf("x");
    const AppendResult result = log_->Append(absl::MakeSpan(batch), {});
    if (!result.ok()) break;
    ++waits;
    log_->NotifyDurable(result.durable_at, [&](const absl::Status&) { ++answers; });
  }
  deleter.join();
  EXPECT_TRUE(logs_->Close().ok());
  EXPECT_EQ(answers.load(), waits);
}

}  // namespace
}  // namespace millrace::broker
