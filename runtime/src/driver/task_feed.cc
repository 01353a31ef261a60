#include "driver/task_feed.h"

#include <string>

#include "millrace/base/status_macros.h"

namespace millrace {
namespace {

constexpr client::RecordOwnerTable kTestRecordOwner = {
    .release = [](void* owner) { delete static_cast<TestRecord*>(owner); },
    .read_headers = [](const void* owner) { return static_cast<const TestRecord*>(owner)->headers; },
};

client::FetchedRecord Fetched(const TestRecord& record, int64_t offset) {
  auto* copy = new TestRecord(record);
  return client::FetchedRecord(
      {.key = copy->key, .value = copy->value, .offset = offset, .timestamp_ms = copy->timestamp_ms}, copy,
      kTestRecordOwner);
}

}  // namespace

absl::StatusOr<bool> TaskFeed::Enqueue(const TestRecord& record) {
  const std::optional<size_t> input = InputOf(record.topic);
  if (!input) return false;
  client::FetchedRecord fetched = Fetched(record, next_offsets_[*input]++);
  MILLRACE_RETURN_IF_ERROR(task_->AddRecords(*input, std::span(&fetched, 1)));
  return true;
}

std::optional<size_t> TaskFeed::InputOf(std::string_view topic) {
  const auto [entry, added] = inputs_.try_emplace(std::string(topic));
  if (!added) return entry->second;
  const absl::StatusOr<size_t> input = task_->AddInput(topic, 0);
  if (input.ok()) {
    entry->second = *input;
    next_offsets_.push_back(0);
  }
  return entry->second;
}

}  // namespace millrace
