#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "millrace/streams/state_store.h"

namespace millrace {

// A value and the time from which it was the value of its key. `valid_to_ms`: when another took its place; nullopt:
// nothing has yet.
template <class V>
struct VersionedValue {
  V value;
  int64_t timestamp_ms = 0;
  std::optional<int64_t> valid_to_ms;

  bool operator==(const VersionedValue&) const = default;
};

// A map from keys to the values that they had in the course of time. What was valid before the newest timestamp ever
// put, less the history retention, can no longer be asked for.
template <class K, class V>
class ReadOnlyVersionedStore {
 public:
  virtual ~ReadOnlyVersionedStore() = default;

  // The newest value; nullopt where it is deleted.
  virtual std::optional<VersionedValue<V>> Get(const K& key) const = 0;
  // The value at a time. One that is valid still is found however long ago that time is.
  virtual std::optional<VersionedValue<V>> Get(const K& key, int64_t as_of_ms) const = 0;
  // All values that were valid at some time between the two, by time; both bounds belong to it.
  virtual std::vector<VersionedValue<V>> History(const K& key, int64_t from_ms, int64_t to_ms) const = 0;
};

// What became of a value that was put into a versioned store.
struct VersionedPut {
  // False: its timestamp is past the history retention.
  bool stored = false;
  // Until when it is valid; nullopt: it is the newest of its key.
  std::optional<int64_t> valid_to_ms;

  bool operator==(const VersionedPut&) const = default;
};

template <class K, class V>
class VersionedStore : public StateStore, public ReadOnlyVersionedStore<K, V> {
 public:
  // Nullopt: deleted from this time on. Timestamps may come in any order; a second put at the same one replaces.
  virtual VersionedPut Put(const K& key, std::optional<V> value, int64_t timestamp_ms) = 0;
  // Returns the value at this time, which it ends.
  virtual std::optional<VersionedValue<V>> Delete(const K& key, int64_t timestamp_ms) = 0;

  virtual int64_t history_retention_ms() const = 0;
};

}  // namespace millrace
