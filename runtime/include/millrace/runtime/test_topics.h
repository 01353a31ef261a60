#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "millrace/streams/record.h"
#include "millrace/streams/serde.h"

namespace millrace {

class TopologyTestDriver;

// A record of the test driver as bytes.
struct TestRecord {
  std::string topic;
  int32_t partition = 0;
  std::optional<std::string> key;
  std::optional<std::string> value;
  int64_t timestamp_ms = 0;
  Headers headers;
};

// The untyped side of a topic of the test driver.
class TestTopicPort {
 public:
  TestTopicPort(TopologyTestDriver& driver, std::string topic) : driver_(driver), topic_(std::move(topic)) {}

  const std::string& topic() const { return topic_; }
  absl::Status Pipe(const TestRecord& record);
  int64_t WallMs() const;
  // The next unread record; an error when there is none.
  absl::StatusOr<const TestRecord*> Read();
  size_t unread() const;

 private:
  TopologyTestDriver& driver_;
  const std::string topic_;
};

template <class K, class V>
struct TestInputOptions {
  // nullptr: the serde of the type.
  SerdePtr<K> key_serde = nullptr;
  SerdePtr<V> value_serde = nullptr;
  // The timestamp of the first record that is given none; nullopt: the driver's wall clock, for each of them.
  std::optional<int64_t> start_ms = std::nullopt;
  // How much later each further one of those is.
  absl::Duration advance = absl::ZeroDuration();
};

// Where a test puts records in; made by TopologyTestDriver::CreateInputTopic. Each call processes what it puts in, and
// all that follows from it, before it returns; an error is what would have stopped the application. Confined to one
// thread, must not outlive the driver.
template <class K, class V>
class TestInputTopic {
 public:
  TestInputTopic(TestTopicPort port, TestInputOptions<K, V> options)
      : port_(std::move(port)),
        key_serde_(SerdeOrDefault<K>(std::move(options.key_serde))),
        value_serde_(SerdeOrDefault<V>(std::move(options.value_serde))),
        next_ms_(options.start_ms),
        advance_ms_(absl::ToInt64Milliseconds(options.advance)) {}

  absl::Status PipeInput(std::optional<K> key, std::optional<V> value) {
    return PipeInput(std::move(key), std::move(value), NextTimestampMs());
  }
  absl::Status PipeInput(std::optional<K> key, std::optional<V> value, int64_t timestamp_ms, Headers headers = {}) {
    return PipeRecord({std::move(key), std::move(value), timestamp_ms, std::move(headers)});
  }
  // Without a key.
  absl::Status PipeValue(std::optional<V> value) { return PipeInput(std::nullopt, std::move(value)); }
  absl::Status PipeRecord(const Record<K, V>& record) {
    TestRecord bytes{.topic = port_.topic(), .timestamp_ms = record.timestamp_ms, .headers = record.headers};
    if (record.key) {
      const absl::Status status = key_serde_->Serialize(*record.key, &bytes.key.emplace());
      if (!status.ok()) return status;
    }
    if (record.value) {
      const absl::Status status = value_serde_->Serialize(*record.value, &bytes.value.emplace());
      if (!status.ok()) return status;
    }
    return port_.Pipe(bytes);
  }

  // One after the other, up to the first error.
  absl::Status PipeRecords(const std::vector<Record<K, V>>& records) {
    return PipeEach(records, [&](const Record<K, V>& record) { return PipeRecord(record); });
  }
  absl::Status PipeKeyValues(const std::vector<std::pair<std::optional<K>, std::optional<V>>>& pairs) {
    return PipeEach(pairs, [&](const auto& pair) { return PipeInput(pair.first, pair.second); });
  }
  absl::Status PipeValues(const std::vector<std::optional<V>>& values) {
    return PipeEach(values, [&](const std::optional<V>& value) { return PipeValue(value); });
  }

 private:
  template <class Items, class Pipe>
  static absl::Status PipeEach(const Items& items, Pipe pipe) {
    for (const auto& item : items) {
      const absl::Status status = pipe(item);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  int64_t NextTimestampMs() {
    if (!next_ms_ && advance_ms_ == 0) return port_.WallMs();
    const int64_t timestamp_ms = next_ms_.value_or(port_.WallMs());
    next_ms_ = timestamp_ms + advance_ms_;
    return timestamp_ms;
  }

  TestTopicPort port_;
  SerdePtr<K> key_serde_;
  SerdePtr<V> value_serde_;
  std::optional<int64_t> next_ms_;
  int64_t advance_ms_;
};

// What reading an output topic gives: an absl::StatusOr, but one whose content a loop may be over directly. What `*` of
// a temporary yields is a value, not a reference into what is gone when the loop begins:
//
//   for (const auto& record : *counts.ReadRecords()) { ... }
template <class T>
class [[nodiscard]] TestRead : public absl::StatusOr<T> {
 public:
  using absl::StatusOr<T>::StatusOr;
  using absl::StatusOr<T>::operator*;
  using absl::StatusOr<T>::value;

  T operator*() && { return *static_cast<absl::StatusOr<T>&&>(*this); }
  T value() && { return static_cast<absl::StatusOr<T>&&>(*this).value(); }
};

template <class K, class V>
struct TestOutputOptions {
  // nullptr: the serde of the type.
  SerdePtr<K> key_serde = nullptr;
  SerdePtr<V> value_serde = nullptr;
};

// Where a test takes records out, each once, in the order in which they were written to the topic; made by
// TopologyTestDriver::CreateOutputTopic. Reading an empty topic, or bytes that the serde cannot decode, is an error.
// Confined to one thread, must not outlive the driver.
template <class K, class V>
class TestOutputTopic {
 public:
  using KeyValue = std::pair<std::optional<K>, std::optional<V>>;

  TestOutputTopic(TestTopicPort port, TestOutputOptions<K, V> options)
      : port_(std::move(port)),
        key_serde_(SerdeOrDefault<K>(std::move(options.key_serde))),
        value_serde_(SerdeOrDefault<V>(std::move(options.value_serde))) {}

  bool IsEmpty() const { return port_.unread() == 0; }
  size_t QueueSize() const { return port_.unread(); }

  TestRead<Record<K, V>> ReadRecord() {
    const absl::StatusOr<const TestRecord*> bytes = port_.Read();
    if (!bytes.ok()) return bytes.status();
    Record<K, V> record{.timestamp_ms = (*bytes)->timestamp_ms, .headers = (*bytes)->headers};
    if ((*bytes)->key) {
      absl::StatusOr<K> key = key_serde_->Deserialize(*(*bytes)->key);
      if (!key.ok()) return key.status();
      record.key = *std::move(key);
    }
    if ((*bytes)->value) {
      absl::StatusOr<V> value = value_serde_->Deserialize(*(*bytes)->value);
      if (!value.ok()) return value.status();
      record.value = *std::move(value);
    }
    return record;
  }
  TestRead<KeyValue> ReadKeyValue() {
    absl::StatusOr<Record<K, V>> record = ReadRecord();
    if (!record.ok()) return record.status();
    return KeyValue(std::move(record->key), std::move(record->value));
  }
  TestRead<std::optional<V>> ReadValue() {
    absl::StatusOr<Record<K, V>> record = ReadRecord();
    if (!record.ok()) return record.status();
    return std::move(record->value);
  }

  // All that is left.
  TestRead<std::vector<Record<K, V>>> ReadRecords() {
    return ReadAll<Record<K, V>>([&] { return ReadRecord(); });
  }
  TestRead<std::vector<KeyValue>> ReadKeyValues() {
    return ReadAll<KeyValue>([&] { return ReadKeyValue(); });
  }
  // The last value of each key; records without a key are left out.
  TestRead<std::map<K, std::optional<V>>> ReadKeyValuesToMap() {
    absl::StatusOr<std::vector<KeyValue>> pairs = ReadKeyValues();
    if (!pairs.ok()) return pairs.status();
    std::map<K, std::optional<V>> last;
    for (KeyValue& pair : *pairs) {
      if (pair.first) last.insert_or_assign(*std::move(pair.first), std::move(pair.second));
    }
    return last;
  }
  TestRead<std::vector<std::optional<V>>> ReadValues() {
    return ReadAll<std::optional<V>>([&] { return ReadValue(); });
  }

 private:
  template <class T, class Read>
  TestRead<std::vector<T>> ReadAll(Read read) {
    std::vector<T> all;
    while (!IsEmpty()) {
      TestRead<T> one = read();
      if (!one.ok()) return one.status();
      all.push_back(*std::move(one));
    }
    return all;
  }

  TestTopicPort port_;
  SerdePtr<K> key_serde_;
  SerdePtr<V> value_serde_;
};

}  // namespace millrace
