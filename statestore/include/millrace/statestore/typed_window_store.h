#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "millrace/base/bytes.h"
#include "millrace/statestore/facade.h"
#include "millrace/streams/window_store.h"

namespace millrace::internal {

struct WindowShape {
  int64_t window_size_ms = 0;
  int64_t retention_ms = 0;
  bool retain_duplicates = false;
};

// The key of a window's row (RowKeyKind::kWindow).
inline constexpr size_t kWindowSuffixBytes = sizeof(int64_t) + sizeof(int32_t);

inline void AppendWindowSuffix(int64_t start_ms, int32_t sequence, std::string* key) {
  AppendBigEndian(start_ms, key);
  AppendBigEndian(sequence, key);
}
inline int64_t WindowStart(std::string_view row_key) {
  return LoadBigEndian<int64_t>(row_key.data() + row_key.size() - kWindowSuffixBytes);
}

template <class K>
struct DecodeWindowed {
  KeyCodec<K> codec;
  int64_t window_size_ms;

  Windowed<K> operator()(std::string_view row_key) const {
    const int64_t start_ms = WindowStart(row_key);
    const int64_t end_ms = start_ms > INT64_MAX - window_size_ms ? INT64_MAX : start_ms + window_size_ms;
    return {codec.Decode(row_key.substr(0, row_key.size() - kWindowSuffixBytes)), {start_ms, end_ms}};
  }
};

template <class Store, class K, class V>
class WindowReads : public Store {
 public:
  std::optional<V> Fetch(const K& key, int64_t start_ms) const override {
    if (shape_.retain_duplicates) {
      auto all = Fetch(key, start_ms, start_ms);
      return all->Valid() ? std::optional<V>(all->value()) : std::nullopt;
    }
    KeyBuffer bytes(scratch_.get());
    codec_.Encode(key, bytes.get());
    AppendWindowSuffix(start_ms, 0, bytes.get());
    std::optional<V> value;
    rows_->Find(bytes.view(), start_ms, &value);
    return value;
  }
  StoreIteratorPtr<int64_t, V> Fetch(const K& key, int64_t from_ms, int64_t to_ms) const override {
    return OneKey(key, from_ms, to_ms, /*forward=*/true);
  }
  StoreIteratorPtr<int64_t, V> BackwardFetch(const K& key, int64_t from_ms, int64_t to_ms) const override {
    return OneKey(key, from_ms, to_ms, /*forward=*/false);
  }
  StoreIteratorPtr<Windowed<K>, V> FetchRange(const std::optional<K>& from, const std::optional<K>& to, int64_t from_ms,
                                              int64_t to_ms) const override {
    return Keys(from, to, from_ms, to_ms, /*forward=*/true);
  }
  StoreIteratorPtr<Windowed<K>, V> BackwardFetchRange(const std::optional<K>& from, const std::optional<K>& to,
                                                      int64_t from_ms, int64_t to_ms) const override {
    return Keys(from, to, from_ms, to_ms, /*forward=*/false);
  }
  StoreIteratorPtr<Windowed<K>, V> FetchAll(int64_t from_ms, int64_t to_ms) const override {
    return Keys(std::nullopt, std::nullopt, from_ms, to_ms, /*forward=*/true);
  }
  StoreIteratorPtr<Windowed<K>, V> BackwardFetchAll(int64_t from_ms, int64_t to_ms) const override {
    return Keys(std::nullopt, std::nullopt, from_ms, to_ms, /*forward=*/false);
  }

 protected:
  WindowReads(RowReader& rows, KeyCodec<K> codec, WindowShape shape, std::unique_ptr<std::string> scratch)
      : codec_(std::move(codec)), shape_(shape), scratch_(std::move(scratch)), rows_(&rows) {}

  const KeyCodec<K> codec_;
  const WindowShape shape_;
  const std::unique_ptr<std::string> scratch_;

 private:
  StoreIteratorPtr<int64_t, V> OneKey(const K& key, int64_t from_ms, int64_t to_ms, bool forward) const {
    RowScan scan{.from_key = codec_.Encode(std::optional<K>(key)),
                 .min_time_ms = from_ms,
                 .max_time_ms = to_ms,
                 .forward = forward};
    scan.to_key = scan.from_key;
    return MakeRowIterator<int64_t, V>(rows_->Scan(scan), &WindowStart);
  }
  StoreIteratorPtr<Windowed<K>, V> Keys(const std::optional<K>& from, const std::optional<K>& to, int64_t from_ms,
                                        int64_t to_ms, bool forward) const {
    return MakeRowIterator<Windowed<K>, V>(rows_->Scan({.from_key = codec_.Encode(from),
                                                        .to_key = codec_.Encode(to),
                                                        .min_time_ms = from_ms,
                                                        .max_time_ms = to_ms,
                                                        .forward = forward}),
                                           DecodeWindowed<K>{codec_, shape_.window_size_ms});
  }

  RowReader* const rows_;
};

template <class K, class V>
class CommittedWindowStore final : public WindowReads<ReadOnlyWindowStore<K, V>, K, V> {
 public:
  CommittedWindowStore(std::shared_ptr<RowReader> rows, KeyCodec<K> codec, WindowShape shape)
      : WindowReads<ReadOnlyWindowStore<K, V>, K, V>(*rows, std::move(codec), shape, nullptr), rows_(std::move(rows)) {}

 private:
  const std::shared_ptr<RowReader> rows_;
};

template <class K, class V>
class TypedWindowStore final : public WindowReads<WindowStore<K, V>, K, V>,
                               public CommittedReads<ReadOnlyWindowStore<K, V>> {
  using Reads = WindowReads<WindowStore<K, V>, K, V>;

 public:
  TypedWindowStore(RowStore& rows, KeyCodec<K> codec, WindowShape shape)
      : Reads(rows, std::move(codec), shape, std::make_unique<std::string>()), rows_(rows) {}

  const std::string& name() const override { return this->codec_.store(); }
  void Put(const K& key, std::optional<V> value, int64_t start_ms) override {
    std::string* bytes = this->scratch_.get();
    this->codec_.Encode(key, bytes);
    AppendWindowSuffix(start_ms, rows_.NextSequence(), bytes);
    if (this->shape_.retain_duplicates && !value) {
      rows_.LogDeletion(*bytes);
    } else {
      rows_.Put(*bytes, start_ms, &value);
    }
  }
  int64_t window_size_ms() const override { return this->shape_.window_size_ms; }
  int64_t retention_ms() const override { return this->shape_.retention_ms; }
  bool caching() const override { return rows_.caching(); }
  void SetFlushListener(typename WindowStore<K, V>::FlushListener listener) override {
    rows_.SetFlushListener(
        TypedListener<V>(std::move(listener), DecodeWindowed<K>{this->codec_, this->shape_.window_size_ms}));
  }
  std::shared_ptr<const ReadOnlyWindowStore<K, V>> CommittedView() const override {
    std::shared_ptr<RowReader> rows = rows_.Committed();
    return rows == nullptr ? nullptr
                           : std::make_shared<CommittedWindowStore<K, V>>(std::move(rows), this->codec_, this->shape_);
  }

 private:
  RowStore& rows_;
};

}  // namespace millrace::internal
