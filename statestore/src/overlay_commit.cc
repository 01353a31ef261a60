// Commit and abort: where rows meet the database.

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

absl::Status OverlayStore::AddToBatch(rocksdb::WriteBatch* batch, std::vector<Family*>* touched) {
  if (in_memory()) return absl::OkStatus();
  const int64_t oldest_segment = segmented() ? OldestLiveSegment() : 0;
  for (Row* row : uncommitted_) {
    Segment& segment = *row->segment;
    if (segment.id < oldest_segment) continue;
    if (!row->Has(kRowBatched)) {
      if (!row->Has(kRowHasValue) && row->Has(kRowAbsentBelow)) continue;
      MILLRACE_RETURN_IF_ERROR(EnsureFamily(segment));
      if (row->Has(kRowHasValue)) Serialize(value(row));
      AddRowToBatch(row, batch);
    }
    segment.in_batch = true;
  }
  TakeTouched(touched);
  AddMeta(batch);
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
    state->observed_ms = observed_ms_;
    state->own_time = options_.spec.own_time;
  }
  for (const auto& [id, segment] : segments_) {
    if (segment->family != nullptr) state->families.emplace(id, segment->family);
  }
  absl::MutexLock lock(&committed_mutex_);
  committed_ = std::move(state);
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

}  // namespace millrace
