#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "millrace/streams/node_spec.h"
#include "millrace/streams/outlet.h"
#include "millrace/streams/partitioner.h"
#include "millrace/streams/processing_error.h"
#include "millrace/streams/serde.h"

namespace millrace {

// The topic that a record goes to, for sinks without a fixed one. The topic must exist.
template <class K, class V>
using TopicNameExtractor = std::function<std::string(const Record<K, V>& record, const RecordMetadata* origin)>;

template <class K, class V>
struct SinkOptions {
  std::string topic;
  // Instead of `topic`.
  TopicNameExtractor<K, V> topic_extractor = nullptr;
  SerdePtr<K> key_serde = SerdeOf<K>();
  SerdePtr<V> value_serde = SerdeOf<V>();
  // Empty: by the key's bytes, as the Java producer does.
  StreamPartitioner<K, V> partitioner = nullptr;
};

// The untyped part of a sink: where a serialized record goes. `partitions` nullopt: the default choice.
class SinkPort {
 public:
  explicit SinkPort(TaskEnvironment& environment) : environment_(environment) {}

  // `partition_bytes`: the part of the key that decides the partition.
  void Send(OutgoingRecord record, std::optional<std::string_view> partition_bytes,
            const std::optional<std::vector<int32_t>>& partitions);

 private:
  // Records without a key go to one partition for a while, then to the next, so that batches fill.
  int32_t UnkeyedPartition(int32_t partition_count);

  TaskEnvironment& environment_;
  uint32_t unkeyed_ = 0;
};

// The live node of a sink: serializes records into buffers that it keeps.
template <class K, class V>
class TypedSinkNode final : public Node, public Receiver<K, V> {
 public:
  TypedSinkNode(const NodeSpec& spec, TaskEnvironment& environment, SinkOptions<K, V> options)
      : Node(spec.name), environment_(environment), options_(std::move(options)), port_(environment) {}

  void* receiver() override { return static_cast<Receiver<K, V>*>(this); }
  void Connect(std::string_view, void*) override {}
  void Init() override {
    if (!options_.topic_extractor) topic_ = environment_.ResolveTopic(options_.topic);
  }

  void Process(Record<K, V>&& record) override {
    if (options_.topic_extractor) topic_ = ExtractTopic(record);
    if (!Serialize(record)) return;
    std::optional<std::vector<int32_t>> partitions;
    if (options_.partitioner) {
      partitions = options_.partitioner(topic_, record.key, record.value, environment_.PartitionCount(topic_));
    }
    const std::optional<std::string_view> key = record.key ? std::optional<std::string_view>(key_bytes_) : std::nullopt;
    port_.Send({.topic = topic_,
                .key = key,
                .value = record.value ? std::optional<std::string_view>(value_bytes_) : std::nullopt,
                .timestamp_ms = record.timestamp_ms,
                .headers = &record.headers},
               key ? std::optional(options_.key_serde->PartitionBytes(*key)) : std::nullopt, partitions);
  }

 private:
  std::string ExtractTopic(const Record<K, V>& record) {
    try {
      return options_.topic_extractor(record, environment_.record_metadata());
    } catch (const std::exception& error) {
      throw ProcessingError(name(), error.what());
    }
  }

  // False when the record cannot be serialized and is to be skipped.
  bool Serialize(const Record<K, V>& record) {
    key_bytes_.clear();
    value_bytes_.clear();
    absl::Status status;
    if (record.key) status = options_.key_serde->Serialize(*record.key, &key_bytes_);
    if (status.ok() && record.value) status = options_.value_serde->Serialize(*record.value, &value_bytes_);
    if (status.ok()) return true;
    environment_.HandleSerializationError(name(), topic_, status);
    return false;
  }

  TaskEnvironment& environment_;
  const SinkOptions<K, V> options_;
  SinkPort port_;
  std::string topic_;
  std::string key_bytes_;
  std::string value_bytes_;
};

template <class K, class V>
NodeSpec SinkSpec(std::string name, SinkOptions<K, V> options) {
  options.key_serde = SerdeOrDefault<K>(std::move(options.key_serde));
  options.value_serde = SerdeOrDefault<V>(std::move(options.value_serde));
  NodeSpec spec;
  spec.kind = NodeSpec::Kind::kSink;
  spec.name = std::move(name);
  spec.sink_topic = options.topic;
  spec.key_in = &TypeIdentity::Of<K>();
  spec.value_in = &TypeIdentity::Of<V>();
  spec.make = [options = std::move(options)](const NodeSpec& self, TaskEnvironment& environment) {
    return std::make_unique<TypedSinkNode<K, V>>(self, environment, options);
  };
  return spec;
}

extern template class TypedSinkNode<std::string, std::string>;
extern template class TypedSinkNode<std::string, int64_t>;
extern template NodeSpec SinkSpec(std::string name, SinkOptions<std::string, std::string> options);
extern template NodeSpec SinkSpec(std::string name, SinkOptions<std::string, int64_t> options);

}  // namespace millrace
