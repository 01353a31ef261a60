#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "millrace/statestore/changelog_writer.h"
#include "task/record_collector.h"

namespace millrace {

// One partition of the topic that a store's changes go to. Confined to one thread.
class ChangelogTopic final : public ChangelogWriter {
 public:
  ChangelogTopic(std::string topic, int32_t partition, RecordCollector& collector)
      : topic_(std::move(topic)), partition_(partition), collector_(collector) {}

  // A change that the log refuses stops the task, whatever the production handler says: the store could not be
  // restored.
  void Append(std::string_view key, std::optional<std::string_view> value, int64_t timestamp_ms,
              const Headers& headers) override;
  // Where restoring would go on; nullopt: nothing was appended from here, or it is not acknowledged.
  std::optional<int64_t> next_position() const;

 private:
  const std::string topic_;
  const int32_t partition_;
  RecordCollector& collector_;
  bool appended_ = false;
};

}  // namespace millrace
