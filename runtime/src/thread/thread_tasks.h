#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "app/state_directory.h"
#include "app/topic_plan.h"
#include "membership/membership.h"
#include "millrace/runtime/app_config.h"
#include "thread/assigned_task.h"
#include "thread/queryable_stores.h"
#include "thread/store_restorer.h"

namespace millrace {

// What the tasks of a thread are made of and work with. All of it outlives them.
struct ThreadTasksSurroundings {
  const Topology* topology = nullptr;
  const TopicPlan* plan = nullptr;
  const AppConfig* config = nullptr;
  StateDirectory* state_directory = nullptr;
  QueryableStores* queryable_stores = nullptr;
  Membership* membership = nullptr;
  StoreRestorer* restorer = nullptr;
  TaskSurroundings task;
};

// The tasks that a thread has: brings each from its assignment to where it processes records, gives them their records,
// and lets them run in turns. Confined to the thread.
class ThreadTasks {
 public:
  explicit ThreadTasks(const ThreadTasksSurroundings& surroundings) : surroundings_(surroundings) {}

  void Assign(const TaskId& id);
  // Closes the task and forgets it. Clean: right after a commit.
  void Close(const TaskId& id, bool clean);
  // Closes the task at its last commit; it is opened again after a pause. To be followed, as always, by AdvanceAll().
  void Restart(const TaskId& id, const absl::Status& reason);
  void RestartAll(const absl::Status& reason);

  // Opens tasks that wait, restores for at most `timeout`, and starts those that are complete. An error stops the
  // application: what passes by itself is tried again.
  absl::Status AdvanceAll(absl::Duration timeout);

  // Moves the records to the tasks that they are for.
  absl::Status Deliver(client::PolledBatch* batch);
  // Processes records, each task in its turn, until none is ready or enough is done for now.
  absl::Status Process();
  absl::Status Punctuate();
  // To be called before a commit: what the record caches hold goes out.
  absl::Status FlushCaches();

  // Whether a task could go on at once; whether one has records that wait for others.
  bool Ready();
  bool HasWaitingRecords() const;
  bool CommitNeeded() const;
  bool CommitRequested() const;
  bool empty() const { return tasks_.empty(); }
  bool all_running() const;
  bool restoring() const { return !surroundings_.restorer->idle(); }
  std::vector<TaskId> ids() const;
  // Of the tasks that run.
  std::vector<AssignedTask*> Running();
  // A store of a task that runs, for reads from its own thread.
  void ForEachStore(std::string_view name, const std::function<void(const TaskId& task, StateStore& store)>& read);
  int64_t dropped_records() const;
  int running_count() const;

 private:
  struct InputOfTask {
    AssignedTask* task = nullptr;
    size_t index = 0;
  };

  // Deals with what came of a step of one task: an error that passes restarts it.
  absl::Status Settle(AssignedTask* task, absl::Status status);
  absl::Status Open(AssignedTask* task);
  absl::Status ReadCommitted(AssignedTask* task);
  absl::Status RequestRestores(AssignedTask* task);
  absl::Status Start(AssignedTask* task);
  absl::StatusOr<int64_t> StartOffset(const AssignedTask& task, const AssignedTask::Input& input);
  absl::Status DeliverRun(const client::PolledBatch::Run& run, client::PolledBatch* batch);
  absl::StatusOr<int> ProcessTurn(AssignedTask* task, int64_t now_ms);
  void ResumeInputs(AssignedTask* task);
  const SubTopology& SubTopologyOf(const TaskId& task) const;
  const NodeSpec* SourceOf(const TaskId& task, std::string_view topic) const;
  void Discard(AssignedTask* task, bool clean);
  int64_t NowMs() const { return surroundings_.task.clock->MonotonicMs(); }

  const ThreadTasksSurroundings surroundings_;
  std::map<TaskId, std::unique_ptr<AssignedTask>> tasks_;
  absl::flat_hash_map<client::TopicPartition, InputOfTask> input_of_;
};

}  // namespace millrace
