#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "millrace/streams/key_value_store.h"
#include "millrace/streams/session_store.h"
#include "millrace/streams/store_iterator.h"
#include "millrace/streams/window_store.h"

// The partitions of a store that are in this process, read as one. Scans go through one partition after the other: keys
// are in order within each only.

namespace millrace::internal {

template <class K, class V>
class ChainedIterator final : public StoreIterator<K, V> {
 public:
  explicit ChainedIterator(std::vector<StoreIteratorPtr<K, V>> parts) : parts_(std::move(parts)) { PassEnds(); }

  bool Valid() const override { return at_ < parts_.size(); }
  void Next() override {
    parts_[at_]->Next();
    PassEnds();
  }
  const K& key() const override { return parts_[at_]->key(); }
  const V& value() const override { return parts_[at_]->value(); }

 private:
  void PassEnds() {
    while (at_ < parts_.size() && !parts_[at_]->Valid()) ++at_;
  }

  std::vector<StoreIteratorPtr<K, V>> parts_;
  size_t at_ = 0;
};

// A key is in one partition only: the first that has it answers.
template <class Store, class Read>
auto FirstOf(const std::vector<std::shared_ptr<const Store>>& parts, Read read) -> decltype(read(*parts.front())) {
  for (const auto& part : parts) {
    if (auto found = read(*part)) return found;
  }
  return std::nullopt;
}

template <class K, class V, class Store, class Scan>
StoreIteratorPtr<K, V> Chain(const std::vector<std::shared_ptr<const Store>>& parts, Scan scan) {
  std::vector<StoreIteratorPtr<K, V>> scans;
  scans.reserve(parts.size());
  for (const auto& part : parts) scans.push_back(scan(*part));
  return std::make_unique<ChainedIterator<K, V>>(std::move(scans));
}

template <class Store>
class CompositeStore;

template <class K, class V>
class CompositeStore<ReadOnlyKeyValueStore<K, V>> final : public ReadOnlyKeyValueStore<K, V> {
  using Part = ReadOnlyKeyValueStore<K, V>;

 public:
  explicit CompositeStore(std::vector<std::shared_ptr<const Part>> parts) : parts_(std::move(parts)) {}

  std::optional<V> Get(const K& key) const override {
    return FirstOf(parts_, [&](const Part& part) { return part.Get(key); });
  }
  StoreIteratorPtr<K, V> Range(const std::optional<K>& from, const std::optional<K>& to) const override {
    return Chain<K, V>(parts_, [&](const Part& part) { return part.Range(from, to); });
  }
  StoreIteratorPtr<K, V> ReverseRange(const std::optional<K>& from, const std::optional<K>& to) const override {
    return Chain<K, V>(parts_, [&](const Part& part) { return part.ReverseRange(from, to); });
  }
  StoreIteratorPtr<K, V> PrefixScan(std::string_view prefix) const override {
    return Chain<K, V>(parts_, [&](const Part& part) { return part.PrefixScan(prefix); });
  }
  int64_t ApproximateNumEntries() const override {
    int64_t entries = 0;
    for (const auto& part : parts_) entries += part->ApproximateNumEntries();
    return entries;
  }

 private:
  const std::vector<std::shared_ptr<const Part>> parts_;
};

template <class K, class V>
class CompositeStore<ReadOnlyWindowStore<K, V>> final : public ReadOnlyWindowStore<K, V> {
  using Part = ReadOnlyWindowStore<K, V>;

 public:
  explicit CompositeStore(std::vector<std::shared_ptr<const Part>> parts) : parts_(std::move(parts)) {}

  std::optional<V> Fetch(const K& key, int64_t start_ms) const override {
    return FirstOf(parts_, [&](const Part& part) { return part.Fetch(key, start_ms); });
  }
  StoreIteratorPtr<int64_t, V> Fetch(const K& key, int64_t from_ms, int64_t to_ms) const override {
    return Chain<int64_t, V>(parts_, [&](const Part& part) { return part.Fetch(key, from_ms, to_ms); });
  }
  StoreIteratorPtr<int64_t, V> BackwardFetch(const K& key, int64_t from_ms, int64_t to_ms) const override {
    return Chain<int64_t, V>(parts_, [&](const Part& part) { return part.BackwardFetch(key, from_ms, to_ms); });
  }
  StoreIteratorPtr<Windowed<K>, V> FetchRange(const std::optional<K>& from, const std::optional<K>& to, int64_t from_ms,
                                              int64_t to_ms) const override {
    return Chain<Windowed<K>, V>(parts_, [&](const Part& part) { return part.FetchRange(from, to, from_ms, to_ms); });
  }
  StoreIteratorPtr<Windowed<K>, V> BackwardFetchRange(const std::optional<K>& from, const std::optional<K>& to,
                                                      int64_t from_ms, int64_t to_ms) const override {
    return Chain<Windowed<K>, V>(parts_,
                                 [&](const Part& part) { return part.BackwardFetchRange(from, to, from_ms, to_ms); });
  }
  StoreIteratorPtr<Windowed<K>, V> FetchAll(int64_t from_ms, int64_t to_ms) const override {
    return Chain<Windowed<K>, V>(parts_, [&](const Part& part) { return part.FetchAll(from_ms, to_ms); });
  }
  StoreIteratorPtr<Windowed<K>, V> BackwardFetchAll(int64_t from_ms, int64_t to_ms) const override {
    return Chain<Windowed<K>, V>(parts_, [&](const Part& part) { return part.BackwardFetchAll(from_ms, to_ms); });
  }

 private:
  const std::vector<std::shared_ptr<const Part>> parts_;
};

template <class K, class V>
class CompositeStore<ReadOnlySessionStore<K, V>> final : public ReadOnlySessionStore<K, V> {
  using Part = ReadOnlySessionStore<K, V>;

 public:
  explicit CompositeStore(std::vector<std::shared_ptr<const Part>> parts) : parts_(std::move(parts)) {}

  std::optional<V> FetchSession(const K& key, int64_t start_ms, int64_t end_ms) const override {
    return FirstOf(parts_, [&](const Part& part) { return part.FetchSession(key, start_ms, end_ms); });
  }
  StoreIteratorPtr<Windowed<K>, V> FindSessions(const K& key, int64_t earliest_end_ms,
                                                int64_t latest_start_ms) const override {
    return Chain<Windowed<K>, V>(
        parts_, [&](const Part& part) { return part.FindSessions(key, earliest_end_ms, latest_start_ms); });
  }
  StoreIteratorPtr<Windowed<K>, V> BackwardFindSessions(const K& key, int64_t earliest_end_ms,
                                                        int64_t latest_start_ms) const override {
    return Chain<Windowed<K>, V>(
        parts_, [&](const Part& part) { return part.BackwardFindSessions(key, earliest_end_ms, latest_start_ms); });
  }
  StoreIteratorPtr<Windowed<K>, V> FindSessions(const std::optional<K>& from, const std::optional<K>& to,
                                                int64_t earliest_end_ms, int64_t latest_start_ms) const override {
    return Chain<Windowed<K>, V>(
        parts_, [&](const Part& part) { return part.FindSessions(from, to, earliest_end_ms, latest_start_ms); });
  }
  StoreIteratorPtr<Windowed<K>, V> BackwardFindSessions(const std::optional<K>& from, const std::optional<K>& to,
                                                        int64_t earliest_end_ms,
                                                        int64_t latest_start_ms) const override {
    return Chain<Windowed<K>, V>(parts_, [&](const Part& part) {
      return part.BackwardFindSessions(from, to, earliest_end_ms, latest_start_ms);
    });
  }
  StoreIteratorPtr<Windowed<K>, V> FindSessionsByEnd(int64_t earliest_end_ms, int64_t latest_end_ms) const override {
    return Chain<Windowed<K>, V>(
        parts_, [&](const Part& part) { return part.FindSessionsByEnd(earliest_end_ms, latest_end_ms); });
  }
  StoreIteratorPtr<Windowed<K>, V> FetchRange(const std::optional<K>& from, const std::optional<K>& to) const override {
    return Chain<Windowed<K>, V>(parts_, [&](const Part& part) { return part.FetchRange(from, to); });
  }
  StoreIteratorPtr<Windowed<K>, V> BackwardFetchRange(const std::optional<K>& from,
                                                      const std::optional<K>& to) const override {
    return Chain<Windowed<K>, V>(parts_, [&](const Part& part) { return part.BackwardFetchRange(from, to); });
  }

 private:
  const std::vector<std::shared_ptr<const Part>> parts_;
};

}  // namespace millrace::internal
