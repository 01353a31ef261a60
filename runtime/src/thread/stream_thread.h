#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "app/repartition_purge.h"
#include "app/state_directory.h"
#include "app/topic_plan.h"
#include "membership/membership.h"
#include "millrace/base/clock.h"
#include "millrace/base/log.h"
#include "millrace/client/clients.h"
#include "millrace/runtime/app_config.h"
#include "millrace/statestore/record_cache.h"
#include "millrace/statestore/store_resources.h"
#include "thread/commit_strategy.h"
#include "thread/global_task.h"
#include "thread/producer_collector.h"
#include "thread/queryable_stores.h"
#include "thread/thread_tasks.h"

namespace millrace {

// What the threads of an application share. All of it outlives them.
struct StreamThreadSurroundings {
  const Topology* topology = nullptr;
  const TopicPlan* plan = nullptr;
  const AppConfig* config = nullptr;
  StateDirectory* state_directory = nullptr;
  const Clock* clock = nullptr;
  client::Clients* clients = nullptr;
  client::Admin* admin = nullptr;
  std::shared_ptr<StoreResources> store_resources;
  QueryableStores* queryable_stores = nullptr;
  RepartitionPurge* purge = nullptr;
};

// A member of the application's group, with the tasks that it was given and a producer of its own. It has no loop: the
// operating system's thread calls Step() again and again, and so does a simulation. Confined to one thread, but for
// what says otherwise.
class StreamThread final : private TaskListener {
 public:
  enum class Phase : uint8_t {
    kJoining,    // has not been told its tasks yet
    kRestoring,  // has tasks that do not run yet
    kRunning,    // all its tasks run; perhaps it has none
    kStopped,
  };

  StreamThread(std::string name, const StreamThreadSurroundings& surroundings);
  ~StreamThread() override;

  // Opens the clients. The group is joined in a step, once the global stores are complete.
  absl::Status Start();
  // Poll, process, punctuate, commit; waits for records up to poll.ms where there is nothing to do. An error is what
  // the application has to stop with: whatever passes by itself has been dealt with.
  absl::Status Step();
  // Commits, gives the tasks back, closes the clients. After a failed Step(), without a commit.
  absl::Status Close(absl::Duration timeout);

  const std::string& name() const { return name_; }
  // Thread-safe.
  Phase phase() const { return phase_.load(); }
  // Makes a Step() that waits return. Thread-safe.
  void Wakeup();
  // Calls `read` in the next Step() with each store of that name of the tasks that run here, and waits for it; false
  // when the thread has stopped. Thread-safe, but not from within a Step().
  bool ReadStores(const std::string& store, const std::function<void(const TaskId& task, StateStore& store)>& read);
  // Records that the tasks which are here now have dropped. Thread-safe.
  int64_t dropped_records() const { return dropped_records_.load(); }
  // Tasks that run here, restored and open for records. Thread-safe.
  int running_tasks() const { return running_tasks_.load(); }

 private:
  // A read from another thread that waits for the next step.
  struct StoreRead {
    std::string store;
    const std::function<void(const TaskId& task, StateStore& store)>* read;
    bool done = false;
  };

  void OnTasksAssigned(const std::vector<TaskId>& tasks) override;
  void OnTasksRevoked(const std::vector<TaskId>& tasks) override;
  void OnTasksLost(const std::vector<TaskId>& tasks) override;

  absl::Status OpenClients();
  absl::Status OpenTasks();
  // Reads what came for the global stores; until they are complete, waits for it.
  absl::Status StepGlobal();
  absl::Status OpenProducer();
  absl::Status RunStep();
  absl::Status Poll();
  absl::Duration PollTimeout();
  absl::Status Process();
  absl::Status MaybeCommit();
  absl::Status Commit(absl::Duration timeout);
  absl::Status ReplaceProducer(const absl::Status& reason);
  void AnswerReads();
  void UpdatePhase();
  int64_t NowMs() const { return surroundings_.clock->MonotonicMs(); }

  const std::string name_;
  const StreamThreadSurroundings surroundings_;
  RecordCache record_cache_;
  std::unique_ptr<client::Producer> producer_;
  ProducerCollector collector_;
  std::unique_ptr<Membership> membership_;
  std::unique_ptr<StoreRestorer> restorer_;
  std::unique_ptr<CommitStrategy> commit_;
  // nullptr: the topology has no global stores.
  std::unique_ptr<GlobalTask> global_;
  std::unique_ptr<ThreadTasks> tasks_;
  client::PolledBatch batch_;
  // Asked to be a member; was told its tasks.
  bool joining_ = false;
  bool joined_ = false;
  // A step has failed: nothing may be committed any more.
  bool failed_ = false;
  int64_t next_commit_ms_ = 0;
  int64_t next_idle_commit_ms_ = 0;
  bool last_commit_failed_ = false;
  LogRateLimit commit_log_{5000};
  std::atomic<Phase> phase_{Phase::kJoining};
  std::atomic<int64_t> dropped_records_{0};
  std::atomic<int> running_tasks_{0};
  absl::Mutex reads_mutex_;
  std::vector<StoreRead*> reads_ ABSL_GUARDED_BY(reads_mutex_);
  bool stopped_ ABSL_GUARDED_BY(reads_mutex_) = false;
};

}  // namespace millrace
