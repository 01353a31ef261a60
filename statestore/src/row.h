#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "millrace/statestore/value_ops.h"
#include "millrace/streams/headers.h"
#include "millrace/streams/record.h"

namespace millrace {

struct Segment;

enum RowFlag : uint8_t {
  kRowHasValue = 1,     // otherwise it is deleted
  kRowUncommitted = 2,  // differs from the last commit
  kRowBatched = 4,      // ... and stands in the write batch already, as it is now
  kRowAbsentBelow = 8,  // is known not to be in the database
  kRowPending = 16,     // has an update that has not left the record cache
  kRowOldKnown = 32,    // CachedRow::old holds what the listener was told last (nullptr: no value)
  kRowInLru = 64,       // is counted by the record cache, or by a store of bounded size
};

// A row above the database, or of a store in memory. In one block: this, the value (a std::optional<V>), the key's
// bytes. RowLayout knows where.
struct Row {
  Segment* segment = nullptr;
  // Of stores in memory: the value at the last commit, while it differs.
  void* undo = nullptr;
  uint32_t key_size = 0;
  uint32_t charge = 0;  // what the record cache counts it as
  uint32_t uncommitted_index = 0;
  uint8_t flags = 0;

  bool Has(RowFlag flag) const { return (flags & flag) != 0; }
  void Set(RowFlag flag) { flags |= flag; }
  void Clear(RowFlag flag) { flags = static_cast<uint8_t>(flags & ~flag); }
};

struct CachedRow;
struct RowLinks {
  CachedRow* previous = nullptr;
  CachedRow* next = nullptr;
};

// A row of a store that caches, or that is bounded in size.
struct CachedRow : Row {
  RowLinks lru;
  RowLinks pending;
  // The record that made the last update.
  int64_t timestamp_ms = 0;
  RecordMetadata origin;
  std::unique_ptr<Headers> headers;
  // The value before the first update that has not left the cache.
  void* old = nullptr;
};

// A doubly linked ring of rows through one of their RowLinks. A row leaves its ring without knowing which it is.
template <RowLinks CachedRow::*kLinks>
class RowRing {
 public:
  RowRing() { Reset(); }
  RowRing(const RowRing&) = delete;
  RowRing& operator=(const RowRing&) = delete;

  bool empty() const { return (head_.*kLinks).next == &head_; }
  CachedRow* front() { return (head_.*kLinks).next; }
  CachedRow* back() { return (head_.*kLinks).previous; }
  void PushFront(CachedRow* row) { InsertBefore((head_.*kLinks).next, row); }
  void PushBack(CachedRow* row) { InsertBefore(&head_, row); }
  static void Remove(CachedRow* row) {
    const RowLinks& links = row->*kLinks;
    (links.previous->*kLinks).next = links.next;
    (links.next->*kLinks).previous = links.previous;
  }
  // Moves all of `other` in front of what is here.
  void PrependAll(RowRing& other) {
    if (other.empty()) return;
    CachedRow* const first = other.front();
    CachedRow* const last = other.back();
    (last->*kLinks).next = front();
    (front()->*kLinks).previous = last;
    (head_.*kLinks).next = first;
    (first->*kLinks).previous = &head_;
    other.Reset();
  }
  // Forgets the rows.
  void Reset() { (head_.*kLinks).next = (head_.*kLinks).previous = &head_; }

 private:
  static void InsertBefore(CachedRow* place, CachedRow* row) {
    CachedRow* const before = (place->*kLinks).previous;
    (row->*kLinks).next = place;
    (row->*kLinks).previous = before;
    (before->*kLinks).next = row;
    (place->*kLinks).previous = row;
  }

  CachedRow head_;
};
using LruRing = RowRing<&CachedRow::lru>;
using PendingRing = RowRing<&CachedRow::pending>;

// Where the parts of a store's rows are, and how to make and unmake them.
class RowLayout {
 public:
  RowLayout(const ValueOps& ops, bool cached);

  const ValueOps& ops() const { return ops_; }
  Row* New(Segment* segment, std::string_view key) const;
  void Delete(Row* row) const;

  void* value(Row* row) const { return reinterpret_cast<char*>(row) + value_offset_; }
  const void* value(const Row* row) const { return reinterpret_cast<const char*>(row) + value_offset_; }
  std::string_view key(const Row* row) const {
    return {reinterpret_cast<const char*>(row) + key_offset_, row->key_size};
  }
  // What the row takes, without what its value holds elsewhere.
  size_t BlockBytes(const Row* row) const { return key_offset_ + row->key_size; }

  // A value of its own, on the heap.
  void* NewValue() const;
  void DeleteValue(void* value) const;

 private:
  const ValueOps& ops_;
  const bool cached_;
  const size_t value_offset_;
  const size_t key_offset_;
};

}  // namespace millrace
