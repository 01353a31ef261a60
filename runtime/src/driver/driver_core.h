#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "driver/task_feed.h"
#include "driver/temporary_folder.h"
#include "driver/test_log.h"
#include "millrace/base/clock.h"
#include "millrace/base/string_bridge.h"
#include "millrace/runtime/topology_test_driver.h"
#include "task/task.h"

namespace millrace {

// The task of the topology under test, the task of its global stores, and the loop that feeds them.
class TopologyTestDriver::Core {
 public:
  Core(absl::StatusOr<Topology> topology, TestDriverOptions options);
  ~Core();

  absl::Status Pipe(const TestRecord& record);
  absl::Status AdvanceWallClock(int64_t by_ms);
  absl::Status Commit();
  absl::Status Close();

  const absl::Status& status() const { return status_; }
  const Clock& clock() const { return clock_; }
  TestLog& log() { return log_; }
  StateStore* FindStore(std::string_view name);
  int64_t dropped_records() const;
  bool IsInternalTopic(std::string_view topic) const { return internal_topics_.contains(topic); }

 private:
  // The global task's stores, as the other task reads them.
  class GlobalView final : public GlobalStores {
   public:
    explicit GlobalView(const std::unique_ptr<TaskFeed>& global) : global_(global) {}
    StateStore* Find(std::string_view name) override { return global_ ? global_->task().FindStore(name) : nullptr; }

   private:
    const std::unique_ptr<TaskFeed>& global_;
  };

  // Of the global sub-topologies, or of all others; nullptr where there are none.
  std::unique_ptr<TaskFeed> MakeFeed(bool global);
  absl::Status Open();
  // Queues the record; the global task processes it at once. False: nobody reads its topic.
  absl::StatusOr<bool> Deliver(const TestRecord& record);
  // Gives what was written to topics that the topology reads back to it.
  absl::Status FeedBack();
  absl::Status RunToCompletion();
  static absl::Status StartTask(Task& task);
  static absl::Status CommitTask(Task& task);
  absl::Status CommitMain() { return main_ ? CommitTask(main_->task()) : absl::OkStatus(); }
  // Runs `step` unless the driver has failed, and remembers its error.
  template <class F>
  absl::Status Step(F step);

  // An error is the driver's from the start.
  const absl::StatusOr<Topology> topology_;
  const TestDriverOptions options_;
  ManualClock clock_;
  TestLog log_;
  StringSet internal_topics_;
  // Before the tasks, which use them to their end.
  TemporaryFolder folder_;
  RecordCache record_cache_;
  std::shared_ptr<StoreResources> store_resources_;
  std::unique_ptr<TaskFeed> global_;
  GlobalView global_view_{global_};
  std::unique_ptr<TaskFeed> main_;
  absl::Status status_;
};

}  // namespace millrace
