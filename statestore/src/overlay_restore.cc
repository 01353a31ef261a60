// Restore: rows from the changelog, past the overlay.

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "millrace/base/bytes.h"
#include "millrace/base/status_macros.h"
#include "overlay_store.h"

namespace millrace {

absl::Status OverlayStore::Restore(std::span<const ChangelogRecord> records, rocksdb::WriteBatch* batch,
                                   std::vector<Family*>* touched) {
  if (!uncommitted_.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("store '", options_.name, "' has uncommitted rows: restore before processing, or after a commit"));
  }
  counts_.restored_records += static_cast<int64_t>(records.size());
  // What is cached may be older than what comes now.
  if (!in_memory()) Clear();
  if (options_.spec.own_changelog) return RestoreOwn(records, batch, touched);
  if (segmented()) MILLRACE_RETURN_IF_ERROR(ObserveTimes(records));
  for (const ChangelogRecord& record : records) MILLRACE_RETURN_IF_ERROR(RestoreRecord(record, batch));
  TakeTouched(touched);
  return absl::OkStatus();
}

absl::Status OverlayStore::RestoreRecord(const ChangelogRecord& record, rocksdb::WriteBatch* batch) {
  const int64_t time_ms = segmented() ? keys_.Time(record.key) : 0;
  if (segmented() && time_ms < OldestLiveMs()) return absl::OkStatus();
  if (options_.spec.retain_duplicates) sequence_ = std::max(sequence_, keys_.Sequence(record.key));
  Segment& segment = SegmentAt(time_ms);
  if (in_memory()) return RestoreInMemory(segment, record);
  MILLRACE_RETURN_IF_ERROR(EnsureFamily(segment));
  segment.in_batch = true;
  if (record.value) {
    batch->Put(segment.family->handle, ToSlice(record.key), ToSlice(RowBytes(record)));
  } else {
    batch->Delete(segment.family->handle, ToSlice(record.key));
  }
  return absl::OkStatus();
}

// The store makes rows of the records, which are then committed.
absl::Status OverlayStore::RestoreOwn(std::span<const ChangelogRecord> records, rocksdb::WriteBatch* batch,
                                      std::vector<Family*>* touched) {
  restoring_ = true;
  struct Done {
    bool& restoring;
    ~Done() { restoring = false; }
  } const done{restoring_};
  for (const ChangelogRecord& record : records) restorer_(record);
  MILLRACE_RETURN_IF_ERROR(AddToBatch(batch, touched));
  AfterCommit();
  return absl::OkStatus();
}

// The newest window of a batch decides which of its rows are worth writing.
absl::Status OverlayStore::ObserveTimes(std::span<const ChangelogRecord> records) {
  for (const ChangelogRecord& record : records) {
    if (!keys_.IsWhole(record.key)) {
      return absl::DataLossError(absl::StrCat("the changelog of store '", options_.name, "' has a key of ",
                                              record.key.size(), " bytes, too short for a window"));
    }
    observed_ms_ = std::max(observed_ms_, keys_.Time(record.key));
  }
  return absl::OkStatus();
}

// The value as it stands in a row; until the next call.
std::string_view OverlayStore::RowBytes(const ChangelogRecord& record) {
  if (!options_.spec.timestamped) return *record.value;
  scratch_.clear();
  AppendBigEndian(record.timestamp_ms, &scratch_);
  scratch_.append(*record.value);
  return scratch_;
}

absl::Status OverlayStore::RestoreInMemory(Segment& segment, const ChangelogRecord& record) {
  Row* row = segment.rows.Find(record.key);
  if (!record.value) {
    if (row != nullptr) RemoveRow(row);
    return absl::OkStatus();
  }
  if (row == nullptr) row = segment.rows.Insert(&segment, record.key);
  const absl::Status status = layout_.ops().deserialize(options_.spec.value.serde.get(), RowBytes(record), value(row));
  if (!status.ok()) {
    RemoveRow(row);
    return absl::DataLossError(absl::StrCat("the changelog of store '", options_.name,
                                            "' has a value that cannot be decoded: ", status.ToString()));
  }
  SetHasValue(row, true);
  if (options_.spec.max_entries > 0) {
    Touch(static_cast<CachedRow*>(row));
    while (cached_rows_ > options_.spec.max_entries) RemoveRow(lru_.back());
  }
  return absl::OkStatus();
}

void OverlayStore::RemoveRow(Row* row) {
  SetHasValue(row, false);
  if (caching() || options_.spec.max_entries > 0) Uncache(static_cast<CachedRow*>(row));
  row->segment->rows.Erase(row);
}

absl::StatusOr<bool> OverlayStore::IsEmptyOnDisk() const {
  for (const auto& [id, segment] : segments_) {
    if (segment->family == nullptr) continue;
    MILLRACE_ASSIGN_OR_RETURN(const bool empty, options_.database->IsEmpty(*segment->family));
    if (!empty) return false;
  }
  return true;
}

absl::Status OverlayStore::AfterRestore() {
  committed_observed_ms_ = observed_ms_;
  committed_sequence_ = sequence_;
  MILLRACE_RETURN_IF_ERROR(DropExpired());
  PublishCommitted();
  return absl::OkStatus();
}

absl::Status OverlayStore::Wipe() {
  Clear();
  for (auto& [id, segment] : segments_) {
    if (segment->family != nullptr) MILLRACE_RETURN_IF_ERROR(options_.database->DropFamily(segment->family));
    segment->family = nullptr;
  }
  observed_ms_ = -1;
  sequence_ = 0;
  if (in_memory()) return absl::OkStatus();
  if (!segmented()) MILLRACE_RETURN_IF_ERROR(EnsureFamily(*last_segment_));
  return AfterRestore();
}

}  // namespace millrace
