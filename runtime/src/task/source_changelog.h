#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "millrace/client/fetched_record.h"
#include "millrace/statestore/changelog_writer.h"
#include "millrace/streams/node.h"
#include "task/error_edge.h"

namespace millrace {

// A partition of a source topic that serves a store as its changelog, read once more to restore the store: as the
// source reads it, so that a record which was passed over then is passed over again, and its event time is the same.
// Belongs to the task that made it (Task::OpenSourceChangelog); confined to its thread.
class SourceChangelog {
 public:
  SourceChangelog(std::string topic, int32_t partition, std::string source, std::unique_ptr<SourceHead> head,
                  ErrorEdge& errors)
      : topic_(std::move(topic)),
        partition_(partition),
        source_(std::move(source)),
        head_(std::move(head)),
        errors_(errors) {}

  // By its name in the cluster.
  const std::string& topic() const { return topic_; }
  // The next record, as it is to be restored; it lives as long as `record`. Nullopt: it is passed over. An error is
  // what the task has to stop with.
  absl::StatusOr<std::optional<ChangelogRecord>> Read(const client::FetchedRecord& record);

 private:
  const std::string topic_;
  const int32_t partition_;
  const std::string source_;
  const std::unique_ptr<SourceHead> head_;
  ErrorEdge& errors_;
  int64_t partition_time_ms_ = -1;
};

}  // namespace millrace
