#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "millrace/base/clock.h"
#include "millrace/base/string_bridge.h"
#include "millrace/client/admin.h"
#include "millrace/client/consumer.h"
#include "millrace/statestore/task_stores.h"
#include "millrace/streams/task_id.h"
#include "task/source_changelog.h"

namespace millrace {

// One store that has to be brought up to its changelog's end.
struct RestoreRequest {
  TaskId task;
  // Outlives the request.
  TaskStores* stores = nullptr;
  std::string store;
  client::TopicPartition changelog;
  // Where to stop, where that is before the changelog's end: a source topic that serves as changelog is applied only as
  // far as it is processed.
  std::optional<int64_t> limit;
  // Whether a record makes all earlier ones of its key needless, as in every store but those that keep versions.
  bool last_of_key_counts = true;
  // How to read such a topic; nullptr: it is a changelog of the store's own. Goes before the task.
  std::unique_ptr<SourceChangelog> source;
  // How long ago the store's state was last written; nullopt: there is none.
  std::optional<absl::Duration> age;
};

// Brings stores up to date from their changelogs, in bulk and step by step, so that tasks that are complete go on
// meanwhile. Memory is bounded by what the consumer fetches ahead. Confined to the thread that it restores for.
//
// A changelog's end is its high watermark when restoring begins; a store is complete when the consumer, which reads
// committed records only, is at or past it: so records of a transaction that is still open are waited for.
class StoreRestorer {
 public:
  // `consumer` reads committed, tells partition ends, and fails a partition whose position is outside of the log.
  // `admin` and `clock` outlive the restorer.
  StoreRestorer(std::unique_ptr<client::Consumer> consumer, client::Admin& admin, const Clock& clock);

  // Decides for each store where to begin, or that there is nothing to do.
  absl::Status Add(std::vector<RestoreRequest> requests);
  // Forgets what is under way for a task, which is about to be closed.
  void Remove(const TaskId& task);
  // Whether nothing is under way for the task.
  bool Complete(const TaskId& task) const { return under_way_of_.find(task) == under_way_of_.end(); }
  bool idle() const { return under_way_.empty(); }

  // Waits for records up to `timeout` and applies a batch of them.
  absl::Status Step(absl::Duration timeout);

  absl::Status Close(absl::Duration timeout);

 private:
  struct Restore {
    RestoreRequest request;
    int64_t begin = 0;
    int64_t end = 0;
    int64_t records = 0;
    int64_t started_ms = 0;
  };

  struct Span {
    int64_t beginning = 0;
    int64_t end = 0;
  };
  absl::Status Begin(RestoreRequest request, const Span& log);
  absl::Status StartOver(Restore* restore, int64_t beginning);
  absl::StatusOr<bool> TombstonesMayBeGone(const RestoreRequest& request);
  absl::Status Apply(const client::PolledBatch::Run& run);
  // Makes of a record what is to be restored; nothing for one that is to be passed over.
  absl::Status Collect(Restore* restore, const client::FetchedRecord& record);
  void KeepLastOfEachKey();
  absl::Status Finish(const client::TopicPartition& changelog);

  const std::unique_ptr<client::Consumer> consumer_;
  client::Admin& admin_;
  const Clock& clock_;
  std::map<client::TopicPartition, Restore> under_way_;
  std::map<TaskId, int> under_way_of_;
  client::PolledBatch batch_;
  std::vector<ChangelogRecord> records_;
  // Views into records_.
  absl::flat_hash_set<std::string_view, StringViewHash, StringViewEqual> seen_keys_;
};

}  // namespace millrace
