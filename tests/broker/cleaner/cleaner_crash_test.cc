#include <algorithm>
#include <cstdlib>
#include <limits>
#include <map>
#include <random>
#include <set>

#include "absl/strings/str_format.h"
#include "cleaner_fixture.h"
#include "seeds.h"

// A compacted log under random work, with the power cut, the process killed, or an operation failing, most of them in
// the middle of a cleaning; after each start:
//
//   - of each key the last durable record is there, unless it is a tombstone, at its offset;
//   - nothing is there that was not written at that offset;
//   - the log opens, its end does not go back, and none of the cleaner's files is left.
//
// MILLRACE_CRASH_SEEDS sets how many seeds are run, MILLRACE_CRASH_SEED runs that one alone.

namespace millrace::broker {
namespace {

using testing::FileOperation;

class CleanerCrashRun : public CleanerFixture {
 public:
  explicit CleanerCrashRun(uint64_t seed) : CleanerFixture(seed), random_(seed * 15'485'863 + 11) {
    config_.segment_bytes = 400 + static_cast<int64_t>(Below(1'500));
    config_.delete_retention_ms = static_cast<int64_t>(Below(3) * 500);
    config_.file_delete_delay_ms = static_cast<int64_t>(Below(2) * 1'000);
    config_.delete_old = Below(4) == 0;
    config_.retention_ms = -1;
    fsync_ = Below(5) != 0;
    if (Below(3) == 0) cleaner_options_.map_bytes_max = static_cast<int64_t>(24 * (2 + Below(10)));
    disk_.SetShortReads(Below(4) == 0);
  }
  void TestBody() override {}

  void Run() {
    for (int life = 0; life < 5; ++life) {
      if (Below(3) == 0) disk_.CutPowerAfter(1 + static_cast<int64_t>(Below(30)));
      const absl::Status opened = TryOpen();
      if (opened.ok()) {
        Check();
        if (!HasFailure()) Work();
        if (HasFailure()) return;
      } else {
        ASSERT_FALSE(disk_.has_power()) << "a start fails though the disk is well: " << opened;
      }
      BringBack();
    }
    const absl::Status opened = TryOpen();
    ASSERT_TRUE(opened.ok()) << opened;
    Check();
    Drop();
  }

 private:
  uint64_t Below(uint64_t bound) { return random_() % bound; }

  // When one seed is looked at alone, it tells what it does.
  template <class... Args>
  static void Tell(const absl::FormatSpec<Args...>& format, const Args&... args) {
    if (std::getenv("MILLRACE_CRASH_SEED") != nullptr) absl::PrintF("%s\n", absl::StrFormat(format, args...));
  }

  // Without fsync nothing is promised for a power loss. A process may die at any operation, too.
  void BringBack() {
    if (std::exchange(kill_next_, false) || !fsync_ || Below(3) == 0) {
      disk_.KillProcess();
      Drop();
      Tell("killed");
      return;
    }
    disk_.CutPowerAfter(0);
    Drop();
    disk_.Restart();
    lost_power_ = true;
    Tell("lost power");
  }

  void Work() {
    while (disk_.has_power() && log_->health().ok()) {
      for (uint64_t i = 0, count = Below(40); i < count; ++i) AppendOne();
      if (Below(2) == 0) MakeAllDurable();
      if (Below(4) == 0 && config_.delete_old) DeleteSome();
      if (Below(4) == 0) directory_->RunMaintenance();
      clock_.AdvanceMs(static_cast<int64_t>(Below(700)));
      PrepareTrouble();
      const int cleaned = RunCleaner();
      Tell("cleaner: %d of %d to %d, %s", cleaned, log_->log_start_offset(), log_->log_end_offset(),
           log_->health().ToString());
      if (kill_next_ || Below(12) == 0) return;
    }
  }

  void PrepareTrouble() {
    constexpr FileOperation kFailing[] = {FileOperation::kSync, FileOperation::kWrite, FileOperation::kRename,
                                          FileOperation::kCreate, FileOperation::kRead};
    switch (Below(5)) {
      case 0:
      case 1:
        disk_.CutPowerAfter(1 + static_cast<int64_t>(Below(60)));
        break;
      case 2:
        // What failed is the operation only; the broker is killed then, while the machine goes on.
        disk_.FailOperation(kFailing[Below(5)], 1 + static_cast<int64_t>(Below(12)));
        kill_next_ = true;
        break;
      default:
        break;
    }
  }

  void AppendOne() {
    std::vector<std::pair<std::string, std::optional<std::string>>> records;
    for (uint64_t i = 0, count = 1 + Below(3); i < count; ++i) {
      records.emplace_back("key-" + std::to_string(Below(6)), std::nullopt);
      if (Below(5) != 0) records.back().second = std::to_string(next_value_++) + std::string(Below(50), '.');
    }
    const AppendResult result = Append(MakeKeyedBatch(records, {.codec = static_cast<protocol::Codec>(Below(5))}));
    int64_t offset = result.ok() ? result.base_offset : log_->log_end_offset();
    for (const auto& [key, value] : records) {
      written_[offset].insert(key + "=" + value.value_or("-"));
      if (result.ok()) latest_[offset] = {key, value};
      ++offset;
    }
  }

  void MakeAllDurable() {
    const int64_t end = log_->log_end_offset();
    if (MakeDurable().ok() && fsync_) durable_end_ = std::max(durable_end_, end);
    Tell("durable up to %d", durable_end_);
  }

  void DeleteSome() {
    const auto range = static_cast<uint64_t>(log_->log_end_offset() - log_->log_start_offset() + 1);
    const int64_t offset = log_->log_start_offset() + static_cast<int64_t>(Below(range));
    Tell("delete records before %d", offset);
    deleted_before_ = std::max(deleted_before_, offset);
    log_->DeleteRecordsBefore(offset);
  }

  void Check() {
    Tell("opened: %d to %d, durable up to %d", log_->log_start_offset(), log_->log_end_offset(), durable_end_);
    std::map<int64_t, std::string> found;
    for (const LeftBatch& batch : ReadBatches(log_->log_start_offset())) {
      for (const LeftRecord& record : batch.records) {
        const std::string text = record.key + "=" + record.value.value_or("-");
        ASSERT_TRUE(written_[record.offset].count(text)) << record.offset << " holds " << text;
        found[record.offset] = text;
      }
    }
    ASSERT_LE(log_->log_start_offset(), deleted_before_);
    ASSERT_GE(log_->log_end_offset(), durable_end_);
    for (const std::string& name : FileNames()) {
      ASSERT_FALSE(name.ends_with(".cleaned") || name.ends_with(".swap")) << name;
    }
    CheckLastOfEachKey(found);
    TakeForGranted(found);
    lost_power_ = false;
  }

  // A killed process loses nothing, so the last record that was appended is there. With the power goes what was not
  // durable; but a later record of the key may have been on the disk, and the cleaner have gone by it.
  void CheckLastOfEachKey(const std::map<int64_t, std::string>& found) {
    const int64_t known_end = lost_power_ ? durable_end_ : std::numeric_limits<int64_t>::max();
    std::map<std::string, int64_t> last;
    for (const auto& [offset, record] : latest_) {
      if (offset < known_end) last[record.first] = offset;
    }
    for (const auto& [key, offset] : last) {
      if (offset < std::max(deleted_before_, log_->log_start_offset()) || !latest_[offset].second) continue;
      bool is_there = found.count(offset) > 0;
      if (lost_power_) {
        for (auto later = found.upper_bound(offset); later != found.end(); ++later) {
          is_there = is_there || later->second.rfind(key + "=", 0) == 0;
        }
        for (auto later = latest_.upper_bound(offset); later != latest_.end(); ++later) {
          is_there = is_there || (later->second.first == key && !later->second.second);
        }
      }
      ASSERT_TRUE(is_there) << key << " at " << offset << " is gone; all below " << known_end << " was durable";
    }
  }

  // The log as it stands is what later checks go by.
  void TakeForGranted(const std::map<int64_t, std::string>& found) {
    latest_.clear();
    for (const auto& [offset, text] : found) {
      const size_t equals = text.find('=');
      const std::string value = text.substr(equals + 1);
      latest_[offset] = {text.substr(0, equals), value == "-" ? std::nullopt : std::optional<std::string>(value)};
    }
  }

  std::mt19937_64 random_;
  std::map<int64_t, std::set<std::string>> written_;  // what may stand at an offset
  std::map<int64_t, std::pair<std::string, std::optional<std::string>>> latest_;
  int64_t durable_end_ = 0;
  int64_t deleted_before_ = 0;
  int next_value_ = 0;
  bool kill_next_ = false;
  bool lost_power_ = false;
};

TEST(CleanerCrashTest, NoSeedLosesTheLastRecordOfAKey) {
  ForEachSeed("MILLRACE_CRASH_SEED", 400, [](uint64_t seed) { CleanerCrashRun(seed).Run(); });
}

// Every single operation of one cleaning, rather than some of many.
class EveryOperation : public CleanerFixture {
 public:
  explicit EveryOperation(uint64_t seed) : CleanerFixture(seed) { config_.segment_bytes = 900; }
  void TestBody() override {}

  // False when the cleaning was over before the `nth` change.
  bool Run(int64_t nth) {
    Open();
    for (int i = 0; i < 40; ++i) Put("k" + std::to_string(i % 7), std::to_string(i) + std::string(60, '.'));
    EXPECT_TRUE(MakeDurable().ok());
    const std::vector<std::string> expected = LastRecords();
    disk_.CutPowerAfter(nth);
    RunCleaner();
    const bool was_cut = !disk_.has_power();
    CrashAndReopen();
    EXPECT_EQ(LastRecords(), expected);
    EXPECT_EQ(CountFiles(".cleaned") + CountFiles(".swap"), 0u);
    RunCleaner();
    EXPECT_EQ(LastRecords(), expected);
    Drop();
    return was_cut;
  }

 private:
  std::vector<std::string> LastRecords() const {
    std::map<std::string, std::string> last;
    for (const LeftBatch& batch : ReadBatches(log_->log_start_offset())) {
      for (const LeftRecord& record : batch.records) {
        last[record.key] = std::to_string(record.offset) + ":" + record.value.value_or("-");
      }
    }
    std::vector<std::string> records;
    for (const auto& [key, record] : last) records.push_back(record);
    return records;
  }
};

TEST(CleanerCrashTest, APowerCutAtEachOperationOfACleaningIsHarmless) {
  const uint64_t seeds = std::max<uint64_t>(FromEnvironment("MILLRACE_CRASH_SEEDS", 400) / 100, 1);
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    int64_t nth = 1;
    for (bool goes_on = true; goes_on; ++nth) {
      SCOPED_TRACE(absl::StrFormat("seed %d, operation %d", seed, nth));
      EveryOperation run(seed);
      goes_on = run.Run(nth);
      if (::testing::Test::HasFailure()) return;
    }
    EXPECT_GT(nth, 50) << "a cleaning is more than that";
  }
}

}  // namespace
}  // namespace millrace::broker
