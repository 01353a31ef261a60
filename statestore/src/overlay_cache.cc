// The record cache: pending updates, the budget, and the way out to listeners and changelogs.

#include <utility>

#include "overlay_store.h"

namespace millrace {
namespace {

// About what a row takes in the indexes of its table.
constexpr size_t kIndexBytes = 48;

}  // namespace

// The record that made the update travels with it: a flush happens when that record is long gone.
void OverlayStore::NotePending(CachedRow* row) {
  if (row->Has(kRowPending)) {
    PendingRing::Remove(row);
  } else {
    row->Set(kRowPending);
  }
  pending_.PushBack(row);
  const TaskEnvironment& environment = *options_.environment;
  row->timestamp_ms = environment.record_timestamp_ms();
  if (environment.record_headers().empty()) {
    row->headers.reset();
  } else {
    row->headers = std::make_unique<Headers>(environment.record_headers());
  }
  row->origin = environment.record_metadata() == nullptr ? RecordMetadata() : *environment.record_metadata();
  row->origin.topic = Intern(row->origin.topic);
  Touch(row);
}

// The name of a topic may go with the record that it came with.
std::string_view OverlayStore::Intern(std::string_view topic) {
  if (topic != last_topic_) {
    auto known = topics_.find(topic);
    last_topic_ = known != topics_.end() ? *known : *topics_.emplace(topic).first;
  }
  return last_topic_;
}

void OverlayStore::Touch(CachedRow* row) {
  if (row->Has(kRowInLru)) {
    LruRing::Remove(row);
  } else {
    row->Set(kRowInLru);
    ++cached_rows_;
  }
  lru_.PushFront(row);
  if (caching()) Recharge(row);
}

void OverlayStore::Recharge(CachedRow* row) {
  const size_t heap_bytes = layout_.ops().heap_bytes == nullptr ? static_cast<size_t>(average_value_bytes_)
                                                                : layout_.ops().heap_bytes(value(row));
  const auto charge = static_cast<uint32_t>(layout_.BlockBytes(row) + heap_bytes + kIndexBytes);
  options_.cache->Charge(static_cast<int64_t>(charge) - static_cast<int64_t>(row->charge));
  row->charge = charge;
}

void OverlayStore::Uncache(CachedRow* row) {
  if (!row->Has(kRowInLru)) return;
  LruRing::Remove(row);
  row->Clear(kRowInLru);
  --cached_rows_;
  if (!caching()) return;
  options_.cache->Charge(-static_cast<int64_t>(row->charge));
  row->charge = 0;
}

// As in Kafka Streams the store that is being used makes room, and when an update has to go all updates of the store go
// with it.
void OverlayStore::MaybeEvict() {
  while (options_.cache->full() && !lru_.empty()) {
    CachedRow* eldest = lru_.back();
    if (eldest->Has(kRowPending)) {
      FlushFirst(eldest);
      continue;
    }
    ++counts_.evictions;
    Uncache(eldest);
    // What differs from the database has to stay until the commit, but is no longer the cache's.
    if (!in_memory() && !eldest->Has(kRowUncommitted)) eldest->segment->rows.Erase(eldest);
  }
}

void OverlayStore::FlushFirst(CachedRow* row) {
  PendingRing::Remove(row);
  Emit(row);
  FlushPending();
}

void OverlayStore::FlushPending() {
  // A listener may put into this store again: that is pending anew, for the next flush.
  PendingRing leaving;
  leaving.PrependAll(pending_);
  struct PutBack {
    PendingRing& pending;
    PendingRing& leaving;
    ~PutBack() { pending.PrependAll(leaving); }
  } put_back{pending_, leaving};
  while (!leaving.empty()) {
    CachedRow* row = leaving.front();
    PendingRing::Remove(row);
    Emit(row);
  }
}

// Whether the listener has heard of a value before; loads it from the database where it has to.
bool OverlayStore::LoadOld(CachedRow* row) {
  if (row->Has(kRowOldKnown)) return row->old != nullptr;
  row->old = layout_.NewValue();
  if (FindBelow(*row->segment, layout_.key(row), row->old)) return true;
  layout_.DeleteValue(std::exchange(row->old, nullptr));
  return false;
}

void OverlayStore::Emit(CachedRow* row) {
  row->Clear(kRowPending);
  ++emitting_;
  struct Leave {
    int& emitting;
    ~Leave() { --emitting; }
  } const leave{emitting_};
  // A listener that puts into this row again replaces these.
  const std::unique_ptr<Headers> headers = std::move(row->headers);
  const Headers none;
  const int64_t timestamp_ms = row->timestamp_ms;
  const RecordMetadata origin = row->origin;
  const bool had_value = listener_ ? LoadOld(row) : true;
  row->Clear(kRowOldKnown);
  // Nobody downstream has heard of a row that came and went in between.
  if (row->Has(kRowHasValue) || had_value) {
    ++counts_.flushed_updates;
    const RecordScope scope(*options_.environment, timestamp_ms, headers ? *headers : none,
                            origin.topic.empty() ? nullptr : &origin);
    if (changelog_ != nullptr) {
      AppendToChangelog(row, timestamp_ms);
      // It is serialized now, so the commit need not do it again. The family of a new segment is made by the commit.
      if (row->segment->family != nullptr) AddRowToBatch(row, options_.batch);
    }
    if (listener_) NotifyListener(row, timestamp_ms, headers ? *headers : none);
  }
  if (row->Has(kRowHasValue) || row->Has(kRowPending)) return;
  Uncache(row);
  // Within another emission the row may be the other's.
  if (emitting_ == 1) MaybeForgetDeleted(row);
}

void OverlayStore::NotifyListener(CachedRow* row, int64_t timestamp_ms, const Headers& headers) {
  // What the row holds may change under the listener's hands.
  void* const old_value = row->old != nullptr ? std::exchange(row->old, nullptr) : layout_.NewValue();
  struct Guard {
    const RowLayout& layout;
    void* value;
    ~Guard() { layout.DeleteValue(value); }
  } const guard{layout_, old_value};
  if (row->Has(kRowHasValue) && layout_.ops().timestamp != nullptr) timestamp_ms = layout_.ops().timestamp(value(row));
  listener_({.key = layout_.key(row),
             .new_value = value(row),
             .old_value = old_value,
             .timestamp_ms = timestamp_ms,
             .headers = &headers});
}

// `scratch_` holds the value, serialized.
void OverlayStore::AddRowToBatch(Row* row, rocksdb::WriteBatch* batch) {
  const Segment& segment = *row->segment;
  if (row->Has(kRowHasValue)) {
    batch->Put(segment.family->handle, ToSlice(layout_.key(row)), ToSlice(scratch_));
  } else {
    batch->Delete(segment.family->handle, ToSlice(layout_.key(row)));
  }
  row->Set(kRowBatched);
}

// Of a store of bounded size: drops the least recently used rows, which the changelog has to hear of before the row
// that took their place.
void OverlayStore::TrimToBound(CachedRow* newest) {
  if (!newest->Has(kRowHasValue)) {
    Uncache(newest);
    return;
  }
  Touch(newest);
  while (cached_rows_ > options_.spec.max_entries) {
    CachedRow* eldest = lru_.back();
    Uncache(eldest);
    BeforeChange(eldest, /*is_new=*/false);
    layout_.ops().reset(value(eldest));
    SetHasValue(eldest, false);
    ++counts_.evictions;
    if (changelog_ != nullptr) AppendToChangelog(eldest, options_.environment->record_timestamp_ms());
  }
}

}  // namespace millrace
