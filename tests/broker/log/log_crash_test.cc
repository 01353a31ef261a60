#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "absl/strings/str_format.h"
#include "log_fixture.h"
#include "seeds.h"

// Random work under a seed, with the power cut at any change of the disk, again and again; after each start:
//
//   - what was acknowledged as durable is there, at its offset;
//   - nothing is there that was not sent, and nothing behind a hole: what is missing is a tail;
//   - an offset that anybody can have seen is never handed out again;
//   - the log opens.
//
// MILLRACE_CRASH_SEEDS sets how many seeds are run, MILLRACE_CRASH_SEED runs that one alone.

namespace millrace::broker {
namespace {

// When one seed is looked at alone, it tells what it does.
template <class... Args>
void Tell(const absl::FormatSpec<Args...>& format, const Args&... args) {
  if (std::getenv("MILLRACE_CRASH_SEED") != nullptr) absl::PrintF("%s\n", absl::StrFormat(format, args...));
}

class CrashRun : public LogFixture {
 public:
  explicit CrashRun(uint64_t seed) : LogFixture(seed), random_(seed * 7919 + 1) {
    config_.segment_bytes = 500 + static_cast<int64_t>(random_() % 600);
    config_.index_interval_bytes = 50;
    config_.retention_ms = -1;
    config_.file_delete_delay_ms = 0;
    disk_.SetShortReads(Chance(4));
  }
  void TestBody() override {}

  void Run() {
    for (int life = 0; life < 4; ++life) {
      if (Chance(2)) disk_.CutPowerAfter(1 + static_cast<int64_t>(random_() % 40));
      if (!TryOpen().ok()) {
        ASSERT_FALSE(disk_.has_power()) << "a start fails though the disk is well: " << TryOpen();
        BringBack();
        continue;
      }
      CheckWhatIsThere();
      if (HasFatalFailure()) return;
      if (disk_.has_power()) disk_.CutPowerAfter(1 + static_cast<int64_t>(random_() % 120));
      Work();
      BringBack();
    }
    const absl::Status status = TryOpen();
    ASSERT_TRUE(status.ok()) << status;
    CheckWhatIsThere();
    EXPECT_TRUE(directory_->Close().ok());
    Drop();
  }

 private:
  bool Chance(uint64_t in) { return random_() % in == 0; }

  void BringBack() {
    if (disk_.has_power() && (std::exchange(kill_next_, false) || Chance(4))) {
      Tell("kill");
      disk_.KillProcess();
      Drop();
    } else {
      disk_.CutPowerAfter(0);  // whatever is left to do, nothing more reaches the disk
      Drop();
      Tell("power cut");
      disk_.Restart();
    }
  }

  void Work() {
    while (disk_.has_power()) {
      switch (random_() % 12) {
        case 0:
        case 1:
          NotifyAndFlush();
          break;
        case 2:
          directory_->RunMaintenance();
          break;
        case 3:
          if (Chance(3)) DeleteSome();
          break;
        case 4:
          if (Chance(6)) {
            Close();
            return;
          }
          break;
        case 5:
          if (Chance(4)) TruncateSome();
          break;
        case 6:
          if (Chance(10)) {
            FailASync();
            return;
          }
          break;
        default:
          AppendOne();
      }
      if (Chance(200)) return;
    }
  }

  void AppendOne() {
    std::vector<std::string> values;
    for (uint64_t i = 0; i <= random_() % 3; ++i) {
      values.push_back("v" + std::to_string(sent_++) + std::string(random_() % 120, '.'));
    }
    const bool idempotent = Chance(3);
    std::string batch;
    if (idempotent) {
      batch = ProducerBatchOf(42, epoch_, sequence_, values);
    } else {
      std::vector<TestRecord> records;
      for (const std::string& value : values) records.push_back({.value = value});
      batch = MakeBatch(records);
    }
    if (idempotent) {
      last_sent_ = {.batch = batch, .values = values};
      sequence_ += static_cast<int32_t>(values.size());
    }
    const AppendResult result = Append(batch);
    if (!result.ok() && disk_.has_power()) FAIL() << result.message;
    Tell("append %d records at %d: %s", values.size(), result.base_offset, result.ok() ? "done" : result.message);
    NoteAppended(result, values);
  }

  // A refused batch may still reach the disk; if it does, it stands where the log ended.
  void NoteAppended(const AppendResult& result, const std::vector<std::string>& values) {
    int64_t offset = result.ok() ? result.base_offset : log_->log_end_offset();
    if (result.ok()) {
      ASSERT_GE(offset, next_unseen_) << "an offset that was handed out before";
      next_unseen_ = offset + static_cast<int64_t>(values.size());
    }
    for (const std::string& value : values) {
      written_[offset].insert(value);
      if (result.ok()) latest_[offset] = value;
      ++offset;
    }
  }

  void NotifyAndFlush() {
    const int64_t end = log_->log_end_offset();
    log_->NotifyDurable(end, [&](const absl::Status& status) {
      if (status.ok()) durable_end_ = std::max(durable_end_, end);
    });
    directory_->RunFlushes();
    Tell("flush up to %d, durable up to %d", end, durable_end_);
  }

  // A broker whose sync failed is killed and started again, while the machine goes on with its page cache.
  void FailASync() {
    disk_.FailOperation(testing::FileOperation::kSync);
    NotifyAndFlush();
    if (disk_.has_power()) kill_next_ = true;
  }

  void DeleteSome() {
    const int64_t start = log_->log_start_offset();
    const int64_t end = log_->log_end_offset();
    const int64_t offset = start + static_cast<int64_t>(random_() % static_cast<uint64_t>(end - start + 1));
    Tell("delete records before %d", offset);
    asked_start_ = std::max(asked_start_, offset);
    log_->DeleteRecordsBefore(offset);
  }

  // Gives up durable records on purpose, so what is expected shrinks first.
  void TruncateSome() {
    const int64_t start = log_->log_start_offset();
    const int64_t end = log_->log_end_offset();
    const int64_t offset = start + static_cast<int64_t>(random_() % static_cast<uint64_t>(end - start + 1));
    const auto behind = latest_.lower_bound(offset);
    const int64_t last_kept = behind == latest_.begin() ? -1 : std::prev(behind)->first;
    durable_end_ = std::min(durable_end_, last_kept - 2);  // the batch around the offset goes too
    next_unseen_ = 0;
    ++epoch_;
    sequence_ = 0;
    const bool cut = log_->TruncateTo(offset).ok();
    Tell("cut at %d: %s, ends at %d", offset, cut ? "done" : "failed", log_->log_end_offset());
    if (!cut) return;
    durable_end_ = std::min(durable_end_, log_->log_end_offset());
    latest_.erase(latest_.lower_bound(log_->log_end_offset()), latest_.end());
  }

  void Close() {
    const bool closed = directory_->Close().ok();
    if (closed) durable_end_ = std::max(durable_end_, log_->log_end_offset());
    disk_.CutPowerAfter(0);
  }

  void CheckWhatIsThere() {
    const int64_t start = log_->log_start_offset();
    Tell("opened: %d to %d, durable up to %d", start, log_->log_end_offset(), log_->durable_end_offset());
    ASSERT_LE(start, asked_start_);
    ASSERT_TRUE(durable_end_ <= 0 || log_->topic_id() == kTopicId);
    std::map<int64_t, std::string> found;
    for (const std::string& record : ReadFrom(start)) {
      const size_t colon = record.find(':');
      found[std::stoll(record.substr(0, colon))] = record.substr(colon + 1);
    }
    for (const auto& [offset, value] : found) {
      ASSERT_TRUE(written_[offset].count(value)) << "offset " << offset << " holds what nobody wrote there: " << value;
    }
    for (const auto& [offset, value] : latest_) {
      if (offset >= durable_end_ || offset < std::max(start, asked_start_)) continue;
      ASSERT_EQ(found.count(offset), 1u) << "durable offset " << offset << " of those below " << durable_end_
                                         << " is gone";
      ASSERT_EQ(found[offset], value);
    }
    // What was written in this log and is missing must be a tail of what was written before the crash.
    bool missing = false;
    for (const auto& [offset, value] : latest_) {
      if (offset < std::max(start, asked_start_)) continue;
      const auto there = found.find(offset);
      ASSERT_FALSE(missing && there != found.end() && there->second == value)
          << "offset " << offset << " is there, but one before it is lost";
      if (there == found.end() || there->second != value) missing = true;
    }
    // Lost offsets are gone for good; so is what the tail held.
    latest_.clear();
    for (const auto& [offset, value] : found) latest_[offset] = value;
    ASSERT_GE(log_->log_end_offset(), next_unseen_) << "the log would hand out offsets again";
    ResendLast(found);
    ++epoch_;
    sequence_ = 0;
  }

  // What a producer does that was told nothing: a batch that survived must not be stored twice.
  void ResendLast(const std::map<int64_t, std::string>& found) {
    if (last_sent_.values.empty()) return;
    const Sent sent = std::exchange(last_sent_, {});
    const auto survived = std::find_if(found.begin(), found.end(),
                                       [&](const auto& record) { return record.second == sent.values.front(); });
    const AppendResult result = Append(sent.batch);
    Tell("resend: %s", result.ok() ? (result.duplicate ? "duplicate" : "appended") : result.message);
    if (survived != found.end() && disk_.has_power()) {
      ASSERT_TRUE(result.duplicate) << "offset " << survived->first << " is stored twice";
      ASSERT_EQ(result.base_offset, survived->first);
    } else if (result.duplicate) {
      ASSERT_LT(result.base_offset, log_->log_start_offset()) << "a batch that was lost counts as stored";
    } else if (result.ok() || !disk_.has_power()) {
      NoteAppended(result, sent.values);
    }
  }

  struct Sent {
    std::string batch;
    std::vector<std::string> values;
  };

  std::mt19937_64 random_;
  int sent_ = 0;
  Sent last_sent_;  // by the idempotent producer
  int16_t epoch_ = 0;
  int32_t sequence_ = 0;
  std::map<int64_t, std::set<std::string>> written_;  // what may stand at an offset
  std::map<int64_t, std::string> latest_;             // what stood there when it was last known
  int64_t durable_end_ = 0;
  int64_t next_unseen_ = 0;  // behind the largest offset that anybody can have seen
  int64_t asked_start_ = 0;
  bool kill_next_ = false;
};

TEST(LogCrashTest, NoSeedLosesWhatIsDurableOrInventsAnything) {
  ForEachSeed("MILLRACE_CRASH_SEED", 400, [](uint64_t seed) { CrashRun(seed).Run(); });
}

}  // namespace
}  // namespace millrace::broker
