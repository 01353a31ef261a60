#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "millrace/base/string_bridge.h"
#include "millrace/runtime/test_topics.h"
#include "task/record_collector.h"

namespace millrace {

// What the topology under test has written: the test driver's stand-in for a log. Every topic exists, with one
// partition. Confined to one thread.
class TestLog final : public RecordCollector {
 public:
  absl::Status Send(const OutgoingRecord& record) override;
  std::optional<int64_t> LastOffset(std::string_view topic, int32_t partition) override;
  absl::StatusOr<int32_t> PartitionCount(std::string_view topic) override;

  const std::vector<TestRecord>& records() const { return records_; }
  // The next record that was not yet fed back to the topology; nullptr: there is none. Until the next Send().
  const TestRecord* NextToFeedBack() { return fed_back_ < records_.size() ? &records_[fed_back_++] : nullptr; }

  size_t unread(std::string_view topic) const;
  // Until the next Send().
  absl::StatusOr<const TestRecord*> Read(std::string_view topic);

 private:
  struct TopicIndex {
    std::vector<size_t> records;
    size_t read = 0;
  };

  std::vector<TestRecord> records_;
  StringMap<TopicIndex> topics_;
  size_t fed_back_ = 0;
};

}  // namespace millrace
