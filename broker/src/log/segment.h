#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "index_file.h"
#include "millrace/base/file.h"
#include "millrace/protocol/record_batch.h"
#include "transaction_index.h"

namespace millrace::broker {

// A stretch of a partition's log: one file of batches, and the indexes that find positions in it. Only the last segment
// of a log, the active one, is appended to. Files are opened when they are first needed.
//
// Appends and the other changes come from one thread at a time (the log's append lock); everything else runs beside
// them without waiting, on what has been published. Thread-safe.
class Segment {
 public:
  // Where a batch stands.
  struct Located {
    protocol::RecordBatchHeader header;
    int64_t position = 0;
  };
  // The largest timestamp, and the last offset of the first batch that has it; -1 and -1 without one.
  struct MaxTimestamp {
    int64_t timestamp_ms = -1;
    int64_t offset = -1;
  };

  // A segment without bytes, whose log file is made.
  static absl::StatusOr<std::shared_ptr<Segment>> Create(FileSystem* files, const std::string& directory,
                                                         int64_t base_offset, int64_t now_ms);
  // One that compaction fills, beside the segment that has the name: its files end in ".cleaned". What an earlier try
  // left under these names is removed.
  static absl::StatusOr<std::shared_ptr<Segment>> CreateCleaned(FileSystem* files, const std::string& directory,
                                                                int64_t base_offset, int64_t now_ms);
  // A segment that is there. All bytes of its file count as published.
  static absl::StatusOr<std::shared_ptr<Segment>> Open(FileSystem* files, const std::string& directory,
                                                       int64_t base_offset, int64_t now_ms);

  int64_t base_offset() const { return base_offset_; }
  int64_t size_bytes() const { return size_bytes_.load(std::memory_order_acquire); }
  int64_t created_ms() const { return created_ms_; }
  MaxTimestamp max_timestamp() const;

  // For slices: the log file, which stays readable for its holder whatever becomes of the segment.
  absl::StatusOr<std::shared_ptr<const File>> LogFile() const;
  // The first batch whose last offset is at or after `offset`; nullopt when the segment has none.
  absl::StatusOr<std::optional<Located>> FindBatch(int64_t offset) const;
  // The offset behind the last batch in front of `position`; the base offset when there is none.
  absl::StatusOr<int64_t> EndOffsetAt(int64_t position) const;
  // An offset that no record in front of `position` reaches; nullopt when no index entry says.
  absl::StatusOr<std::optional<int64_t>> UpperBoundOffset(int64_t position) const;
  // An offset before which no record has a timestamp of at least `timestamp_ms`.
  absl::StatusOr<int64_t> LowerBoundOffset(int64_t timestamp_ms) const;
  const TransactionIndex& aborted() const { return transactions_; }

  // ---- Appending: one thread at a time.

  // The bytes of whole batches go to the file; nothing is visible before Publish(). After an error they are cut off.
  absl::Status WriteBatches(std::string_view bytes);
  // Notes the next batch of what WriteBatches() wrote.
  void Publish(const protocol::RecordBatchHeader& header, int64_t index_interval_bytes);
  void AppendAborted(const AbortedEntry& entry) { transactions_.Append(entry); }
  // Of the first batch; nullopt for an empty segment. For rolling by time.
  absl::StatusOr<std::optional<int64_t>> FirstBatchTimestamp();
  absl::StatusOr<bool> IndexesHaveRoom(int64_t max_index_bytes) const;
  // Of the larger one of offset and time index.
  absl::StatusOr<int64_t> IndexBytes() const;
  // Writes the last entry of the time index. Nothing is appended any more.
  void Seal();
  bool sealed() const { return sealed_.load(std::memory_order_acquire); }
  // Drops the batches from `position` on, the first of which has the offset `offset`.
  absl::Status TruncateTo(int64_t position, int64_t offset);

  // ---- Durability: one thread at a time, beside an appender.

  // Brings the batches published so far, and what was cut off, to the disk.
  absl::Status SyncLog();
  bool NeedsLogSync() const { return size_bytes() > synced_bytes_.load() || cut_.load(); }
  // Brings the indexes to the disk; of a sealed segment once and for all. After an error, but for a full disk, it is
  // not tried again: they must be rebuilt by the next start, so the recovery point must not pass this segment.
  absl::Status SyncIndexes();
  // Brings them to the files only.
  absl::Status FlushIndexes();
  bool indexes_synced() const { return index_state_.load() == IndexState::kSynced; }

  // ---- Recovery: before anyone else knows the segment.

  // Publishes nothing any more: indexes start over, Publish() fills them, CutUnpublished() drops what stays.
  absl::Status StartOver();
  absl::Status CutUnpublished();
  // For the segment to be appended to: takes over what the indexes end with, reads the batches behind. Returns the
  // offset behind the last batch; OutOfRange when the file is not whole batches to its end.
  absl::StatusOr<int64_t> LoadEnd();
  // For a sealed segment: takes the largest timestamp from the time index. False when indexes are missing.
  absl::StatusOr<bool> LoadSealed();
  // Writes the bytes from `position` on once more, so that a sync brings them to the disk even when they are only in
  // the page cache after a sync that had failed.
  absl::Status WriteAgainFrom(int64_t position);

  // ---- Names and removal; readers go on whatever the files are called, until RemoveFiles().

  // Renames all files to "...deleted".
  absl::Status MarkDeleted();
  // Give the log file, and the indexes, another ending. Of indexes without entries an empty file is made, if the ending
  // is not ".deleted": all three are there then.
  absl::Status RenameLog(std::string_view ending);
  absl::Status RenameIndexes(std::string_view ending);
  // Of a segment that is not in use under its own name any more, or not yet.
  absl::Status RemoveFiles();

 private:
  enum class IndexState : uint8_t { kUnsynced, kSynced, kBroken };

  Segment(FileSystem* files, std::string directory, int64_t base_offset, int64_t now_ms, std::string_view ending = "");

  absl::StatusOr<std::shared_ptr<File>> OpenLogFile() const;
  absl::StatusOr<std::optional<Located>> ScanForBatch(int64_t from, int64_t offset) const;
  absl::Status FlushIndexes(bool sync);
  std::string PathOf(std::string_view suffix) const;
  int32_t Relative(int64_t offset) const;
  void NoteTimestamp(const protocol::RecordBatchHeader& header);
  void AppendTimeEntry();

  FileSystem* const files_;
  const std::string directory_;
  const int64_t base_offset_;
  const int64_t created_ms_;
  OffsetIndex offsets_;
  TimeIndex times_;
  TransactionIndex transactions_;

  std::atomic<int64_t> size_bytes_{0};
  std::atomic<int64_t> synced_bytes_{0};
  std::atomic<bool> cut_{false};  // since the last sync
  std::atomic<bool> sealed_{false};
  std::atomic<IndexState> index_state_{IndexState::kUnsynced};

  // The appender's.
  bool has_unpublished_bytes_ = false;  // a write failed, and so did the cut after it
  int64_t bytes_since_index_entry_ = 0;
  int64_t last_time_entry_ms_ = -1;
  std::optional<int64_t> first_batch_timestamp_ms_;

  mutable absl::Mutex mutex_;
  // What stands behind the names of the files: nothing, or for example ".deleted".
  std::string log_ending_ ABSL_GUARDED_BY(mutex_);
  std::string index_ending_ ABSL_GUARDED_BY(mutex_);
  mutable std::shared_ptr<File> file_ ABSL_GUARDED_BY(mutex_);
  MaxTimestamp max_timestamp_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace millrace::broker
