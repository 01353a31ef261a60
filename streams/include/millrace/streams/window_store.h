#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "millrace/streams/record.h"
#include "millrace/streams/state_store.h"
#include "millrace/streams/store_iterator.h"
#include "millrace/streams/value_and_timestamp.h"
#include "millrace/streams/windowed.h"

namespace millrace {

// A map from (key, window start) to values that keeps a span of event time, the retention. Time bounds belong to the
// range. Windows whose start is the retention or more behind the newest start ever put are gone for every read.
template <class K, class V>
class ReadOnlyWindowStore {
 public:
  virtual ~ReadOnlyWindowStore() = default;

  virtual std::optional<V> Fetch(const K& key, int64_t start_ms) const = 0;
  // The windows of one key by their start.
  virtual StoreIteratorPtr<int64_t, V> Fetch(const K& key, int64_t from_ms, int64_t to_ms) const = 0;
  virtual StoreIteratorPtr<int64_t, V> BackwardFetch(const K& key, int64_t from_ms, int64_t to_ms) const = 0;
  // The windows of a range of keys (nullopt: open), by key bytes, then start.
  virtual StoreIteratorPtr<Windowed<K>, V> FetchRange(const std::optional<K>& from, const std::optional<K>& to,
                                                      int64_t from_ms, int64_t to_ms) const = 0;
  virtual StoreIteratorPtr<Windowed<K>, V> BackwardFetchRange(const std::optional<K>& from, const std::optional<K>& to,
                                                              int64_t from_ms, int64_t to_ms) const = 0;
  virtual StoreIteratorPtr<Windowed<K>, V> FetchAll(int64_t from_ms, int64_t to_ms) const = 0;
  virtual StoreIteratorPtr<Windowed<K>, V> BackwardFetchAll(int64_t from_ms, int64_t to_ms) const = 0;

  StoreIteratorPtr<Windowed<K>, V> All() const { return FetchAll(0, INT64_MAX); }
  StoreIteratorPtr<Windowed<K>, V> BackwardAll() const { return BackwardFetchAll(0, INT64_MAX); }
};

template <class K, class V>
class WindowStore : public StateStore, public ReadOnlyWindowStore<K, V> {
 public:
  // Nullopt deletes. A window that is already past the retention is not stored.
  virtual void Put(const K& key, std::optional<V> value, int64_t start_ms) = 0;

  virtual int64_t window_size_ms() const = 0;
  virtual int64_t retention_ms() const = 0;
  // As in KeyValueStore.
  virtual bool caching() const = 0;
  using FlushListener = std::function<void(const Windowed<K>& key, std::optional<V> new_value,
                                           std::optional<V> old_value, int64_t timestamp_ms, Headers headers)>;
  virtual void SetFlushListener(FlushListener listener) = 0;
};

template <class K, class V>
using TimestampedWindowStore = WindowStore<K, ValueAndTimestamp<V>>;

}  // namespace millrace
