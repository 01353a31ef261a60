#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "app/embedded_broker.h"
#include "app/repartition_purge.h"
#include "app/state_directory.h"
#include "app/topic_plan.h"
#include "millrace/client/clients.h"
#include "millrace/runtime/streams_app.h"
#include "millrace/statestore/store_resources.h"
#include "thread/queryable_stores.h"
#include "thread/stream_thread.h"

namespace millrace {

// The parts of an application in the order in which they come up, its threads, and the state that they make.
// Thread-safe where StreamsApp is.
class StreamsApp::Core {
 public:
  Core(absl::StatusOr<Topology> topology, const Settings& settings, AppHooks hooks);
  ~Core();

  absl::Status Start();
  absl::Status Close(absl::Duration timeout);

  AppState state() const;
  absl::Status status() const;
  bool WaitFor(AppState state, absl::Duration timeout) const;
  int64_t dropped_records() const;
  int running_tasks() const;
  absl::Status ForEachStore(std::string_view name, const std::function<absl::Status(StateStore&)>& visit) const;
  absl::Status ReadOnStreamThreads(std::string_view name,
                                   const std::function<absl::Status(int32_t partition, StateStore&)>& visit) const;

 private:
  // Everything but the threads.
  absl::Status Prepare();
  absl::Status OpenCluster();
  absl::Status StartThreads();
  void RunThread(StreamThread* thread);
  void RunHousekeeping();
  void RemoveAbandonedState();
  // One step, with whatever it throws turned into an error.
  static absl::Status StepOf(StreamThread* thread);
  void Fail(const absl::Status& status);
  void OnThreadEnded();
  void UpdateState();
  void SetState(AppState state);
  void WakeThreads();
  // None before they run.
  const std::vector<std::unique_ptr<StreamThread>>& Threads() const;
  void Release();
  bool stopping() const { return stopping_.load(); }
  // Where every thread runs, or none has a task that does not.
  bool AllThreadsRun() const;
  absl::Status KnowsStore(std::string_view name) const;
  bool IsGlobalStore(std::string_view name) const;

  const absl::StatusOr<Topology> topology_;
  absl::StatusOr<AppConfig> config_;
  const AppHooks hooks_;
  // In the order of their making; destroyed the other way round.
  std::unique_ptr<StateDirectory> state_directory_;
  // nullptr: the cluster is somebody else's.
  std::unique_ptr<EmbeddedBroker> broker_;
  std::shared_ptr<client::Clients> clients_;
  std::unique_ptr<client::Admin> admin_;
  TopicPlan plan_;
  RepartitionPurge purge_;
  QueryableStores queryable_stores_;
  std::shared_ptr<StoreResources> store_resources_;
  // Not to be looked at from outside before threads_ready_, nor changed afterwards.
  std::vector<std::unique_ptr<StreamThread>> threads_;
  std::atomic<bool> threads_ready_{false};
  std::vector<std::thread> os_threads_;
  std::thread housekeeping_;

  // Held while the application starts, and while it lets go of what it held.
  absl::Mutex lifecycle_mutex_;
  std::atomic<bool> stopping_{false};
  // Until when threads that stop may take; set before stopping_.
  std::atomic<int64_t> close_by_ms_{0};
  // Held from a change of state until it has been told, so that changes are told in their order; before mutex_.
  absl::Mutex announcing_mutex_;
  mutable absl::Mutex mutex_;
  AppState state_ ABSL_GUARDED_BY(mutex_) = AppState::kCreated;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  size_t live_threads_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace millrace
