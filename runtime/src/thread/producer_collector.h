#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "millrace/client/producer.h"
#include "task/record_collector.h"

namespace millrace {

// Sends what the tasks of a thread produce through its producer. Confined to the thread.
class ProducerCollector final : public RecordCollector {
 public:
  // Before the first record, and again where a producer had to be replaced; outlives the collector.
  void Use(client::Producer* producer) { producer_ = producer; }

  absl::Status Send(const OutgoingRecord& record) override {
    return producer_->Send({.topic = record.topic,
                            .partition = record.partition,
                            .key = record.key,
                            .value = record.value,
                            .timestamp_ms = record.timestamp_ms,
                            .headers = record.headers});
  }
  std::optional<int64_t> LastOffset(std::string_view topic, int32_t partition) override {
    return producer_->LastOffset(topic, partition);
  }
  absl::StatusOr<int32_t> PartitionCount(std::string_view topic) override { return producer_->PartitionCount(topic); }

 private:
  client::Producer* producer_ = nullptr;
};

}  // namespace millrace
