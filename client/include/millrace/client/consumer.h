#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "millrace/client/fetched_record.h"
#include "millrace/client/topic_partition.h"

namespace millrace::client {

// What one Poll brought. Reused from call to call, so that its memory is allocated once. Confined to one thread.
struct PolledBatch {
  // Consecutive records of one partition: records[begin, end).
  struct Run {
    TopicPartition partition;
    size_t begin = 0;
    size_t end = 0;
    // Where the log ended when it was last fetched from: records up to here are on their way. Nullopt: not known.
    std::optional<int64_t> high_watermark;
  };
  // Only with ConsumerOptions::partition_ends: every record below `offset` has been returned by this or an earlier
  // Poll.
  struct End {
    TopicPartition partition;
    int64_t offset = 0;
  };
  // A partition that cannot be fetched: its topic was deleted, its position is outside the log and no reset policy
  // says where to go on, reading is not authorized. Fetching of the others goes on.
  struct Failure {
    TopicPartition partition;
    absl::Status status;
  };

  std::vector<FetchedRecord> records;
  std::vector<Run> runs;
  std::vector<End> ends;
  std::vector<Failure> failures;

  void Clear() {
    records.clear();
    runs.clear();
    ends.clear();
    failures.clear();
  }
};

// Told about the group's assignment, from within Consumer::Poll and Consumer::Close and on their thread, outside of any
// callback of the client library: a listener may commit, query offsets and block.
class RebalanceListener {
 public:
  virtual ~RebalanceListener() = default;

  // The group gave this member `partitions` (with an eager protocol all of its partitions, else those that are new).
  // Returns what to fetch because of it: these, none of them yet (IncrementalAssign adds them later), or more.
  virtual std::vector<StartPosition> OnAssigned(const std::vector<TopicPartition>& partitions) = 0;

  // The group takes `partitions` back; offsets committed from here are still accepted. Returns which of the partitions
  // that are being fetched to stop fetching (ignored with an eager protocol: all of them).
  virtual std::vector<TopicPartition> OnRevoked(const std::vector<TopicPartition>& partitions) = 0;

  // As OnRevoked, but they may have a new owner already: nothing may be committed for them.
  virtual std::vector<TopicPartition> OnLost(const std::vector<TopicPartition>& partitions) = 0;
};

// What to subscribe to: topics by name, or by pattern (a POSIX extended regular expression that starts with `^`).
struct Subscription {
  std::vector<std::string> topics;
};

// Reads partitions of a log, as a member of a group (Subscribe) or on its own (Assign). Errors of the transport are not
// errors here: the client reconnects and goes on. Confined to one thread, but for Wakeup.
//
//   MILLRACE_RETURN_IF_ERROR(consumer->Assign({{{"orders", 0}, client::kOffsetBeginning}}));
//   client::PolledBatch batch;
//   MILLRACE_RETURN_IF_ERROR(consumer->Poll(absl::Milliseconds(100), 1000, &batch));
//   for (const auto& run : batch.runs) {
//     for (size_t i = run.begin; i < run.end; ++i) Use(run.partition, batch.records[i]);
//   }
class Consumer {
 public:
  virtual ~Consumer() = default;

  // Joins the group; `listener` outlives the consumer.
  virtual absl::Status Subscribe(const Subscription& subscription, RebalanceListener* listener) = 0;

  // Fetches exactly these partitions from now on.
  virtual absl::Status Assign(const std::vector<StartPosition>& positions) = 0;
  // Adds to, and takes from, what is being fetched, in a group with a cooperative protocol too.
  virtual absl::Status IncrementalAssign(const std::vector<StartPosition>& positions) = 0;
  virtual absl::Status IncrementalUnassign(const std::vector<TopicPartition>& partitions) = 0;

  // Waits up to `timeout` for something to return, then takes at most `max_records` of what is there, from the
  // partitions in turns. Clears `batch` first. Fails only when this consumer cannot go on (a member with the same
  // static id fenced it, authentication failed).
  virtual absl::Status Poll(absl::Duration timeout, size_t max_records, PolledBatch* batch) = 0;
  // Makes a Poll that waits, or else the next one, return early. Thread-safe.
  virtual void Wakeup() = 0;

  // Poll passes over these partitions until they are resumed; what has been fetched of them is kept, so that pausing is
  // cheap and fit for flow control.
  virtual void Pause(const TopicPartition& partition) = 0;
  virtual void Resume(const TopicPartition& partition) = 0;

  // The next record of `partition`, which is being fetched, is the one at `offset`.
  virtual absl::Status Seek(const TopicPartition& partition, int64_t offset) = 0;

  // Commits for the group and waits for the answer; while the outcome is unknown or the coordinator is moving, it is
  // tried again. kDeadlineExceeded: the outcome is unknown still. kAborted: the group has gone on without this member,
  // or is about to (a rebalance); nothing was committed.
  virtual absl::Status Commit(const std::vector<CommittedOffset>& offsets, absl::Duration timeout) = 0;
  // What the group has committed, for those partitions where it has committed anything. A consumer that reads committed
  // waits until no transaction is open over them.
  virtual absl::StatusOr<std::vector<CommittedOffset>> Committed(const std::vector<TopicPartition>& partitions,
                                                                 absl::Duration timeout) = 0;

  // In the order of `partitions`. The end is the offset after the last record that this consumer may read: the last
  // stable offset where it reads committed only.
  virtual absl::StatusOr<std::vector<PartitionOffset>> BeginningOffsets(const std::vector<TopicPartition>& partitions,
                                                                        absl::Duration timeout) = 0;
  virtual absl::StatusOr<std::vector<PartitionOffset>> EndOffsets(const std::vector<TopicPartition>& partitions,
                                                                  absl::Duration timeout) = 0;
  // The first offset whose record is not older; the end where there is none.
  virtual absl::StatusOr<std::vector<PartitionOffset>> OffsetsForTime(const std::vector<TopicPartition>& partitions,
                                                                      int64_t timestamp_ms, absl::Duration timeout) = 0;

  virtual absl::StatusOr<GroupMetadata> Group() = 0;

  // Leaves the group and lets go of everything; a static member stays in its group until its session ends. The listener
  // is told of what it gives up, and of nothing new. Every record that this consumer returned must be gone before.
  // Returns at the deadline at the latest; kDeadlineExceeded then, and what hangs is left behind.
  virtual absl::Status Close(absl::Duration timeout) = 0;
};

}  // namespace millrace::client
