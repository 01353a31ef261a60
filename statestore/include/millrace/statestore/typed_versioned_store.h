#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "millrace/base/bytes.h"
#include "millrace/statestore/facade.h"
#include "millrace/statestore/typed_window_store.h"
#include "millrace/streams/versioned_store.h"

// Versions as rows. A version is valid from a time to a time, and its row stands at (key, valid to): the newest at the
// end of all time, so that it is found without a search and never expires; the others by when they ended, so that they
// expire together. A deletion leaves no row where the version that it ended tells its time; otherwise it leaves a row
// without a value that is valid for no time at all.

namespace millrace::internal {

template <class V>
struct Version {
  int64_t valid_from_ms = 0;
  std::optional<V> value;
};

// Bytes at rest: valid from, 8 bytes big endian; then, of a version with a value, the byte 1 and the value.
template <class V>
class VersionSerde final : public Serde<Version<V>> {
 public:
  explicit VersionSerde(SerdePtr<V> value) : value_(std::move(value)) {}

  absl::Status Serialize(const Version<V>& version, std::string* out) const override {
    AppendBigEndian(version.valid_from_ms, out);
    if (!version.value) return absl::OkStatus();
    out->push_back(1);
    return value_->Serialize(*version.value, out);
  }
  absl::StatusOr<Version<V>> Deserialize(std::string_view bytes) const override {
    if (bytes.size() < sizeof(int64_t)) {
      return absl::DataLossError("a version has fewer than 8 bytes: its state is damaged, delete it");
    }
    Version<V> version{LoadBigEndian<int64_t>(bytes.data()), std::nullopt};
    if (bytes.size() == sizeof(int64_t)) return version;
    absl::StatusOr<V> value = value_->Deserialize(bytes.substr(sizeof(int64_t) + 1));
    if (!value.ok()) return value.status();
    version.value = *std::move(value);
    return version;
  }
  const Serde<V>& value() const { return *value_; }

 private:
  SerdePtr<V> value_;
};

// The rows of one key, by its bytes.
template <class V>
class VersionRows {
 public:
  static constexpr int64_t kNewest = INT64_MAX;

  VersionRows(RowReader& rows, std::string_view key) : rows_(rows), key_(key) {}

  std::optional<Version<V>> At(int64_t valid_to_ms) {
    std::optional<Version<V>> version;
    rows_.Find(RowKey(valid_to_ms), valid_to_ms, &version);
    return version;
  }
  std::optional<Version<V>> Newest() { return At(kNewest); }
  // The first that ends after a time, and when it ends; the newest is not among them.
  struct Ended {
    Version<V> version;
    int64_t valid_to_ms;
  };
  std::optional<Ended> FirstEndingAfter(int64_t time_ms) {
    auto cursor = EndingAfter(time_ms);
    if (!cursor->Valid()) return std::nullopt;
    return Ended{**static_cast<const std::optional<Version<V>>*>(cursor->value()), WindowStart(cursor->key())};
  }
  std::unique_ptr<RowCursor> EndingAfter(int64_t time_ms) {
    return rows_.Scan({.from_key = std::string(key_),
                       .to_key = std::string(key_),
                       .min_time_ms = time_ms == INT64_MAX ? time_ms : time_ms + 1,
                       .max_time_ms = rows_.observed_ms()});
  }
  void Put(RowStore& rows, int64_t valid_to_ms, std::optional<Version<V>> version) {
    rows.Put(RowKey(valid_to_ms), valid_to_ms, &version);
  }

 private:
  std::string RowKey(int64_t valid_to_ms) const {
    std::string row_key(key_);
    AppendWindowSuffix(valid_to_ms, 0, &row_key);
    return row_key;
  }

  RowReader& rows_;
  const std::string_view key_;
};

template <class Store, class K, class V>
class VersionedReads : public Store {
 public:
  std::optional<VersionedValue<V>> Get(const K& key) const override {
    const std::string bytes = *codec_.Encode(std::optional<K>(key));
    return Found(VersionRows<V>(*rows_, bytes).Newest(), std::nullopt);
  }
  std::optional<VersionedValue<V>> Get(const K& key, int64_t as_of_ms) const override {
    const std::string bytes = *codec_.Encode(std::optional<K>(key));
    VersionRows<V> versions(*rows_, bytes);
    auto newest = versions.Newest();
    if (newest && newest->valid_from_ms <= as_of_ms) return Found(std::move(newest), std::nullopt);
    if (as_of_ms < rows_->observed_ms() - retention_ms_) return std::nullopt;
    auto ended = versions.FirstEndingAfter(as_of_ms);
    if (!ended || ended->version.valid_from_ms > as_of_ms) return std::nullopt;
    return Found(std::move(ended->version), ended->valid_to_ms);
  }
  std::vector<VersionedValue<V>> History(const K& key, int64_t from_ms, int64_t to_ms) const override {
    const std::string bytes = *codec_.Encode(std::optional<K>(key));
    VersionRows<V> versions(*rows_, bytes);
    std::vector<VersionedValue<V>> history;
    const int64_t oldest_ms = std::max(from_ms, rows_->observed_ms() - retention_ms_);
    for (auto cursor = versions.EndingAfter(oldest_ms); cursor->Valid(); cursor->Next()) {
      const auto& version = **static_cast<const std::optional<Version<V>>*>(cursor->value());
      if (version.valid_from_ms > to_ms) return history;
      if (auto found = Found(version, WindowStart(cursor->key()))) history.push_back(*std::move(found));
    }
    auto newest = versions.Newest();
    if (newest && newest->valid_from_ms <= to_ms) history.push_back(*Found(std::move(newest), std::nullopt));
    return history;
  }

 protected:
  VersionedReads(RowReader& rows, KeyCodec<K> codec, int64_t retention_ms)
      : codec_(std::move(codec)), retention_ms_(retention_ms), rows_(&rows) {}

  const KeyCodec<K> codec_;
  const int64_t retention_ms_;

 private:
  static std::optional<VersionedValue<V>> Found(std::optional<Version<V>> version, std::optional<int64_t> valid_to_ms) {
    if (!version || !version->value) return std::nullopt;
    return VersionedValue<V>{*std::move(version->value), version->valid_from_ms, valid_to_ms};
  }

  RowReader* const rows_;
};

template <class K, class V>
class CommittedVersionedStore final : public VersionedReads<ReadOnlyVersionedStore<K, V>, K, V> {
 public:
  CommittedVersionedStore(std::shared_ptr<RowReader> rows, KeyCodec<K> codec, int64_t retention_ms)
      : VersionedReads<ReadOnlyVersionedStore<K, V>, K, V>(*rows, std::move(codec), retention_ms),
        rows_(std::move(rows)) {}

 private:
  const std::shared_ptr<RowReader> rows_;
};

template <class K, class V>
class TypedVersionedStore final : public VersionedReads<VersionedStore<K, V>, K, V>,
                                  public CommittedReads<ReadOnlyVersionedStore<K, V>> {
  using Reads = VersionedReads<VersionedStore<K, V>, K, V>;

 public:
  TypedVersionedStore(RowStore& rows, KeyCodec<K> codec, SerdePtr<V> value, int64_t retention_ms)
      : Reads(rows, std::move(codec), retention_ms), rows_(rows), value_(std::move(value)) {
    rows_.SetRestorer([this](const ChangelogRecord& record) { Restore(record); });
  }

  const std::string& name() const override { return this->codec_.store(); }
  int64_t history_retention_ms() const override { return this->retention_ms_; }

  VersionedPut Put(const K& key, std::optional<V> value, int64_t timestamp_ms) override {
    this->codec_.Encode(key, &key_bytes_);
    value_bytes_.clear();
    if (value) {
      if (absl::Status status = value_->Serialize(*value, &value_bytes_); !status.ok()) {
        ThrowValueError(name(), "serialized", status);
      }
    }
    const std::optional<std::string_view> logged = value ? std::optional<std::string_view>(value_bytes_) : std::nullopt;
    const VersionedPut put = PutVersion(key_bytes_, std::move(value), timestamp_ms);
    // As in Kafka Streams also what came too late to be stored.
    rows_.Log(key_bytes_, logged, timestamp_ms, Headers());
    return put;
  }
  std::optional<VersionedValue<V>> Delete(const K& key, int64_t timestamp_ms) override {
    std::optional<VersionedValue<V>> present = this->Get(key, timestamp_ms);
    Put(key, std::nullopt, timestamp_ms);
    return present;
  }
  std::shared_ptr<const ReadOnlyVersionedStore<K, V>> CommittedView() const override {
    std::shared_ptr<RowReader> rows = rows_.Committed();
    return rows == nullptr
               ? nullptr
               : std::make_shared<CommittedVersionedStore<K, V>>(std::move(rows), this->codec_, this->retention_ms_);
  }

 private:
  void Restore(const ChangelogRecord& record) {
    std::optional<V> value;
    if (record.value) {
      absl::StatusOr<V> decoded = value_->Deserialize(*record.value);
      if (!decoded.ok()) ThrowValueError(name(), "decoded", decoded.status());
      value = *std::move(decoded);
    }
    PutVersion(record.key, std::move(value), record.timestamp_ms);
  }

  VersionedPut PutVersion(std::string_view key, std::optional<V> value, int64_t timestamp_ms) {
    rows_.Observe(timestamp_ms);
    if (timestamp_ms < rows_.observed_ms() - this->retention_ms_) {
      rows_.CountExpired();
      return {};
    }
    VersionRows<V> versions(rows_, key);
    auto newest = versions.Newest();
    if (!newest || newest->valid_from_ms > timestamp_ms) {
      if (auto next = versions.FirstEndingAfter(timestamp_ms)) {
        return PutBefore(versions, std::move(*next), std::move(value), timestamp_ms);
      }
      // Between everything that has ended and the newest.
      if (newest) return PutEnded(versions, std::move(value), timestamp_ms, newest->valid_from_ms);
    }
    return PutNewest(versions, std::move(newest), std::move(value), timestamp_ms);
  }

  VersionedPut PutNewest(VersionRows<V>& versions, std::optional<Version<V>> newest, std::optional<V> value,
                         int64_t timestamp_ms) {
    const bool ends_another = newest && newest->valid_from_ms < timestamp_ms;
    const bool is_deletion = !value;
    if (ends_another) versions.Put(rows_, timestamp_ms, std::move(newest));
    if (!is_deletion) {
      versions.Put(rows_, VersionRows<V>::kNewest, Version<V>{timestamp_ms, std::move(value)});
    } else {
      if (newest) versions.Put(rows_, VersionRows<V>::kNewest, std::nullopt);
      if (!ends_another) MarkDeletion(versions, timestamp_ms);
    }
    return {.stored = true, .valid_to_ms = std::nullopt};
  }

  // `next` is the first version that ends after `timestamp_ms`: it covers that time, or begins later.
  VersionedPut PutBefore(VersionRows<V>& versions, typename VersionRows<V>::Ended next, std::optional<V> value,
                         int64_t timestamp_ms) {
    if (next.version.valid_from_ms > timestamp_ms) {
      return PutEnded(versions, std::move(value), timestamp_ms, next.version.valid_from_ms);
    }
    const bool splits = next.version.valid_from_ms < timestamp_ms;
    const bool is_deletion = !value;
    if (splits) versions.Put(rows_, timestamp_ms, std::move(next.version));
    if (!is_deletion) {
      versions.Put(rows_, next.valid_to_ms, Version<V>{timestamp_ms, std::move(value)});
    } else {
      // What comes next may be a deletion too, of which only the end of this version told.
      versions.Put(rows_, next.valid_to_ms, Version<V>{next.valid_to_ms, std::nullopt});
      if (!splits) MarkDeletion(versions, timestamp_ms);
    }
    return {.stored = true, .valid_to_ms = next.valid_to_ms};
  }

  VersionedPut PutEnded(VersionRows<V>& versions, std::optional<V> value, int64_t timestamp_ms, int64_t valid_to_ms) {
    if (value) {
      versions.Put(rows_, valid_to_ms, Version<V>{timestamp_ms, std::move(value)});
    } else {
      MarkDeletion(versions, timestamp_ms);
    }
    return {.stored = true, .valid_to_ms = valid_to_ms};
  }

  // Unless a version that ends there tells it already.
  void MarkDeletion(VersionRows<V>& versions, int64_t timestamp_ms) {
    if (!versions.At(timestamp_ms)) versions.Put(rows_, timestamp_ms, Version<V>{timestamp_ms, std::nullopt});
  }

  RowStore& rows_;
  const SerdePtr<V> value_;
  std::string key_bytes_;
  std::string value_bytes_;
};

}  // namespace millrace::internal
