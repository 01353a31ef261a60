#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "millrace/base/bytes.h"
#include "millrace/streams/serde.h"

namespace millrace {

// The value of timestamped stores, which the tables of the DSL live in: a row and the event time of its last change.
template <class V>
struct ValueAndTimestamp {
  V value;
  int64_t timestamp_ms = 0;

  bool operator==(const ValueAndTimestamp&) const = default;
};

// Bytes at rest: the timestamp, 8 bytes big endian, then the value. In a changelog record only the value stands in the
// value; the timestamp is the record's.
template <class V>
class ValueAndTimestampSerde final : public Serde<ValueAndTimestamp<V>> {
 public:
  explicit ValueAndTimestampSerde(SerdePtr<V> value) : value_(std::move(value)) {}

  absl::Status Serialize(const ValueAndTimestamp<V>& row, std::string* out) const override {
    AppendBigEndian(row.timestamp_ms, out);
    return value_->Serialize(row.value, out);
  }
  absl::StatusOr<ValueAndTimestamp<V>> Deserialize(std::string_view bytes) const override {
    if (bytes.size() < sizeof(int64_t)) {
      return absl::DataLossError(
          "a row of a timestamped store has fewer than 8 bytes: its state is damaged, delete it");
    }
    absl::StatusOr<V> value = value_->Deserialize(bytes.substr(sizeof(int64_t)));
    if (!value.ok()) return value.status();
    return ValueAndTimestamp<V>{*std::move(value), LoadBigEndian<int64_t>(bytes.data())};
  }
  const SerdePtr<V>& value_serde() const { return value_; }

 private:
  SerdePtr<V> value_;
};

}  // namespace millrace
