#include "driver/task_feed.h"

#include <string>

#include "millrace/base/status_macros.h"

namespace millrace {
namespace {

QueuedRecord Queued(const TestRecord& record, int64_t offset) {
  auto* copy = new TestRecord(record);
  QueuedRecord queued;
  queued.owner = RecordOwner(copy, [](void* owned) { delete static_cast<TestRecord*>(owned); });
  queued.raw.origin = {.partition = 0, .offset = offset};
  queued.raw.timestamp_ms = copy->timestamp_ms;
  if (copy->key) queued.raw.key = *copy->key;
  if (copy->value) queued.raw.value = *copy->value;
  queued.raw.headers = &copy->headers;
  return queued;
}

}  // namespace

absl::StatusOr<bool> TaskFeed::Enqueue(const TestRecord& record) {
  const std::optional<size_t> input = InputOf(record.topic);
  if (!input) return false;
  std::vector<QueuedRecord> records;
  records.push_back(Queued(record, next_offsets_[*input]++));
  MILLRACE_RETURN_IF_ERROR(task_->AddRecords(*input, std::move(records)));
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
