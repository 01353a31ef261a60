// Commit, abort, restore: where rows meet the database.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "millrace/base/bytes.h"
#include "millrace/base/status_macros.h"
#include "overlay_store.h"

namespace millrace {
namespace {

constexpr size_t kMetaBytes = sizeof(int64_t) + sizeof(int32_t);
std::string MetaKey(const std::string& store) { return absl::StrCat("time/", store); }

}  // namespace

absl::Status OverlayStore::Load() {
  if (in_memory()) return absl::OkStatus();
  for (const FamilyPtr& family : options_.database->families()) {
    const std::optional<FamilyName> name = FamilyName::Parse(family->name);
    if (!name || name->store != options_.name) continue;
    if (name->keys != options_.spec.keys || name->order != disk_order_) {
      return absl::FailedPreconditionError(
          absl::StrCat("store '", options_.name, "' has another kind of rows in '", options_.database->directory(),
                       "' than the topology wants: give the store another name, or reset the application's state"));
    }
    Segment* segment = FindSegment(name->segment * segment_interval_ms_);
    (segment == nullptr ? AddSegment(name->segment) : *segment).family = family;
  }
  if (!segmented()) MILLRACE_RETURN_IF_ERROR(EnsureFamily(*last_segment_));
  MILLRACE_ASSIGN_OR_RETURN(const std::optional<std::string> meta, options_.database->GetMeta(MetaKey(options_.name)));
  if (meta && meta->size() == kMetaBytes) {
    observed_ms_ = committed_observed_ms_ = LoadBigEndian<int64_t>(meta->data());
    sequence_ = committed_sequence_ = LoadBigEndian<int32_t>(meta->data() + sizeof(int64_t));
  }
  PublishCommitted();
  return absl::OkStatus();
}

absl::Status OverlayStore::EnsureFamily(Segment& segment) {
  if (segment.family != nullptr) return absl::OkStatus();
  MILLRACE_ASSIGN_OR_RETURN(
      segment.family,
      options_.database->CreateFamily(
          {.store = options_.name, .keys = options_.spec.keys, .order = disk_order_, .segment = segment.id}));
  return absl::OkStatus();
}

void OverlayStore::TakeTouched(std::vector<Family*>* touched) {
  for (const auto& [id, segment] : segments_) {
    if (std::exchange(segment->in_batch, false)) touched->push_back(segment->family.get());
  }
}

absl::Status OverlayStore::AddToBatch(std::vector<Family*>* touched) {
  if (in_memory()) return absl::OkStatus();
  const int64_t oldest_segment = segmented() ? OldestLiveSegment() : 0;
  for (Row* row : uncommitted_) {
    Segment& segment = *row->segment;
    if (segment.id < oldest_segment) continue;
    if (!row->Has(kRowBatched)) {
      if (!row->Has(kRowHasValue) && row->Has(kRowAbsentBelow)) continue;
      MILLRACE_RETURN_IF_ERROR(EnsureFamily(segment));
      if (row->Has(kRowHasValue)) Serialize(value(row));
      AddRowToBatch(row);
    }
    segment.in_batch = true;
  }
  TakeTouched(touched);
  AddMeta(options_.batch);
  return absl::OkStatus();
}

void OverlayStore::AddMeta(rocksdb::WriteBatch* batch) {
  if (!segmented() || (observed_ms_ == committed_observed_ms_ && sequence_ == committed_sequence_)) return;
  std::string meta;
  AppendBigEndian(observed_ms_, &meta);
  AppendBigEndian(sequence_, &meta);
  batch->Put(MetaKey(options_.name), meta);
}

void OverlayStore::DeleteMeta(rocksdb::WriteBatch* batch) const { batch->Delete(MetaKey(options_.name)); }

absl::Status OverlayStore::FlushToDisk() {
  std::vector<Family*> families;
  for (const auto& [id, segment] : segments_) {
    if (segment->family != nullptr) families.push_back(segment->family.get());
  }
  return options_.database->Flush(families);
}

void OverlayStore::AfterCommit() {
  const bool layered = !in_memory() && !caching();
  if (!layered) {
    for (Row* row : uncommitted_) ForgetRow(row);
  }
  uncommitted_.clear();
  uncommitted_bytes_ = 0;
  if (layered) {
    for (auto& [id, segment] : segments_) segment->rows.Clear();
  }
  absent_segment_ = nullptr;
  committed_observed_ms_ = observed_ms_;
  committed_sequence_ = sequence_;
}

// A row that stands as it was committed: it stays where it is all there is, or where it is cached.
void OverlayStore::ForgetRow(Row* row) {
  row->flags = static_cast<uint8_t>(row->flags & ~(kRowUncommitted | kRowBatched | kRowAbsentBelow));
  layout_.DeleteValue(std::exchange(row->undo, nullptr));
  const bool stays = row->Has(kRowHasValue) && (in_memory() || row->Has(kRowInLru));
  if (stays) return;
  row->segment->rows.Erase(row);
}

absl::Status OverlayStore::DropExpired() {
  if (!segmented()) return absl::OkStatus();
  bool dropped = false;
  while (!segments_.empty() && segments_.begin()->first < OldestLiveSegment()) {
    Segment& segment = *segments_.begin()->second;
    ForgetCached(segment);
    if (segment.family != nullptr) {
      MILLRACE_RETURN_IF_ERROR(options_.database->DropFamily(segment.family));
    }
    segments_.erase(segments_.begin());
    ++counts_.dropped_segments;
    dropped = true;
  }
  if (dropped) last_segment_ = nullptr;
  return absl::OkStatus();
}

// Takes the rows of a segment out of the cache's rings and account.
void OverlayStore::ForgetCached(Segment& segment) {
  if (cached_rows_ == 0 && pending_.empty()) return;
  segment.rows.ForEach([this](Row* row) {
    auto* cached = static_cast<CachedRow*>(row);
    Uncache(cached);
    if (row->Has(kRowPending)) PendingRing::Remove(cached);
  });
}

void OverlayStore::Abort() {
  if (in_memory()) {
    for (Row* row : uncommitted_) RevertRow(row);
    uncommitted_.clear();
    uncommitted_bytes_ = 0;
  } else {
    Clear();
  }
  observed_ms_ = committed_observed_ms_;
  sequence_ = committed_sequence_;
}

void OverlayStore::RevertRow(Row* row) {
  const bool linked = caching() || options_.spec.max_entries > 0;
  if (linked) {
    auto* cached = static_cast<CachedRow*>(row);
    Uncache(cached);
    if (row->Has(kRowPending)) PendingRing::Remove(cached);
    layout_.DeleteValue(std::exchange(cached->old, nullptr));
  }
  SetHasValue(row, row->undo != nullptr);
  row->flags = static_cast<uint8_t>(row->flags & kRowHasValue);
  if (row->undo == nullptr) {
    row->segment->rows.Erase(row);
    return;
  }
  layout_.ops().move(value(row), row->undo);
  layout_.DeleteValue(std::exchange(row->undo, nullptr));
  if (options_.spec.max_entries > 0) Touch(static_cast<CachedRow*>(row));
}

void OverlayStore::PublishCommitted() {
  if (in_memory()) return;
  auto state = std::make_shared<CommittedState>();
  state->shape = Shape(disk_order_);
  state->shape.layout = nullptr;
  state->segment_interval_ms = segment_interval_ms_;
  if (segmented()) {
    state->oldest_live_ms = OldestLiveMs();
    state->newest_ms = std::max<int64_t>(observed_ms_, 0);
  }
  for (const auto& [id, segment] : segments_) {
    if (segment->family != nullptr) state->families.emplace(id, segment->family);
  }
  absl::MutexLock lock(&committed_mutex_);
  committed_ = std::move(state);
}

absl::Status OverlayStore::Restore(std::span<const ChangelogRecord> records, rocksdb::WriteBatch* batch,
                                   std::vector<Family*>* touched) {
  if (!uncommitted_.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("store '", options_.name, "' has uncommitted rows: restore before processing, or after a commit"));
  }
  counts_.restored_records += static_cast<int64_t>(records.size());
  // What is cached may be older than what comes now.
  if (!in_memory()) Clear();
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

// Lets go of all rows above the database, or of all there are.
void OverlayStore::Clear() {
  for (auto& [id, segment] : segments_) {
    ForgetCached(*segment);
    segment->rows.Clear();
  }
  uncommitted_.clear();
  uncommitted_bytes_ = 0;
  live_rows_ = 0;
  absent_segment_ = nullptr;
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
