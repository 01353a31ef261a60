#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "millrace/streams/node_spec.h"
#include "millrace/streams/outlet.h"
#include "millrace/streams/serde.h"
#include "millrace/streams/timestamp_extractor.h"

namespace millrace {

template <class K, class V>
struct SourceOptions {
  SerdePtr<K> key_serde = SerdeOf<K>();
  SerdePtr<V> value_serde = SerdeOf<V>();
  // Event time from the record itself; empty: `timestamp_policy`.
  TimestampExtractor<K, V> timestamp_extractor = nullptr;
  // Nullopt: the application's default.timestamp.extractor.
  std::optional<TimestampPolicy> timestamp_policy = std::nullopt;
  std::optional<OffsetReset> reset = std::nullopt;
};

// Event time by a policy; see TimestampPolicy. An error only from kFailOnInvalid.
absl::StatusOr<int64_t> EventTime(TimestampPolicy policy, const RawRecord& raw, int64_t partition_time_ms,
                                  const TaskEnvironment& environment);

// `status` of a deserializer, with the part of the record that it was given.
absl::Status Undecodable(std::string_view part, const absl::Status& status);

// The live node of a source: decodes raw records and sends them on.
template <class K, class V>
class TypedSourceNode final : public SourceNode {
 public:
  TypedSourceNode(const NodeSpec& spec, TaskEnvironment& environment, SourceOptions<K, V> options)
      : SourceNode(spec.name), environment_(environment), options_(std::move(options)) {}

  std::unique_ptr<SourceHead> NewHead() override { return std::make_unique<Head>(*this); }
  void Connect(std::string_view child, void* receiver) override {
    outlet_.Connect(child, static_cast<Receiver<K, V>*>(receiver));
  }

 private:
  class Head final : public SourceHead {
   public:
    explicit Head(TypedSourceNode& node) : node_(node) {}

    LoadResult Load(const RawRecord& raw, int64_t partition_time_ms) override {
      using Outcome = LoadResult::Outcome;
      if (absl::Status status = Decode(raw); !status.ok()) return {Outcome::kUndecodable, -1, std::move(status)};
      absl::StatusOr<int64_t> time_ms = node_.TimeOf(record_, raw, partition_time_ms);
      if (!time_ms.ok()) return {Outcome::kFailed, -1, time_ms.status()};
      if (*time_ms < 0) return {Outcome::kSkipped, *time_ms, {}};
      record_.timestamp_ms = *time_ms;
      return {Outcome::kLoaded, *time_ms, {}};
    }
    void Forward() override {
      const RecordScope scope(node_.environment_, record_.timestamp_ms, record_.headers);
      node_.outlet_.Forward(std::move(record_));
    }

   private:
    absl::Status Decode(const RawRecord& raw) {
      record_.key.reset();
      record_.value.reset();
      record_.timestamp_ms = raw.timestamp_ms;
      if (raw.headers != nullptr && !raw.headers->empty()) {
        record_.headers = *raw.headers;
      } else if (!record_.headers.empty()) {
        record_.headers = {};
      }
      if (raw.key) {
        absl::StatusOr<K> key = node_.options_.key_serde->Deserialize(*raw.key);
        if (!key.ok()) return Undecodable("key", key.status());
        record_.key = *std::move(key);
      }
      if (raw.value) {
        absl::StatusOr<V> value = node_.options_.value_serde->Deserialize(*raw.value);
        if (!value.ok()) return Undecodable("value", value.status());
        record_.value = *std::move(value);
      }
      return absl::OkStatus();
    }

    TypedSourceNode& node_;
    Record<K, V> record_;
  };

  absl::StatusOr<int64_t> TimeOf(const Record<K, V>& record, const RawRecord& raw, int64_t partition_time_ms) const {
    if (options_.timestamp_extractor) return options_.timestamp_extractor(record, partition_time_ms);
    const TimestampPolicy policy = options_.timestamp_policy.value_or(environment_.default_timestamp_policy());
    return EventTime(policy, raw, partition_time_ms, environment_);
  }

  TaskEnvironment& environment_;
  const SourceOptions<K, V> options_;
  Outlet<K, V> outlet_;
};

template <class K, class V>
NodeSpec SourceSpec(std::string name, std::vector<std::string> topics, std::optional<std::string> pattern,
                    SourceOptions<K, V> options) {
  options.key_serde = SerdeOrDefault<K>(std::move(options.key_serde));
  options.value_serde = SerdeOrDefault<V>(std::move(options.value_serde));
  NodeSpec spec;
  spec.kind = NodeSpec::Kind::kSource;
  spec.name = std::move(name);
  spec.topics = std::move(topics);
  spec.pattern = std::move(pattern);
  spec.reset = options.reset;
  spec.key_out = &TypeIdentity::Of<K>();
  spec.value_out = &TypeIdentity::Of<V>();
  spec.make = [options = std::move(options)](const NodeSpec& self, TaskEnvironment& environment) {
    return std::make_unique<TypedSourceNode<K, V>>(self, environment, options);
  };
  return spec;
}

extern template class TypedSourceNode<std::string, std::string>;
extern template NodeSpec SourceSpec(std::string name, std::vector<std::string> topics,
                                    std::optional<std::string> pattern,
                                    SourceOptions<std::string, std::string> options);

}  // namespace millrace
