#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "committed_rows.h"
#include "database.h"
#include "merged_cursor.h"
#include "millrace/base/string_bridge.h"
#include "millrace/statestore/changelog_writer.h"
#include "millrace/statestore/record_cache.h"
#include "millrace/statestore/row_store.h"
#include "millrace/statestore/task_stores.h"
#include "row_table.h"

namespace millrace {

// A span of event time of a windowed store, dropped as a whole; a plain store is one segment. Its rows are all there is
// of a store in memory; of a store on disk they are the overlay: what changed since the last commit, and what is
// cached.
struct Segment {
  Segment(int64_t its_id, const RowLayout& layout, RowKeys keys) : id(its_id), rows(layout, keys) {}

  const int64_t id;
  RowTable rows;
  // nullptr: nothing of the segment is on disk.
  FamilyPtr family;
  bool in_batch = false;
};

struct OverlayStoreOptions {
  std::string name;
  RowStoreSpec spec;
  // nullptr: in memory.
  std::shared_ptr<Database> database;
  // nullptr: the store does not cache.
  RecordCache* cache = nullptr;
  TaskEnvironment* environment = nullptr;
  // What the next commit writes; flushed rows go there at once, so that they are serialized once.
  rocksdb::WriteBatch* batch = nullptr;
};

// The rows of one store: overlay and record cache in one, above RocksDB or alone. Owned by TaskStores, which drives
// commits; confined to the task's thread, but for Committed().
//
//   put ──> row in the overlay ──(no cache)──────> changelog
//               │ pending                             ▲
//               └──(flush, eviction)──> listener ─────┘        commit: rows ──> write batch ──> RocksDB
class OverlayStore final : public RowStore {
 public:
  explicit OverlayStore(OverlayStoreOptions options);
  ~OverlayStore() override;

  // Takes over what the database has of this store.
  absl::Status Load();

  const std::string& name() const { return options_.name; }
  bool in_memory() const { return options_.database == nullptr; }
  const StoreCounts& counts() const { return counts_; }
  int64_t uncommitted_bytes() const;
  bool has_pending() { return !pending_.empty(); }
  void SetChangelog(ChangelogWriter* writer) { changelog_ = writer; }

  void Find(std::string_view key, int64_t time_ms, void* out) override;
  std::unique_ptr<RowCursor> Scan(const RowScan& scan) override;
  int64_t ApproximateNumEntries() override;
  void Put(std::string_view key, int64_t time_ms, void* value) override;
  int32_t NextSequence() override;
  void Log(std::string_view key, std::optional<std::string_view> value, int64_t timestamp_ms,
           const Headers& headers) override;
  void LogDeletion(std::string_view key) override;
  void Observe(int64_t time_ms) override { observed_ms_ = std::max(observed_ms_, time_ms); }
  int64_t observed_ms() const override { return observed_ms_; }
  void CountExpired() override;
  void SetRestorer(std::function<void(const ChangelogRecord&)> restorer) override { restorer_ = std::move(restorer); }
  bool caching() const override { return options_.cache != nullptr; }
  void SetFlushListener(std::function<void(const RowUpdate&)> listener) override { listener_ = std::move(listener); }
  std::shared_ptr<RowReader> Committed() const override;

  // Sends every pending update on its way, in the order of the last updates.
  void FlushPending();

  // A commit: first every store adds to the batch, then the batch is written, then every store lets go of what it
  // wrote, then expired segments go. `touched` gets the families that the batch writes to.
  absl::Status AddToBatch(rocksdb::WriteBatch* batch, std::vector<Family*>* touched);
  void AfterCommit();
  absl::Status DropExpired();
  void Abort();

  // Rows of the changelog. In memory they are there at once; otherwise they are added to `batch`, and AfterRestore()
  // has to follow once it is written.
  absl::Status Restore(std::span<const ChangelogRecord> records, rocksdb::WriteBatch* batch,
                       std::vector<Family*>* touched);
  absl::Status AfterRestore();
  absl::StatusOr<bool> IsEmptyOnDisk() const;
  // What a commit or a restored position has to keep besides the rows.
  void AddMeta(rocksdb::WriteBatch* batch);
  void DeleteMeta(rocksdb::WriteBatch* batch) const;
  // Writes what is in memory only, and in no log, to table files.
  absl::Status FlushToDisk();
  void PublishCommitted();
  absl::Status Wipe();

 private:
  // Looking up (overlay_store.cc)
  bool segmented() const { return options_.spec.keys != RowKeyKind::kPlain; }
  int64_t OldestLiveMs() const;
  int64_t SegmentId(int64_t time_ms) const { return time_ms / segment_interval_ms_; }
  int64_t OldestLiveSegment() const;
  bool IsPastKeeping(int64_t time_ms) const;
  Segment* FindSegment(int64_t time_ms);
  Segment& SegmentAt(int64_t time_ms);
  Segment& AddSegment(int64_t id);
  std::vector<CursorSource> Sources(const RowScan& scan);
  CursorShape Shape(RowOrder order) const;
  RowOrder ScanOrder(const RowScan& scan) const;
  bool FindBelow(const Segment& segment, std::string_view key, void* out);
  bool IsKnownAbsent(const Segment* segment, std::string_view key) const {
    return absent_segment_ == segment && absent_key_ == key;
  }
  [[noreturn]] void Throw(std::string_view what, const absl::Status& status) const;

  // Writing (overlay_store.cc)
  void* value(Row* row) const { return layout_.value(row); }
  void BeforeChange(Row* row, bool is_new);
  void MarkUncommitted(Row* row);
  void MaybeForgetDeleted(Row* row);
  void AppendToChangelog(Row* row, int64_t timestamp_ms) {
    AppendToChangelog(layout_.key(row), row->Has(kRowHasValue), value(row), timestamp_ms);
  }
  void AppendToChangelog(std::string_view key, bool has_value, const void* value, int64_t timestamp_ms);
  // Into `scratch_`.
  void Serialize(const void* value);
  void SetHasValue(Row* row, bool has_value);

  // Caching (overlay_cache.cc)
  void NotePending(CachedRow* row);
  void Touch(CachedRow* row);
  void Uncache(CachedRow* row);
  void Recharge(CachedRow* row);
  void MaybeEvict();
  void FlushFirst(CachedRow* row);
  void Emit(CachedRow* row);
  bool LoadOld(CachedRow* row);
  void NotifyListener(CachedRow* row, int64_t timestamp_ms, const Headers& headers);
  void AddRowToBatch(Row* row, rocksdb::WriteBatch* batch);
  std::string_view Intern(std::string_view topic);
  void TrimToBound(CachedRow* newest);

  // Committing (overlay_commit.cc)
  absl::Status EnsureFamily(Segment& segment);
  void TakeTouched(std::vector<Family*>* touched);
  void ForgetRow(Row* row);
  void ForgetCached(Segment& segment);
  void RevertRow(Row* row);
  absl::Status RestoreOwn(std::span<const ChangelogRecord> records, rocksdb::WriteBatch* batch,
                          std::vector<Family*>* touched);
  absl::Status ObserveTimes(std::span<const ChangelogRecord> records);
  absl::Status RestoreRecord(const ChangelogRecord& record, rocksdb::WriteBatch* batch);
  std::string_view RowBytes(const ChangelogRecord& record);
  absl::Status RestoreInMemory(Segment& segment, const ChangelogRecord& record);
  void RemoveRow(Row* row);
  void Clear();

  const OverlayStoreOptions options_;
  const RowKeys keys_;
  const RowLayout layout_;
  const RowOrder disk_order_;
  const int64_t segment_interval_ms_;
  std::map<int64_t, std::unique_ptr<Segment>> segments_;
  Segment* last_segment_ = nullptr;
  ChangelogWriter* changelog_ = nullptr;
  std::function<void(const RowUpdate&)> listener_;
  std::function<void(const ChangelogRecord&)> restorer_;
  bool restoring_ = false;

  // The newest start (end) that was put, and the last sequence number given.
  int64_t observed_ms_ = -1;
  int32_t sequence_ = 0;
  int64_t committed_observed_ms_ = -1;
  int32_t committed_sequence_ = 0;

  std::vector<Row*> uncommitted_;
  int64_t uncommitted_bytes_ = 0;  // without what values hold
  // Rows with a value; kept for stores in memory only.
  int64_t live_rows_ = 0;

  // Emissions within one another: a listener's put can make room by emitting more.
  int emitting_ = 0;
  LruRing lru_;
  PendingRing pending_;
  int64_t cached_rows_ = 0;
  // The average size of a serialized value, for values whose size in memory is not known.
  int64_t average_value_bytes_ = 64;
  std::set<std::string, std::less<>> topics_;
  std::string_view last_topic_;

  // The last key that was looked for and not found: most likely it is put next.
  std::string absent_key_;
  const Segment* absent_segment_ = nullptr;

  std::string scratch_;
  StoreCounts counts_;

  mutable absl::Mutex committed_mutex_;
  std::shared_ptr<const CommittedState> committed_ ABSL_GUARDED_BY(committed_mutex_);
};

}  // namespace millrace
