#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "absl/strings/str_format.h"
#include "cleaner_fixture.h"
#include "seeds.h"

// Random logs (all codecs, tombstones, several producers, transactions that commit and abort, several cleanings with
// time in between, maps that are too small) against a recomputation in ten lines: what a reader of all records would
// keep who remembers the last one of each key. It would miss a wrong choice of when to clean, and what a crash leaves:
// cleaner_test.cc and cleaner_crash_test.cc are for those.
//
// MILLRACE_CLEANER_SEEDS sets how many seeds are run, MILLRACE_CLEANER_SEED runs that one alone.

namespace millrace::broker {
namespace {

using protocol::Codec;
using protocol::ControlType;

struct Written {
  int64_t offset = 0;
  std::string key;
  std::optional<std::string> value;
  bool aborted = false;
};

class ModelRun : public CleanerFixture {
 public:
  explicit ModelRun(uint64_t seed) : CleanerFixture(seed), random_(seed * 104'729 + 3) {
    config_.segment_bytes = 600 + static_cast<int64_t>(Below(3'000));
    config_.delete_retention_ms = static_cast<int64_t>(Below(2) * 1'000);
    if (Below(3) == 0) cleaner_options_.map_bytes_max = static_cast<int64_t>(24 * (2 + Below(20)));
    disk_.SetShortReads(Below(4) == 0);
  }
  void TestBody() override {}

  void Run() {
    Open();
    for (int round = 0; round < 4; ++round) {
      for (uint64_t i = 0, count = 10 + Below(60); i < count; ++i) Step();
      if (Below(3) == 0) EndTransactions();
      const std::vector<LeftBatch> before = ReadBatches();
      const int64_t end = log_->log_end_offset();
      RunCleaner();
      clean_end_ = std::max(clean_end_, directory_->cleaner_offsets().Get(kPartition).value_or(0));
      Check(before);
      ASSERT_EQ(log_->log_end_offset(), end);
      if (Below(3) == 0) {
        KillAndReopen();
        Check(before);
      }
      clock_.AdvanceMs(static_cast<int64_t>(Below(1'500)));
      if (HasFailure()) return;
    }
    Drop();
  }

 private:
  uint64_t Below(uint64_t bound) { return random_() % bound; }
  Codec AnyCodec() { return static_cast<Codec>(Below(5)); }

  void Step() {
    const auto producer = static_cast<int64_t>(Below(3));
    switch (Below(6)) {
      case 0:
        Send({.codec = AnyCodec()});
        break;
      case 1:
        if (open_.count(producer) > 0) End(producer);
        break;
      default:
        Send({.codec = AnyCodec(),
              .producer_id = producer,
              .producer_epoch = 0,
              .base_sequence = sequences_[producer],
              .transactional = producer != 0});
    }
  }

  void Send(const protocol::RecordBatchOptions& options) {
    std::vector<std::pair<std::string, std::optional<std::string>>> records;
    for (uint64_t i = 0, count = 1 + Below(6); i < count; ++i) {
      records.emplace_back("key-" + std::to_string(Below(12)), std::nullopt);
      if (Below(4) != 0) records.back().second = "value-" + std::to_string(next_value_++) + std::string(Below(40), '.');
    }
    int64_t offset = PutAll(records, options);
    for (const auto& [key, value] : records) {
      if (options.transactional) open_[options.producer_id].push_back(written_.size());
      written_.push_back({.offset = offset++, .key = key, .value = value});
    }
    if (options.producer_id >= 0) sequences_[options.producer_id] += static_cast<int32_t>(records.size());
  }

  void End(int64_t producer) {
    const bool abort = Below(2) == 0;
    Mark(producer, 0, abort ? ControlType::kAbort : ControlType::kCommit);
    for (const size_t i : open_[producer]) written_[i].aborted = abort;
    open_.erase(producer);
  }
  void EndTransactions() {
    while (!open_.empty()) End(open_.begin()->first);
  }

  // The ten lines.
  std::map<std::string, Written> LastOfEachKey(int64_t end) const {
    std::map<std::string, Written> last;
    for (const Written& record : written_) {
      if (record.offset < end && !record.aborted) last[record.key] = record;
    }
    return last;
  }

  void Check(const std::vector<LeftBatch>& before) {
    const std::vector<LeftBatch> after = ReadBatches();
    std::set<int64_t> left;
    CheckRecords(after, &left);
    if (HasFatalFailure()) return;
    for (const auto& [key, record] : LastOfEachKey(clean_end_)) {
      ASSERT_TRUE(!record.value || left.count(record.offset) > 0) << key << " is gone, offset " << record.offset;
    }
    for (const Written& record : written_) {
      ASSERT_TRUE(record.offset < clean_end_ || left.count(record.offset) > 0) << record.offset << " was not cleaned";
    }
    CheckTombstones(before, left);
    CheckBatches(before, after);
    CheckReadCommitted();
  }

  // All that is left was written, and of what was cleaned nothing is left but the last of each key.
  void CheckRecords(const std::vector<LeftBatch>& batches, std::set<int64_t>* left) const {
    std::map<int64_t, Written> all;
    for (const Written& record : written_) all[record.offset] = record;
    const std::map<std::string, Written> last = LastOfEachKey(clean_end_);
    for (const LeftBatch& batch : batches) {
      if (batch.header.is_control()) continue;
      for (const LeftRecord& record : batch.records) {
        left->insert(record.offset);
        ASSERT_EQ(all.count(record.offset), 1u) << record.offset;
        const Written& written = all[record.offset];
        ASSERT_EQ(record.key, written.key) << record.offset;
        ASSERT_EQ(record.value, written.value) << record.offset;
        if (record.offset >= clean_end_) continue;
        ASSERT_FALSE(written.aborted) << "offset " << record.offset << " was aborted";
        ASSERT_EQ(record.offset, last.at(record.key).offset) << "not the last one of " << record.key;
        ASSERT_TRUE(record.value || batch.header.delete_horizon_ms()) << record.offset;
      }
    }
  }

  // A tombstone that was the last of its key goes only when the batch that held it had a horizon that has passed.
  void CheckTombstones(const std::vector<LeftBatch>& before, const std::set<int64_t>& left) const {
    const std::map<std::string, Written> last = LastOfEachKey(log_->log_end_offset());
    for (const LeftBatch& batch : before) {
      if (batch.header.is_control()) continue;
      for (const LeftRecord& record : batch.records) {
        const bool is_last = last.count(record.key) > 0 && last.at(record.key).offset == record.offset;
        if (record.value || !is_last || left.count(record.offset) > 0) continue;
        const std::optional<int64_t> horizon_ms = batch.header.delete_horizon_ms();
        // Without any retention it may come and go in two passes of one cleaning.
        if (!horizon_ms && config_.delete_retention_ms == 0) continue;
        ASSERT_TRUE(horizon_ms && *horizon_ms <= clock_.WallMs()) << "tombstone " << record.offset << " went too soon";
      }
    }
  }

  // Batches that are left cover what they covered, in the same codec; of each producer the last one is there.
  void CheckBatches(const std::vector<LeftBatch>& before, const std::vector<LeftBatch>& after) const {
    std::map<int64_t, protocol::RecordBatchHeader> by_base;
    for (const LeftBatch& batch : before) by_base[batch.header.base_offset] = batch.header;
    std::map<int64_t, int32_t> next_sequences;
    int64_t end = 0;
    for (const LeftBatch& batch : after) {
      ASSERT_GE(batch.header.base_offset, end);
      end = batch.header.next_offset();
      const protocol::RecordBatchHeader& old = by_base.at(batch.header.base_offset);
      ASSERT_EQ(batch.header.last_offset(), old.last_offset());
      ASSERT_EQ(batch.header.base_sequence, old.base_sequence);
      ASSERT_EQ(batch.header.producer_id, old.producer_id);
      ASSERT_EQ(batch.header.producer_epoch, old.producer_epoch);
      ASSERT_EQ(batch.header.is_transactional(), old.is_transactional());
      ASSERT_TRUE(batch.records.empty() || batch.header.codec() == old.codec());
      if (batch.header.base_sequence >= 0) next_sequences[batch.header.producer_id] = batch.header.last_sequence() + 1;
    }
    ASSERT_EQ(end, log_->log_end_offset()) << "readers get to the end";
    ASSERT_EQ(next_sequences, sequences_);
  }

  // A consumer that goes by the aborted transactions of its fetches sees committed records only.
  void CheckReadCommitted() const {
    std::set<int64_t> aborted_offsets;
    for (const Written& record : written_) {
      if (record.aborted) aborted_offsets.insert(record.offset);
    }
    protocol::ScratchBuffer scratch;
    for (int64_t offset = 0; offset < log_->last_stable_offset();) {
      const ReadResult read = log_->Read(offset, {.max_bytes = 500, .isolation = Isolation::kReadCommitted});
      ASSERT_TRUE(read.ok()) << read.message;
      if (read.records.length == 0) break;
      const std::string bytes = *ReadSlice(read.records);
      protocol::RecordBatchReader reader(bytes);
      protocol::RecordBatchView batch;
      std::vector<AbortedTransaction> to_come = read.aborted;
      std::set<int64_t> aborting;
      while (reader.Next(&batch) == protocol::RecordBatchReader::Step::kBatch) {
        offset = batch.header().next_offset();
        std::erase_if(to_come, [&](const AbortedTransaction& aborted) {
          if (aborted.first_offset > batch.header().last_offset()) return false;
          aborting.insert(aborted.producer_id);
          return true;
        });
        if (batch.header().is_control()) aborting.erase(batch.header().producer_id);
        if (batch.header().is_control() || aborting.count(batch.header().producer_id) > 0) continue;
        for (const LeftRecord& record : RecordsOf(batch, &scratch)) {
          ASSERT_EQ(aborted_offsets.count(record.offset), 0u) << "an aborted record is seen: " << record.offset;
        }
      }
    }
  }

  std::mt19937_64 random_;
  std::vector<Written> written_;                 // by offset
  std::map<int64_t, std::vector<size_t>> open_;  // transactions: producer -> indexes in written_
  std::map<int64_t, int32_t> sequences_;         // the next one of each producer
  int64_t clean_end_ = 0;
  int next_value_ = 0;
};

TEST(CleanerModelTest, RandomLogsAreLeftAsTenLinesSay) {
  ForEachSeed("MILLRACE_CLEANER_SEED", 300, [](uint64_t seed) { ModelRun(seed).Run(); });
}

}  // namespace
}  // namespace millrace::broker
