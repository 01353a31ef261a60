#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "millrace/streams/record.h"
#include "millrace/streams/state_store.h"
#include "millrace/streams/store_iterator.h"
#include "millrace/streams/windowed.h"

namespace millrace {

// A map from (key, session) to aggregates, kept for a retention as in WindowStore. Both ends of a session belong to it.
template <class K, class V>
class ReadOnlySessionStore {
 public:
  virtual ~ReadOnlySessionStore() = default;

  virtual std::optional<V> FetchSession(const K& key, int64_t start_ms, int64_t end_ms) const = 0;
  // The sessions of a key that end at or after `earliest_end_ms` and start at or before `latest_start_ms`, by end.
  virtual StoreIteratorPtr<Windowed<K>, V> FindSessions(const K& key, int64_t earliest_end_ms,
                                                        int64_t latest_start_ms) const = 0;
  virtual StoreIteratorPtr<Windowed<K>, V> BackwardFindSessions(const K& key, int64_t earliest_end_ms,
                                                                int64_t latest_start_ms) const = 0;
  // The same of a range of keys (nullopt: open), in the order of FetchRange.
  virtual StoreIteratorPtr<Windowed<K>, V> FindSessions(const std::optional<K>& from, const std::optional<K>& to,
                                                        int64_t earliest_end_ms, int64_t latest_start_ms) const = 0;
  virtual StoreIteratorPtr<Windowed<K>, V> BackwardFindSessions(const std::optional<K>& from,
                                                                const std::optional<K>& to, int64_t earliest_end_ms,
                                                                int64_t latest_start_ms) const = 0;
  // The sessions of all keys that end within a span of time, both ends within.
  virtual StoreIteratorPtr<Windowed<K>, V> FindSessionsByEnd(int64_t earliest_end_ms, int64_t latest_end_ms) const = 0;
  // All sessions of a range of keys (nullopt: open).
  virtual StoreIteratorPtr<Windowed<K>, V> FetchRange(const std::optional<K>& from,
                                                      const std::optional<K>& to) const = 0;
  virtual StoreIteratorPtr<Windowed<K>, V> BackwardFetchRange(const std::optional<K>& from,
                                                              const std::optional<K>& to) const = 0;

  StoreIteratorPtr<Windowed<K>, V> Fetch(const K& key) const { return FetchRange(key, key); }
};

template <class K, class V>
class SessionStore : public StateStore, public ReadOnlySessionStore<K, V> {
 public:
  // Nullopt removes.
  virtual void Put(const Windowed<K>& session, std::optional<V> aggregate) = 0;
  void Remove(const Windowed<K>& session) { Put(session, std::nullopt); }

  // As in KeyValueStore.
  virtual bool caching() const = 0;
  using FlushListener = std::function<void(const Windowed<K>& key, std::optional<V> new_value,
                                           std::optional<V> old_value, int64_t timestamp_ms, Headers headers)>;
  virtual void SetFlushListener(FlushListener listener) = 0;
};

}  // namespace millrace
