#include "task/node_environment.h"

#include <stdexcept>
#include <utility>

#include "absl/strings/str_cat.h"
#include "millrace/base/string_bridge.h"
#include "millrace/runtime/internal_topics.h"
#include "millrace/streams/processing_error.h"

namespace millrace {

NodeEnvironment::NodeEnvironment(const Topology& topology, const TaskOptions& options,
                                 const TaskSurroundings& surroundings)
    : topology_(topology),
      options_(options),
      surroundings_(surroundings),
      dropped_(options.id, *surroundings.clock),
      errors_(options.id, options.errors, *surroundings.collector, dropped_) {}

void NodeEnvironment::ResumeNumber(const std::string& key, int64_t number) {
  const auto [entry, added] = numbers_.try_emplace(key, number);
  if (!added && number > entry->second) entry->second = number;
}

bool NodeEnvironment::TakeCommitRequest() { return std::exchange(commit_requested_, false); }

StateStore* NodeEnvironment::FindStore(std::string_view name) {
  StateStore* own = stores_ != nullptr ? stores_->Find(name) : nullptr;
  if (own != nullptr) return own;
  return surroundings_.global_stores != nullptr ? surroundings_.global_stores->Find(name) : nullptr;
}

bool NodeEnvironment::IsGlobalStore(std::string_view name) const {
  const auto store = topology_.stores().find(name);
  return store != topology_.stores().end() && store->second.global;
}

Cancellable NodeEnvironment::Schedule(std::string_view node, absl::Duration interval, PunctuationType type,
                                      std::optional<int64_t> start_ms, Punctuator punctuator) {
  const int64_t interval_ms = absl::ToInt64Milliseconds(interval);
  if (interval_ms < 1) {
    throw std::invalid_argument(absl::StrCat("the interval of a punctuation is ", absl::FormatDuration(interval),
                                             ": take at least a millisecond"));
  }
  int64_t first_ms = start_ms.value_or(0);
  if (type == PunctuationType::kWallClock) {
    const int64_t now_ms = WallMs();
    if (!start_ms) {
      first_ms = now_ms + interval_ms;
    } else if (first_ms < now_ms) {
      first_ms += (now_ms - first_ms + interval_ms - 1) / interval_ms * interval_ms;
    }
  }
  return punctuations(type).Schedule(node, first_ms, interval_ms, std::move(punctuator));
}

std::string NodeEnvironment::ResolveTopic(std::string_view topic) {
  return ClusterTopicName(topology_, options_.application_id, topic);
}

int32_t NodeEnvironment::PartitionCount(std::string_view topic) {
  const absl::StatusOr<int32_t> count = surroundings_.collector->PartitionCount(topic);
  if (!count.ok()) throw TaskFailure(count.status());
  return *count;
}

void NodeEnvironment::Send(const OutgoingRecord& record) {
  // A mistake of the node that made the record, which is the nearest that catches this.
  if (record.timestamp_ms < 0) {
    throw std::invalid_argument(absl::StrCat("a record for topic '", ToAbsl(record.topic), "' has the timestamp ",
                                             record.timestamp_ms, ", which is before 1970: give it a later one"));
  }
  absl::Status sent = surroundings_.collector->Send(record);
  if (sent.ok()) return;
  if (sent = errors_.OnProductionError(record.topic, record.topic, raw_, sent); !sent.ok()) throw TaskFailure(sent);
}

void NodeEnvironment::HandleSerializationError(std::string_view node, std::string_view topic,
                                               const absl::Status& error) {
  const absl::Status handled = errors_.OnProductionError(node, topic, raw_, error);
  if (!handled.ok()) throw TaskFailure(handled);
}

void NodeEnvironment::HandleProcessingError(std::string_view node, std::string_view what) {
  const absl::Status handled = errors_.OnProcessingError(node, raw_, what);
  if (!handled.ok()) throw TaskFailure(handled);
}

std::optional<int64_t> NodeEnvironment::CommittedNumber(std::string_view key) const {
  const auto number = numbers_.find(key);
  return number == numbers_.end() ? std::nullopt : std::optional(number->second);
}

void NodeEnvironment::CommitNumber(std::string_view key, int64_t number) {
  numbers_.insert_or_assign(std::string(key), number);
}

}  // namespace millrace
