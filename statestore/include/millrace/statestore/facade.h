#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "millrace/statestore/committed_reads.h"
#include "millrace/statestore/row_store.h"
#include "millrace/streams/serde.h"
#include "millrace/streams/state_store.h"
#include "millrace/streams/store_iterator.h"
#include "millrace/streams/value_and_timestamp.h"

// What the typed stores share: keys to bytes and back, and iterators. Everything that does not need the types is in the
// engine.

namespace millrace {

namespace internal {

[[noreturn]] void ThrowKeyError(std::string_view store, std::string_view what, const absl::Status& status);
[[noreturn]] void ThrowValueError(std::string_view store, std::string_view what, const absl::Status& status);

// Encodes the keys of one store.
template <class K>
class KeyCodec {
 public:
  KeyCodec(std::string store, SerdePtr<K> serde) : store_(std::move(store)), serde_(std::move(serde)) {}

  const std::string& store() const { return store_; }
  // Into `*out`, whose capacity is reused.
  void Encode(const K& key, std::string* out) const {
    out->clear();
    if (absl::Status status = serde_->Serialize(key, out); !status.ok()) ThrowKeyError(store_, "serialized", status);
  }
  std::optional<std::string> Encode(const std::optional<K>& key) const {
    if (!key) return std::nullopt;
    std::optional<std::string> bytes(std::in_place);
    Encode(*key, &*bytes);
    return bytes;
  }
  K Decode(std::string_view bytes) const {
    absl::StatusOr<K> key = serde_->Deserialize(bytes);
    if (!key.ok()) ThrowKeyError(store_, "decoded", key.status());
    return *std::move(key);
  }

 private:
  std::string store_;
  SerdePtr<K> serde_;
};

// Where a key's bytes go for the time of one call. The newest rows are read by one thread, which reuses a string;
// committed rows are read by any, each with a string of its own.
class KeyBuffer {
 public:
  explicit KeyBuffer(std::string* shared) : bytes_(shared == nullptr ? &own_ : shared) {}
  std::string* get() { return bytes_; }
  std::string* operator->() { return bytes_; }
  std::string_view view() const { return *bytes_; }

 private:
  std::string own_;
  std::string* bytes_;
};

// `Decode` makes the iterator's key of a row's key bytes.
template <class Out, class V, class Decode>
class RowIterator final : public StoreIterator<Out, V> {
 public:
  RowIterator(std::unique_ptr<RowCursor> cursor, Decode decode)
      : cursor_(std::move(cursor)), decode_(std::move(decode)) {}

  bool Valid() const override { return cursor_->Valid(); }
  void Next() override {
    key_.reset();
    cursor_->Next();
  }
  const Out& key() const override {
    if (!key_) key_.emplace(decode_(cursor_->key()));
    return *key_;
  }
  const V& value() const override { return **static_cast<const std::optional<V>*>(cursor_->value()); }

 private:
  std::unique_ptr<RowCursor> cursor_;
  Decode decode_;
  mutable std::optional<Out> key_;
};

template <class Out, class V, class Decode>
StoreIteratorPtr<Out, V> MakeRowIterator(std::unique_ptr<RowCursor> cursor, Decode decode) {
  return std::make_unique<RowIterator<Out, V, Decode>>(std::move(cursor), std::move(decode));
}

// Hands an update to a typed listener; `decode` makes its key.
template <class V, class Listener, class Decode>
std::function<void(const RowUpdate&)> TypedListener(Listener listener, Decode decode) {
  if (!listener) return nullptr;
  return [listener = std::move(listener), decode = std::move(decode)](const RowUpdate& update) {
    const auto& new_value = *static_cast<const std::optional<V>*>(update.new_value);
    auto& old_value = *static_cast<std::optional<V>*>(update.old_value);
    listener(decode(update.key), new_value, std::move(old_value), update.timestamp_ms, *update.headers);
  };
}

}  // namespace internal
}  // namespace millrace
