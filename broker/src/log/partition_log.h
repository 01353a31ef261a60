#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "append_result.h"
#include "batch_validator.h"
#include "flush_queue.h"
#include "leader_epochs.h"
#include "log_config.h"
#include "log_loader.h"
#include "log_reader.h"
#include "log_services.h"
#include "millrace/base/log.h"
#include "millrace/protocol/error_code.h"
#include "millrace/protocol/uuid.h"
#include "producer_states.h"
#include "segment_list.h"
#include "topic_partition.h"
#include "transaction_gate.h"

namespace millrace::broker {

struct AppendOptions {
  AppendOrigin origin = AppendOrigin::kClient;
  int32_t leader_epoch = 0;
  // Asked about a transactional batch whose producer has no open transaction here; null: such batches are let in.
  const TransactionGate* gate = nullptr;
};

struct EpochEnd {
  int32_t leader_epoch = -1;
  int64_t end_offset = -1;
};

// For DescribeProducers.
struct ActiveProducer {
  int64_t producer_id = -1;
  int32_t producer_epoch = -1;
  int32_t last_sequence = -1;
  int64_t last_timestamp_ms = -1;
  int32_t coordinator_epoch = -1;
  int64_t current_transaction_start_offset = -1;
};

// What the cleaner needs to know of a log. Immutable.
struct CleaningView {
  std::shared_ptr<const SegmentList> segments;
  int64_t start_offset = 0;
  int64_t end_offset = 0;
  // Behind it nothing may be cleaned: a transaction is open, or what recovery may have to read begins.
  int64_t cleanable_end = 0;
};

// The batch that holds a producer's last sequence, or when there is none, its last epoch.
struct LastOfProducer {
  std::optional<int64_t> last_data_offset;
  int16_t epoch = protocol::kNoProducerEpoch;
};

// The log of one partition: a directory of segments in Kafka's on-disk format. Made and owned by a LogDirectory;
// whoever uses it holds the shared_ptr. Once its topic is deleted, or the directory closed, appends answer
// kKafkaStorageError.
//
// Appends are serialised; reads never wait for them. After a failed fsync the log answers every append and durable wait
// with kKafkaStorageError until the broker is started again; reads go on. After a full disk the next append is tried
// anew.
//
//   AppendResult appended = log->Append(absl::MakeSpan(batch), {});
//   log->NotifyDurable(appended.durable_at, [](absl::Status status) { /* answer acks=all */ });
//   ReadResult read = log->Read(offset, {.max_bytes = 1 << 20});
//
// Thread-safe.
class PartitionLog final : public Flushable, public std::enable_shared_from_this<PartitionLog> {
 public:
  // `directory` holds what LoadLog() found; `services` outlives the log.
  PartitionLog(const LogServices& services, std::string directory, TopicPartition topic_partition, LogConfig config,
               LoadedLog loaded);
  ~PartitionLog() override;
  PartitionLog(const PartitionLog&) = delete;
  PartitionLog& operator=(const PartitionLog&) = delete;

  // Appends one or more record batches (magic 2, back to back): checks them whole (CRC, counts, timestamps, keys,
  // sequences), then writes offsets, leader epoch and, with LogAppendTime, the time into `batches` and the bytes to the
  // page cache. A batch with a producer id stands alone. Blocks only for the disk: the write, and rarely the synced
  // reservation of offsets.
  AppendResult Append(absl::Span<char> batches, const AppendOptions& options) ABSL_LOCKS_EXCLUDED(append_mutex_);

  // Calls back once everything below `end_offset` is on the disk, files and directory entries: on the calling thread
  // when that is so already (or fsync is off), else on a flusher thread, where the callback must not block.
  void NotifyDurable(int64_t end_offset, DurableCallback callback);
  absl::Status WaitDurable(int64_t end_offset);

  // kOffsetOutOfRange below log_start_offset and above log_end_offset; an empty slice at the end.
  ReadResult Read(int64_t offset, const ReadOptions& options) const;

  // ListOffsets. By timestamp: the first record whose timestamp is at or after it, nullopt when there is none. Max
  // timestamp: the first record that has it, nullopt for a log without timestamps.
  absl::StatusOr<std::optional<FoundOffset>> FindByTimestamp(int64_t timestamp_ms) const;
  absl::StatusOr<std::optional<FoundOffset>> FindMaxTimestamp() const;
  // OffsetForLeaderEpoch: the largest epoch at or below `leader_epoch` and where it ends; (-1, -1) when unknown.
  EpochEnd EndOfEpoch(int32_t leader_epoch) const;
  // -1 when unknown.
  int32_t EpochOf(int64_t offset) const;

  int64_t log_start_offset() const { return log_start_.load(); }
  int64_t log_end_offset() const { return log_end_.load(); }
  int64_t high_watermark() const { return log_end_offset(); }  // there are no other replicas
  int64_t last_stable_offset() const { return last_stable_.load(); }
  int64_t durable_end_offset() const { return durable_end_.load(); }
  int64_t size_bytes() const;

  // DeleteRecords: raises the log start offset; -1 means the high watermark. Returns the new log start offset, or
  // kOffsetOutOfRange above the high watermark.
  std::pair<protocol::ErrorCode, int64_t> DeleteRecordsBefore(int64_t offset);
  // Drops everything at and above `offset`, which lies between log start and end; the batch around it whole, so that
  // must not hold the log start.
  absl::Status TruncateTo(int64_t offset);

  // For DescribeProducers; sorted by id.
  std::vector<ActiveProducer> ActiveProducers() const;

  void UpdateConfig(const LogConfig& config);
  LogConfig config() const { return *ConfigSnapshot(); }

  const TopicPartition& topic_partition() const { return topic_partition_; }
  // Zero when the directory is of a broker too old to say.
  const protocol::Uuid& topic_id() const { return topic_id_; }
  // Why the log takes no appends; OK when it does.
  absl::Status health() const;

  // ---- For the LogDirectory.

  // A round of sync, for all who wait; runs on a flusher thread.
  void Flush() override;
  // Raises the log start offset to what the retention settings leave; DropSegments() drops what stands before it. In
  // between start offsets and recovery points are written down: a crash in the middle of the removal leaves no hole,
  // and what is missing is not taken for lost.
  void AdvanceStart();
  void NoteWrittenRecoveryPoint(int64_t offset) { written_recovery_point_.store(offset); }
  void DropSegments();
  // Of segments that were dropped, or compacted, long enough ago.
  void RemoveDroppedFiles();
  void ExpireProducers();
  // Everything below is on the disk, with all that recovery needs to start there.
  int64_t recovery_point() const { return recovery_point_.load(); }
  // Takes no appends any more; whoever waits gets `reason`. Waits for a cleaning to notice.
  void Retire(const absl::Status& reason);
  // Takes no appends any more, and leaves the files so that the next start need not read them. Once
  // FileSystem::SyncAll() has brought everything to the disk, FinishClose() tells those who wait.
  absl::Status WriteForClose();
  void FinishClose();

  // ---- For the cleaner (broker/src/cleaner), one at a time; partition_log_cleaning.cc.

  // False when the log takes no appends any more. After true, EndCleaning() must follow; in between the directory keeps
  // its name. The cleaning stops soon once health() is not OK.
  bool BeginCleaning();
  void EndCleaning();
  CleaningView ViewForCleaning() const;
  // Begins a new segment, unless the active one is empty.
  absl::Status RollForCleaning();
  // Brings everything but the active segment to the disk. True when more of that counts as synced than was written
  // down.
  absl::StatusOr<bool> SyncForCleaning();
  // For each producer that is known here, what of it compaction has to keep.
  absl::flat_hash_map<int64_t, LastOfProducer> LastOfProducers() const;
  // Puts `cleaned`, whose content is synced, in the place of segments that stand one behind the other. False when they
  // are not as they were any more, for retention dropped some; its files are removed then.
  absl::StatusOr<bool> ReplaceSegments(absl::Span<const std::shared_ptr<Segment>> replaced,
                                       const std::shared_ptr<Segment>& cleaned);
  FileSystem* files() const { return services_.files; }
  const std::string& directory() const { return directory_; }

 private:
  struct FileRemoval {
    int64_t due_ms = 0;
    std::shared_ptr<Segment> segment;
  };

  // partition_log.cc: appending
  std::optional<AppendResult> CheckProducer(const ValidatedBatches& validated, const AppendOptions& options)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(append_mutex_);
  absl::Status WriteBatches(absl::Span<char> batches, const LogConfig& config, int32_t leader_epoch,
                            ValidatedBatches* validated) ABSL_EXCLUSIVE_LOCKS_REQUIRED(append_mutex_);
  void PublishBatches(const LogConfig& config, const ValidatedBatches& validated)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(append_mutex_);
  absl::Status MaybeRoll(const LogConfig& config, int64_t bytes, int64_t last_offset, int64_t max_timestamp_ms)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(append_mutex_);
  absl::Status Roll() ABSL_EXCLUSIVE_LOCKS_REQUIRED(append_mutex_);
  absl::Status EnsureReserved(int64_t end_offset) ABSL_EXCLUSIVE_LOCKS_REQUIRED(append_mutex_);
  int64_t NextCeiling(int64_t end_offset) ABSL_EXCLUSIVE_LOCKS_REQUIRED(append_mutex_);
  AppendResult RefuseStorage(const absl::Status& status) const;

  // partition_log_durability.cc
  absl::Status SyncToDisk(bool everything) ABSL_LOCKS_EXCLUDED(flush_mutex_);
  absl::Status SyncLogs(const SegmentList& segments, size_t first, size_t last)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(flush_mutex_);
  absl::Status SyncDirectories() ABSL_EXCLUSIVE_LOCKS_REQUIRED(flush_mutex_);
  void AdvanceRecoveryPoint() ABSL_LOCKS_EXCLUDED(flush_mutex_);
  absl::Status WriteEpochs(bool sync) ABSL_EXCLUSIVE_LOCKS_REQUIRED(flush_mutex_);
  void ReserveAhead() ABSL_LOCKS_EXCLUDED(append_mutex_);
  void RequestFlush();
  // flush.messages and flush.ms, after an append. True when the flush is due now.
  bool MaybeFlush(const LogConfig& config);
  void Fail(const absl::Status& status);

  // partition_log_retention.cc
  void RaiseStart();
  bool IsOld(const SegmentList& segments, size_t index, int64_t total_bytes, const LogConfig& config,
             int64_t now_ms) const;
  absl::Status RewindProducers(const SegmentList& segments, int64_t offset)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(append_mutex_);

  std::shared_ptr<const SegmentList> Segments() const;
  // Shows readers the log as it is now, with these segments.
  void PublishView(std::shared_ptr<const SegmentList> segments, int64_t end_offset)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(append_mutex_);
  std::shared_ptr<const LogConfig> ConfigSnapshot() const;
  LogView View() const;

  const LogServices& services_;
  const std::string directory_;
  const TopicPartition topic_partition_;
  const protocol::Uuid topic_id_;

  // Taken in this order: flush, append, state. The last is held for moments only.
  absl::Mutex flush_mutex_;
  mutable absl::Mutex append_mutex_ ABSL_ACQUIRED_AFTER(flush_mutex_);
  mutable absl::Mutex state_mutex_ ABSL_ACQUIRED_AFTER(append_mutex_);

  mutable absl::Mutex cleaning_mutex_;  // nothing is locked under it

  bool cleaning_ ABSL_GUARDED_BY(cleaning_mutex_) = false;
  bool metadata_synced_ ABSL_GUARDED_BY(flush_mutex_);

  ProducerStates producers_ ABSL_GUARDED_BY(append_mutex_);
  bool changed_ ABSL_GUARDED_BY(append_mutex_);  // since the files were last left as Close() leaves them
  int64_t ceiling_ ABSL_GUARDED_BY(append_mutex_) = 0;
  int64_t stride_ ABSL_GUARDED_BY(append_mutex_);
  int64_t reserved_at_ms_ ABSL_GUARDED_BY(append_mutex_) = 0;
  std::vector<FileRemoval> removals_ ABSL_GUARDED_BY(append_mutex_);

  LogView view_ ABSL_GUARDED_BY(state_mutex_);
  std::shared_ptr<const LogConfig> config_ ABSL_GUARDED_BY(state_mutex_);
  LeaderEpochs epochs_ ABSL_GUARDED_BY(state_mutex_);
  bool epochs_dirty_ ABSL_GUARDED_BY(state_mutex_);
  absl::Status health_ ABSL_GUARDED_BY(state_mutex_);

  std::atomic<bool> healthy_{true};
  std::atomic<bool> directory_dirty_{true};  // it, or its parent, has entries that were not synced
  std::atomic<int64_t> log_start_;
  std::atomic<int64_t> log_end_;      // as in the view
  std::atomic<int64_t> last_stable_;  // as in the view
  std::atomic<int64_t> durable_end_;
  std::atomic<int64_t> recovery_point_;
  std::atomic<int64_t> written_recovery_point_{0};  // as it stands in the checkpoint file
  std::atomic<bool> flush_due_{false};              // the next round syncs everything, whether or not somebody waits
  std::atomic<bool> flush_timed_{false};            // the timer will make it due
  DurableWaiters waiters_;
  mutable LogRateLimit disk_trouble_limit_{10'000};
};

}  // namespace millrace::broker
