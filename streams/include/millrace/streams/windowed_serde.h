#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "millrace/base/bytes.h"
#include "millrace/streams/serde.h"
#include "millrace/streams/windowed.h"

namespace millrace {

// Windowed keys in topics, in Kafka Streams' formats.
//
//   time window:    key bytes, int64 start                (the end follows from the size, which the reader knows)
//   session window: key bytes, int64 end, int64 start
template <class K>
class TimeWindowedSerde final : public Serde<Windowed<K>> {
 public:
  TimeWindowedSerde(SerdePtr<K> key, int64_t window_size_ms) : key_(std::move(key)), size_ms_(window_size_ms) {}

  absl::Status Serialize(const Windowed<K>& windowed, std::string* out) const override {
    if (absl::Status status = key_->Serialize(windowed.key, out); !status.ok()) return status;
    AppendBigEndian(windowed.window.start_ms, out);
    return absl::OkStatus();
  }
  absl::StatusOr<Windowed<K>> Deserialize(std::string_view bytes) const override {
    if (bytes.size() < 8)
      return absl::DataLossError(absl::StrCat("a windowed key has ", bytes.size(), " bytes, not 8 or more"));
    absl::StatusOr<K> key = key_->Deserialize(PartitionBytes(bytes));
    if (!key.ok()) return key.status();
    const auto start_ms = LoadBigEndian<int64_t>(bytes.data() + bytes.size() - 8);
    const int64_t end_ms = start_ms > INT64_MAX - size_ms_ ? INT64_MAX : start_ms + size_ms_;
    return Windowed<K>{*std::move(key), {start_ms, end_ms}};
  }
  std::string_view PartitionBytes(std::string_view serialized) const override {
    return serialized.substr(0, serialized.size() - 8);
  }

 private:
  SerdePtr<K> key_;
  int64_t size_ms_;
};

template <class K>
class SessionWindowedSerde final : public Serde<Windowed<K>> {
 public:
  explicit SessionWindowedSerde(SerdePtr<K> key) : key_(std::move(key)) {}

  absl::Status Serialize(const Windowed<K>& windowed, std::string* out) const override {
    if (absl::Status status = key_->Serialize(windowed.key, out); !status.ok()) return status;
    AppendBigEndian(windowed.window.end_ms, out);
    AppendBigEndian(windowed.window.start_ms, out);
    return absl::OkStatus();
  }
  absl::StatusOr<Windowed<K>> Deserialize(std::string_view bytes) const override {
    if (bytes.size() < 16)
      return absl::DataLossError(absl::StrCat("a session key has ", bytes.size(), " bytes, not 16 or more"));
    absl::StatusOr<K> key = key_->Deserialize(PartitionBytes(bytes));
    if (!key.ok()) return key.status();
    const char* window = bytes.data() + bytes.size() - 16;
    return Windowed<K>{*std::move(key), {LoadBigEndian<int64_t>(window + 8), LoadBigEndian<int64_t>(window)}};
  }
  std::string_view PartitionBytes(std::string_view serialized) const override {
    return serialized.substr(0, serialized.size() - 16);
  }

 private:
  SerdePtr<K> key_;
};

extern template class TimeWindowedSerde<std::string>;
extern template class SessionWindowedSerde<std::string>;

}  // namespace millrace
