#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "millrace/streams/record.h"
#include "millrace/streams/state_store.h"
#include "millrace/streams/store_iterator.h"
#include "millrace/streams/value_and_timestamp.h"

namespace millrace {

// A map from keys to values, ordered by the bytes of the serialized keys. Reads see every write before them.
template <class K, class V>
class ReadOnlyKeyValueStore {
 public:
  virtual ~ReadOnlyKeyValueStore() = default;

  virtual std::optional<V> Get(const K& key) const = 0;
  // Both bounds belong to the range; nullopt leaves that side open.
  virtual StoreIteratorPtr<K, V> Range(const std::optional<K>& from, const std::optional<K>& to) const = 0;
  virtual StoreIteratorPtr<K, V> ReverseRange(const std::optional<K>& from, const std::optional<K>& to) const = 0;
  // All keys whose serialized bytes begin with `prefix`.
  virtual StoreIteratorPtr<K, V> PrefixScan(std::string_view prefix) const = 0;
  virtual int64_t ApproximateNumEntries() const = 0;

  StoreIteratorPtr<K, V> All() const { return Range(std::nullopt, std::nullopt); }
  StoreIteratorPtr<K, V> ReverseAll() const { return ReverseRange(std::nullopt, std::nullopt); }
};

template <class K, class V>
class KeyValueStore : public StateStore, public ReadOnlyKeyValueStore<K, V> {
 public:
  // Nullopt deletes.
  virtual void Put(const K& key, std::optional<V> value) = 0;
  // Puts unless there is a value, and returns the one that there was.
  virtual std::optional<V> PutIfAbsent(const K& key, V value) = 0;
  // One after the other.
  void PutAll(std::vector<std::pair<K, std::optional<V>>> rows) {
    for (auto& [key, value] : rows) Put(key, std::move(value));
  }
  // Returns what was deleted.
  virtual std::optional<V> Delete(const K& key) = 0;

  // Whether updates leave the store late, at a commit or when the record cache is full, as one update a key. A
  // processor that forwards what it puts then leaves the forwarding to the listener. The new and the old value are
  // those before and after all updates that were folded together; the record carries the timestamp and headers of the
  // last of them.
  virtual bool caching() const = 0;
  using FlushListener = std::function<void(const K& key, std::optional<V> new_value, std::optional<V> old_value,
                                           int64_t timestamp_ms, Headers headers)>;
  virtual void SetFlushListener(FlushListener listener) = 0;
};

template <class K, class V>
using TimestampedKeyValueStore = KeyValueStore<K, ValueAndTimestamp<V>>;
template <class K, class V>
using ReadOnlyTimestampedKeyValueStore = ReadOnlyKeyValueStore<K, ValueAndTimestamp<V>>;

}  // namespace millrace
