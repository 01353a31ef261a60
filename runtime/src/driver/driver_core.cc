#include "driver/driver_core.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "millrace/base/status_macros.h"
#include "millrace/runtime/internal_topics.h"

namespace millrace {
namespace {

absl::Status UnknownTopic(const Topology& topology, const std::string& topic) {
  std::set<std::string> known;
  for (const SubTopology& part : topology.subtopologies()) {
    known.insert(part.source_topics.begin(), part.source_topics.end());
  }
  return absl::NotFoundError(absl::StrCat("the topology does not read topic '", topic, "': pipe to one of [",
                                          absl::StrJoin(known, ", "), "] or to one that a pattern source matches"));
}

}  // namespace

TopologyTestDriver::Core::Core(absl::StatusOr<Topology> topology, TestDriverOptions options)
    : topology_(std::move(topology)),
      options_(std::move(options)),
      clock_(options_.initial_wall_clock_ms),
      record_cache_(options_.cache_max_bytes) {
  status_ = topology_.ok() ? Open() : topology_.status();
}

TopologyTestDriver::Core::~Core() { Close().IgnoreError(); }

absl::Status TopologyTestDriver::Core::Open() {
  for (InternalTopic& topic : InternalTopics(*topology_, options_.application_id)) {
    internal_topics_.insert(std::move(topic.name));
  }
  if (options_.stores == TestDriverOptions::StoreMode::kRocksDb) {
    MILLRACE_RETURN_IF_ERROR(folder_.Create());
    store_resources_ = StoreResources::Create();
  }
  global_ = MakeFeed(/*global=*/true);
  if (global_) MILLRACE_RETURN_IF_ERROR(StartTask(global_->task()));
  main_ = MakeFeed(/*global=*/false);
  return main_ ? StartTask(main_->task()) : absl::OkStatus();
}

absl::Status TopologyTestDriver::Core::StartTask(Task& task) {
  MILLRACE_RETURN_IF_ERROR(task.OpenState());
  return task.Start();
}

std::unique_ptr<TaskFeed> TopologyTestDriver::Core::MakeFeed(bool global) {
  std::vector<const SubTopology*> parts;
  for (const SubTopology& part : topology_->subtopologies()) {
    if (part.global == global) parts.push_back(&part);
  }
  if (parts.empty()) return nullptr;
  return std::make_unique<TaskFeed>(std::make_unique<Task>(
      *topology_, parts,
      TaskOptions{.id = global ? TaskId{-1, -1} : TaskId{0, 0},
                  .application_id = options_.application_id,
                  .timestamp_policy = options_.timestamp_policy,
                  .max_task_idle_ms = PartitionGroup::kNeverWait,
                  .errors = options_.errors,
                  .state_directory = folder_.path().empty() ? "" : folder_.path() + (global ? "/global" : "/0_0")},
      TaskSurroundings{.clock = &clock_,
                       .collector = &log_,
                       .global_stores = global ? nullptr : &global_view_,
                       .record_cache = global ? nullptr : &record_cache_,
                       .store_resources = store_resources_}));
}

template <class F>
absl::Status TopologyTestDriver::Core::Step(F step) {
  if (status_.ok()) status_ = step();
  return status_;
}

absl::Status TopologyTestDriver::Core::Pipe(const TestRecord& record) {
  MILLRACE_RETURN_IF_ERROR(status_);
  bool read = false;
  MILLRACE_RETURN_IF_ERROR(Step([&]() -> absl::Status {
    MILLRACE_ASSIGN_OR_RETURN(read, Deliver(record));
    return RunToCompletion();
  }));
  // The test's mistake, not the topology's: it does not stop the driver.
  return read ? absl::OkStatus() : UnknownTopic(*topology_, record.topic);
}

absl::Status TopologyTestDriver::Core::AdvanceWallClock(int64_t by_ms) {
  return Step([&]() -> absl::Status {
    clock_.AdvanceMs(by_ms);
    if (main_) MILLRACE_RETURN_IF_ERROR(main_->task().PunctuateWallClock().status());
    if (options_.commit == TestDriverOptions::CommitMode::kEveryRecord) MILLRACE_RETURN_IF_ERROR(CommitMain());
    return RunToCompletion();
  });
}

absl::Status TopologyTestDriver::Core::Commit() {
  return Step([&]() -> absl::Status {
    MILLRACE_RETURN_IF_ERROR(CommitMain());
    return RunToCompletion();
  });
}

absl::Status TopologyTestDriver::Core::Close() {
  absl::Status first;
  for (TaskFeed* feed : {main_.get(), global_.get()}) {
    if (feed != nullptr) first.Update(feed->task().CloseClean());
  }
  if (status_.ok()) status_ = absl::FailedPreconditionError("the test driver was closed: make another one");
  return first;
}

StateStore* TopologyTestDriver::Core::FindStore(std::string_view name) {
  return main_ ? main_->task().FindStore(name) : global_view_.Find(name);
}

int64_t TopologyTestDriver::Core::dropped_records() const {
  int64_t total = 0;
  for (const TaskFeed* feed : {main_.get(), global_.get()}) {
    if (feed != nullptr) total += feed->task().dropped_records();
  }
  return total;
}

absl::StatusOr<bool> TopologyTestDriver::Core::Deliver(const TestRecord& record) {
  bool read = false;
  if (main_) {
    MILLRACE_ASSIGN_OR_RETURN(read, main_->Enqueue(record));
  }
  if (!global_) return read;
  MILLRACE_ASSIGN_OR_RETURN(const bool global, global_->Enqueue(record));
  if (global) {
    MILLRACE_RETURN_IF_ERROR(global_->task().ProcessOne().status());
    MILLRACE_RETURN_IF_ERROR(CommitTask(global_->task()));
  }
  return read || global;
}

absl::Status TopologyTestDriver::Core::FeedBack() {
  while (const TestRecord* produced = log_.NextToFeedBack()) {
    MILLRACE_RETURN_IF_ERROR(Deliver(*produced).status());
  }
  return absl::OkStatus();
}

absl::Status TopologyTestDriver::Core::RunToCompletion() {
  MILLRACE_RETURN_IF_ERROR(FeedBack());
  if (!main_) return absl::OkStatus();
  Task& task = main_->task();
  while (true) {
    MILLRACE_ASSIGN_OR_RETURN(const bool processed, task.ProcessOne());
    if (!processed) return absl::OkStatus();
    MILLRACE_RETURN_IF_ERROR(task.PunctuateStreamTime().status());
    if (options_.commit == TestDriverOptions::CommitMode::kEveryRecord) MILLRACE_RETURN_IF_ERROR(CommitMain());
    MILLRACE_RETURN_IF_ERROR(FeedBack());
  }
}

absl::Status TopologyTestDriver::Core::CommitTask(Task& task) {
  MILLRACE_RETURN_IF_ERROR(task.FlushCaches());
  MILLRACE_RETURN_IF_ERROR(task.CommitState());
  task.FinishCommit();
  return absl::OkStatus();
}

}  // namespace millrace
