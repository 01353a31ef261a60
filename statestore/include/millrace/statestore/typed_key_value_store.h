#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "millrace/statestore/facade.h"
#include "millrace/streams/key_value_store.h"

namespace millrace::internal {

// The reads of a key-value store; `Store` is the interface that they are part of.
template <class Store, class K, class V>
class KeyValueReads : public Store {
 public:
  std::optional<V> Get(const K& key) const override {
    KeyBuffer bytes(scratch_.get());
    codec_.Encode(key, bytes.get());
    std::optional<V> value;
    rows_->Find(bytes.view(), 0, &value);
    return value;
  }
  StoreIteratorPtr<K, V> Range(const std::optional<K>& from, const std::optional<K>& to) const override {
    return Scan({.from_key = codec_.Encode(from), .to_key = codec_.Encode(to)});
  }
  StoreIteratorPtr<K, V> ReverseRange(const std::optional<K>& from, const std::optional<K>& to) const override {
    return Scan({.from_key = codec_.Encode(from), .to_key = codec_.Encode(to), .forward = false});
  }
  StoreIteratorPtr<K, V> PrefixScan(std::string_view prefix) const override {
    return Scan({.prefix = std::string(prefix)});
  }
  int64_t ApproximateNumEntries() const override { return rows_->ApproximateNumEntries(); }

 protected:
  // Without a scratch the reads are thread-safe, if those of the rows are.
  KeyValueReads(RowReader& rows, KeyCodec<K> codec, std::unique_ptr<std::string> scratch)
      : codec_(std::move(codec)), scratch_(std::move(scratch)), rows_(&rows) {}

  const KeyCodec<K> codec_;
  const std::unique_ptr<std::string> scratch_;

 private:
  StoreIteratorPtr<K, V> Scan(const RowScan& scan) const {
    // The codec is copied because an iterator of a committed view may outlive the view.
    return MakeRowIterator<K, V>(rows_->Scan(scan),
                                 [codec = codec_](std::string_view key) { return codec.Decode(key); });
  }

  RowReader* const rows_;
};

template <class K, class V>
class CommittedKeyValueStore final : public KeyValueReads<ReadOnlyKeyValueStore<K, V>, K, V> {
 public:
  CommittedKeyValueStore(std::shared_ptr<RowReader> rows, KeyCodec<K> codec)
      : KeyValueReads<ReadOnlyKeyValueStore<K, V>, K, V>(*rows, std::move(codec), nullptr), rows_(std::move(rows)) {}

 private:
  const std::shared_ptr<RowReader> rows_;
};

template <class K, class V>
class TypedKeyValueStore final : public KeyValueReads<KeyValueStore<K, V>, K, V>,
                                 public CommittedReads<ReadOnlyKeyValueStore<K, V>> {
  using Reads = KeyValueReads<KeyValueStore<K, V>, K, V>;

 public:
  TypedKeyValueStore(RowStore& rows, KeyCodec<K> codec)
      : Reads(rows, std::move(codec), std::make_unique<std::string>()), rows_(rows) {}

  const std::string& name() const override { return this->codec_.store(); }
  void Put(const K& key, std::optional<V> value) override {
    this->codec_.Encode(key, this->scratch_.get());
    rows_.Put(*this->scratch_, 0, &value);
  }
  std::optional<V> PutIfAbsent(const K& key, V value) override {
    std::optional<V> present = this->Get(key);
    if (!present) Put(key, std::move(value));
    return present;
  }
  std::optional<V> Delete(const K& key) override {
    std::optional<V> present = this->Get(key);
    Put(key, std::nullopt);
    return present;
  }
  bool caching() const override { return rows_.caching(); }
  void SetFlushListener(typename KeyValueStore<K, V>::FlushListener listener) override {
    rows_.SetFlushListener(TypedListener<V>(
        std::move(listener), [codec = this->codec_](std::string_view key) { return codec.Decode(key); }));
  }
  std::shared_ptr<const ReadOnlyKeyValueStore<K, V>> CommittedView() const override {
    std::shared_ptr<RowReader> rows = rows_.Committed();
    return rows == nullptr ? nullptr : std::make_shared<CommittedKeyValueStore<K, V>>(std::move(rows), this->codec_);
  }

 private:
  RowStore& rows_;
};

}  // namespace millrace::internal
