#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "millrace/statestore/changelog_writer.h"
#include "millrace/statestore/value_ops.h"
#include "millrace/streams/headers.h"
#include "millrace/streams/store_builder.h"

// The engine under the typed stores: rows of bytes to typed values. Only the facades beside this file use it.

namespace millrace {

// How the key of a row is made from a record's key.
//
//   plain:    key
//   window:   key, int64 window start, int32 sequence      (0 unless the store keeps duplicates)
//   session:  key, int64 session end, int64 session start
//
// These are the keys of the changelog too, and of what Kafka Streams keeps.
enum class RowKeyKind : uint8_t { kPlain, kWindow, kSession };

// What a store wants of the engine.
struct RowStoreSpec {
  RowKeyKind keys = RowKeyKind::kPlain;
  ValueType value;
  // The serialized value begins with the row's timestamp, which the changelog has in the record instead.
  bool timestamped = false;
  // Of windows and sessions: how much event time is kept.
  int64_t retention_ms = 0;
  // Rows of one time come together on disk, for stores that are scanned by time (emit on window close).
  bool time_ordered = false;
  bool retain_duplicates = false;
  // Holds at most so many rows and drops the least recently used; 0: no bound.
  int64_t max_entries = 0;
  // The store upon the rows has a changelog of another kind than its rows: it writes it itself (Log) and restores from
  // it (SetRestorer).
  bool own_changelog = false;
  // The newest time is what the store upon the rows says (Observe), not the largest that is put.
  bool own_time = false;
};

// A range of rows. The engine works out which bytes that means.
struct RowScan {
  // Bounds of the record's key, both within; nullopt is open.
  std::optional<std::string> from_key;
  std::optional<std::string> to_key;
  // Of plain keys: only those that begin with it.
  std::string prefix;
  // Bounds of the window's start or the session's end, both within.
  int64_t min_time_ms = 0;
  int64_t max_time_ms = INT64_MAX;
  // Of sessions: the latest start.
  int64_t max_start_ms = INT64_MAX;
  bool forward = true;
};

// A scan that is under way. Survives writes to its store; must go before the next commit.
class RowCursor {
 public:
  virtual ~RowCursor() = default;

  virtual bool Valid() const = 0;
  virtual void Next() = 0;
  // Both until Next(). The value is a std::optional<V> that holds a value.
  virtual std::string_view key() const = 0;
  virtual const void* value() = 0;
};

// Reads of a store, of its newest rows or of those at its last commit.
class RowReader {
 public:
  virtual ~RowReader() = default;

  // Stores what is found in `*out`, a std::optional<V>. `time_ms`: the window's start or the session's end; rows beyond
  // the retention are not found.
  virtual void Find(std::string_view key, int64_t time_ms, void* out) = 0;
  virtual std::unique_ptr<RowCursor> Scan(const RowScan& scan) = 0;
  virtual int64_t ApproximateNumEntries() = 0;
  // The newest time of windows and sessions; -1 before the first.
  virtual int64_t observed_ms() const = 0;
};

// Everything of an update that leaves a caching store. The values are std::optional<V>s.
struct RowUpdate {
  std::string_view key;
  const void* new_value;
  void* old_value;
  int64_t timestamp_ms;
  const Headers* headers;
};

class RowStore : public RowReader {
 public:
  // Moves from `*value`, a std::optional<V>; nullopt deletes.
  virtual void Put(std::string_view key, int64_t time_ms, void* value) = 0;
  // The number that sets this window's row apart from others of the same key and start; 0 without duplicates.
  virtual int32_t NextSequence() = 0;
  // Appends to the changelog what no put stands for.
  virtual void Log(std::string_view key, std::optional<std::string_view> value, int64_t timestamp_ms,
                   const Headers& headers) = 0;
  // As Log, with the timestamp of the current record and no value.
  virtual void LogDeletion(std::string_view key) = 0;
  // With `own_time`.
  virtual void Observe(int64_t time_ms) = 0;
  // Counts and reports a put that came too late.
  virtual void CountExpired() = 0;
  // With `own_changelog`: called for each record while the store is restored. What it puts is not logged.
  virtual void SetRestorer(std::function<void(const ChangelogRecord&)> restorer) = 0;
  virtual bool caching() const = 0;
  virtual void SetFlushListener(std::function<void(const RowUpdate&)> listener) = 0;
  // The rows at the last commit, safe to read from any thread at any time; nullptr where they are not on disk.
  virtual std::shared_ptr<RowReader> Committed() const = 0;
};

// What a store of a task is built upon; made by TaskStores for each store.
class StoreBuilder::Ground {
 public:
  virtual ~Ground() = default;

  // The rows live as long as the TaskStores that the store belongs to.
  virtual RowStore& OpenRows(const StoreBuilder& builder, RowStoreSpec spec) = 0;
};

}  // namespace millrace
