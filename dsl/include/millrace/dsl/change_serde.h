#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "millrace/streams/change.h"
#include "millrace/streams/serde.h"

namespace millrace::dsl {

// A change of a row on its way to the table that it is regrouped for, in the format of Kafka Streams (KIP-904). The
// last byte says which it is:
//
//   old value                                          0
//   new value                                          1
//   varint: length of the new value, new value, old value   2
struct ChangeBytes {
  std::optional<std::string_view> new_value;
  std::optional<std::string_view> old_value;
};
absl::Status AppendChange(const ChangeBytes& change, std::string* out);
absl::StatusOr<ChangeBytes> ParseChange(std::string_view bytes);

template <class V>
class ChangeSerde final : public Serde<Change<V>> {
 public:
  explicit ChangeSerde(SerdePtr<V> value) : value_(std::move(value)) {}

  absl::Status Serialize(const Change<V>& change, std::string* out) const override {
    std::string now;
    std::string before;
    ChangeBytes bytes;
    if (change.new_value) {
      if (absl::Status status = value_->Serialize(*change.new_value, &now); !status.ok()) return status;
      bytes.new_value = now;
    }
    if (change.old_value) {
      if (absl::Status status = value_->Serialize(*change.old_value, &before); !status.ok()) return status;
      bytes.old_value = before;
    }
    return AppendChange(bytes, out);
  }

  absl::StatusOr<Change<V>> Deserialize(std::string_view data) const override {
    absl::StatusOr<ChangeBytes> bytes = ParseChange(data);
    if (!bytes.ok()) return bytes.status();
    Change<V> change;
    if (bytes->new_value) {
      absl::StatusOr<V> value = value_->Deserialize(*bytes->new_value);
      if (!value.ok()) return value.status();
      change.new_value = *std::move(value);
    }
    if (bytes->old_value) {
      absl::StatusOr<V> value = value_->Deserialize(*bytes->old_value);
      if (!value.ok()) return value.status();
      change.old_value = *std::move(value);
    }
    return change;
  }

 private:
  const SerdePtr<V> value_;
};

}  // namespace millrace::dsl
