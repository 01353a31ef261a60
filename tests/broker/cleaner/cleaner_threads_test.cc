#include <atomic>
#include <filesystem>
#include <map>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "cleaner/log_cleaner.h"
#include "cleaner_fixture.h"

// Appends, reads, durable waits and a cleaner that never rests, on threads of their own and real files. What a reader
// misses, or what ThreadSanitizer sees, fails; the order of the work is up to the machine.

namespace millrace::broker {
namespace {

constexpr int kKeys = 25;
constexpr int kRounds = 400;

class CleanerThreadsTest : public ::testing::Test {
 protected:
  CleanerThreadsTest() : path_(::testing::TempDir() + "/cleaner-threads-XXXXXX") {
    SetLogSink([](LogSeverity, std::string_view, std::string_view) {});
    EXPECT_NE(mkdtemp(path_.data()), nullptr);
    config_.compact = true;
    config_.delete_old = false;
    config_.segment_bytes = 20'000;
    config_.min_cleanable_dirty_ratio = 0.01;
    config_.file_delete_delay_ms = 0;
  }
  ~CleanerThreadsTest() override {
    SetLogSink({});
    std::filesystem::remove_all(path_);
  }

  void Open() {
    auto opened = LogDirectory::Open(
        path_, {.config_of = [this](const TopicPartition&) { return config_; }, .checkpoint_interval_ms = 5});
    ASSERT_TRUE(opened.ok()) << opened.status();
    directory_ = *std::move(opened);
    cleaner_ = std::make_unique<LogCleaner>(directory_.get(), &SystemClock::Get(),
                                            LogCleanerOptions{.backoff_ms = 1, .roll_bytes_min = 2'000});
    cleaner_->Start();
  }

  // Value "17" of each key, then "18", and so on; a few records a batch.
  void AppendRounds(PartitionLog* log) {
    for (int round = 0; round < kRounds; ++round) {
      for (int key = 0; key < kKeys; key += 5) {
        std::vector<TestRecord> records;
        for (int i = key; i < key + 5; ++i) records.push_back({.value = absl::StrCat(round), .key = absl::StrCat(i)});
        std::string batch = MakeBatch(records, {.codec = static_cast<protocol::Codec>(round % 5)});
        const AppendResult result = log->Append(absl::MakeSpan(batch), {});
        ASSERT_TRUE(result.ok()) << result.message;
        if (key > 0) continue;
        ASSERT_TRUE(log->WaitDurable(result.durable_at).ok());
      }
      finished_rounds_.store(round + 1);
    }
  }

  // From the first record to what is the end now; of each key the last value.
  std::map<std::string, int> ReadThrough(const PartitionLog& log) {
    std::map<std::string, int> values;
    protocol::ScratchBuffer scratch;
    const int64_t end = log.log_end_offset();
    for (int64_t offset = 0; offset < end;) {
      const ReadResult read = log.Read(offset, {.max_bytes = 5'000});
      EXPECT_TRUE(read.ok()) << read.message;
      if (!read.ok()) return values;
      EXPECT_GT(read.records.length, 0) << "nothing at " << offset << " of " << end;
      if (read.records.length == 0) return values;
      const absl::StatusOr<std::string> bytes = ReadSlice(read.records);
      EXPECT_TRUE(bytes.ok()) << bytes.status();
      protocol::RecordBatchReader reader(*bytes);
      protocol::RecordBatchView batch;
      while (reader.Next(&batch) == protocol::RecordBatchReader::Step::kBatch) {
        EXPECT_TRUE(batch.HasRightCrc());
        protocol::RecordIterator records(batch, &scratch);
        protocol::RecordView record;
        while (records.Next(&record) == protocol::RecordIterator::Step::kRecord) {
          values[std::string(*record.key)] = std::stoi(std::string(*record.value));
        }
        offset = batch.header().next_offset();
      }
    }
    return values;
  }

  std::string path_;
  LogConfig config_;
  std::unique_ptr<LogDirectory> directory_;
  std::unique_ptr<LogCleaner> cleaner_;
  std::atomic<int> finished_rounds_{0};
};

TEST_F(CleanerThreadsTest, ReadersMissNothingWhileALogIsCleanedAndWrittenTo) {
  Open();
  auto log = *directory_->Create({"t", 0}, {}, config_);
  std::atomic<bool> done{false};
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      while (!done.load()) {
        const int finished = finished_rounds_.load();
        const std::map<std::string, int> values = ReadThrough(*log);
        if (finished == 0) continue;
        ASSERT_EQ(values.size(), static_cast<size_t>(kKeys));
        for (const auto& [key, value] : values) ASSERT_GE(value, finished - 1) << "key " << key;
      }
    });
  }
  std::thread durable([&] {
    while (!done.load()) ASSERT_TRUE(log->WaitDurable(log->log_end_offset()).ok());
  });
  AppendRounds(log.get());
  done.store(true);
  for (std::thread& reader : readers) reader.join();
  durable.join();
  const absl::Time deadline = absl::Now() + absl::Seconds(60);
  while (log->size_bytes() > 10'000 && absl::Now() < deadline) absl::SleepFor(absl::Milliseconds(5));
  EXPECT_LE(log->size_bytes(), 10'000) << "400 rounds of 25 records are left";
  cleaner_->Stop();
  EXPECT_EQ(ReadThrough(*log).size(), static_cast<size_t>(kKeys));
  ASSERT_TRUE(directory_->Close().ok());
}

TEST_F(CleanerThreadsTest, ATopicThatIsDeletedAndMadeAgainWhileItIsCleanedIsNotMixedUp) {
  Open();
  for (int life = 0; life < 15; ++life) {
    auto log = *directory_->Create({"t", 0}, {}, config_);
    for (int i = 0; i < 300; ++i) {
      std::string batch =
          MakeBatch({{.value = absl::StrCat(life, "-", i, std::string(50, '.')), .key = absl::StrCat(i % 7)}});
      ASSERT_TRUE(log->Append(absl::MakeSpan(batch), {}).ok());
    }
    const ReadResult read = log->Read(0, {.max_bytes = 1});
    ASSERT_TRUE(read.ok()) << read.message;
    ASSERT_THAT(DescribeRecords(*ReadSlice(read.records)).at(0), ::testing::HasSubstr(absl::StrCat(":", life, "-")));
    const TopicPartition name{"t", 0};
    ASSERT_TRUE(directory_->Delete({&name, 1}).ok());
  }
  cleaner_->Stop();
  ASSERT_TRUE(directory_->Close().ok());
}

}  // namespace
}  // namespace millrace::broker
