#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "millrace/base/string_bridge.h"
#include "millrace/client/fetched_record.h"
#include "millrace/streams/task_graph.h"
#include "millrace/streams/topology.h"
#include "task/node_environment.h"
#include "task/offset_metadata.h"
#include "task/partition_group.h"
#include "task/source_changelog.h"
#include "task/task_options.h"
#include "task/task_state.h"

namespace millrace {

// Where reading goes on after a restart.
struct CommittableOffset {
  std::string topic;  // in the cluster
  int32_t partition = 0;
  int64_t offset = 0;
  std::string metadata;  // EncodeOffsetMetadata
  // What is before the offset of a repartition topic is needed by nobody else and can be deleted after the commit.
  bool repartition = false;
};

// One or more sub-topologies on one partition: their nodes, their stores, and the records that wait for them. It
// decides nothing about threads, brokers or when to commit: its thread calls it. Confined to that thread.
//
// A life: construct; OpenState(); restore stores(); AddInput() for each partition; Start(); then AddRecords(),
// ProcessOne(), Punctuate...() and the pieces of a commit in any order; CloseClean() after a commit. After an error,
// which every later call returns again, CloseDirty(): a task that is then made anew stands at the last commit.
class Task {
 public:
  Task(const Topology& topology, const std::vector<const SubTopology*>& parts, TaskOptions options,
       TaskSurroundings surroundings);
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  ~Task();

  const TaskId& id() const { return options_.id; }

  // Opens the stores at their last commit. What was written to their changelogs after that is for the caller to
  // restore, through stores(), before Start().
  absl::Status OpenState();
  TaskStores& stores() { return state_->stores(); }
  // How to read the source topic that serves as a store's changelog; nullptr where the store has a changelog of its own
  // or none. Goes before the task.
  std::unique_ptr<SourceChangelog> OpenSourceChangelog(std::string_view store);

  // A partition of a source topic (by its name in the cluster) with what was committed beside its offset. Returns the
  // number that stands for it. Topics that match a source's pattern may be added at any time.
  absl::StatusOr<size_t> AddInput(std::string_view topic, int32_t partition, const OffsetMetadata& committed = {});
  size_t input_count() const { return group_.size(); }
  const PartitionQueue& input(size_t input) const { return group_.queue(input); }

  // Initialises the nodes, whose stores must be complete by now.
  absl::Status Start();

  // Appends records of one partition, in the order of their offsets; moves from `records`.
  absl::Status AddRecords(size_t input, std::span<client::FetchedRecord> records);
  // How many records the log is known to hold beyond those that were fetched; nullopt: not known.
  void SetLag(size_t input, std::optional<int64_t> lag) { group_.SetLag(input, lag); }
  // Whether ProcessOne() may be called: a record is there, and none need be waited for that would come before it.
  bool Ready(int64_t now_ms) { return group_.Ready(now_ms); }
  bool has_records() const { return group_.has_records(); }

  // Processes the record with the smallest event time. False: there is none.
  absl::StatusOr<bool> ProcessOne();
  // Call the punctuators that are due. False: none was.
  absl::StatusOr<bool> PunctuateStreamTime();
  absl::StatusOr<bool> PunctuateWallClock();

  bool commit_requested() const { return environment_.commit_requested(); }
  // Whether anything happened since the last commit.
  bool commit_needed() const { return commit_needed_; }
  // What the stores hold in memory until the next commit, for callers that want to commit early.
  int64_t uncommitted_bytes() const { return state_->stores().uncommitted_bytes(); }

  // A commit, in this order: what the caches hold goes out; the thread waits for the producer; it commits the offsets
  // of these partitions; the state; then this is over.
  absl::Status FlushCaches();
  std::vector<CommittableOffset> CommittableOffsets();
  absl::Status CommitState();
  void FinishCommit();

  // Closes the nodes and the stores. Clean, after a commit, or dirty: back to the last one.
  absl::Status CloseClean();
  void CloseDirty();

  int64_t dropped_records() const { return environment_.dropped().total(); }
  int64_t stream_time_ms() const { return environment_.stream_time_ms(); }
  // A store of this task, for queries from its own thread; nullptr where there is none of that name.
  StateStore* FindStore(std::string_view name) { return environment_.FindStore(name); }

 private:
  // The source that reads a topic, by its name in the cluster; nullptr where there is none.
  SourceNode* FindSource(std::string_view topic) const;
  // Runs `step`, which calls into the nodes, and turns what it throws into a status, after asking the handlers.
  // `node`: who is to blame where the exception does not say.
  template <class F>
  absl::Status AtEdge(std::string_view node, F step);
  // Remembers an error for all that follows.
  absl::Status Fail(absl::Status error);
  absl::StatusOr<bool> Punctuate(PunctuationType type, int64_t now_ms);

  const Topology topology_;
  const std::vector<const SubTopology*> parts_;
  const TaskOptions options_;
  const TaskSurroundings surroundings_;
  StringMap<std::string> repartition_topics_;  // name in the cluster -> name in the topology
  NodeEnvironment environment_;
  std::unique_ptr<TaskState> state_;
  TaskGraph graph_;
  PartitionGroup group_;
  absl::Status failure_;
  bool commit_needed_ = false;
  bool open_ = false;
};

}  // namespace millrace
