#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "millrace/runtime/app_config.h"
#include "millrace/runtime/composite_store.h"
#include "millrace/runtime/error_handling.h"
#include "millrace/statestore/facade.h"
#include "millrace/streams/state_store.h"
#include "millrace/streams/topology.h"

namespace millrace {

namespace client {
class Clients;
}

enum class AppState : uint8_t {
  kCreated,          // not started
  kRebalancing,      // tasks are being shared out, opened or restored
  kRunning,          // every task that this process has runs
  kPendingShutdown,  // Close() is under way
  kNotRunning,       // closed
  kPendingError,     // something went wrong that does not pass; the threads close
  kError,            // stopped by an error: StreamsApp::status()
};
std::string_view ToString(AppState state);

// What an application does in code rather than by settings.
struct AppHooks {
  // In place of those that the settings name; empty: as the settings say.
  ErrorHandler on_deserialization_error;
  ErrorHandler on_processing_error;
  ErrorHandler on_production_error;
  // Called after each change, on whatever thread it came about; must not call the application back.
  std::function<void(AppState now, AppState before)> on_state;
  // In place of a cluster's: for tests and simulations.
  std::shared_ptr<client::Clients> clients;
};

// Runs a topology: takes its share of the application's tasks, along with every other process that has the same
// application.id, keeps their state, and gives and takes tasks as processes come and go. Without `bootstrap.servers` it
// starts a broker of its own, and makes source topics that are missing. Thread-safe.
//
//   millrace::StreamsApp app(builder.Build(), {{"application.id", "word-count"},
//                                              {"bootstrap.servers", "127.0.0.1:9092"}});
//   return app.RunUntilSignal();
//
// It goes on by itself when the cluster is away for a while. What does not pass (a topic that is missing, a record that
// the handlers do not forgive, a disk that fails) stops it: state kError, and the reason in status().
class StreamsApp {
 public:
  // An error in the topology or the settings is returned by Start().
  StreamsApp(absl::StatusOr<Topology> topology, Settings settings, AppHooks hooks = {});
  // Closes, where that has not been done.
  ~StreamsApp();
  StreamsApp(const StreamsApp&) = delete;
  StreamsApp& operator=(const StreamsApp&) = delete;

  // Checks everything, creates the internal topics that are missing, starts the threads. Once.
  absl::Status Start();
  // Commits, gives the tasks back and stops. kDeadlineExceeded: some of it was still under way.
  absl::Status Close(absl::Duration timeout = absl::Seconds(30));

  // A whole main(): starts, waits for SIGINT or SIGTERM or an error, closes, and returns the exit code. An error is
  // logged as one line.
  int RunUntilSignal();

  AppState state() const;
  // OK, or why the application has stopped.
  absl::Status status() const;
  // False: not within `timeout`, or never any more.
  bool WaitFor(AppState state, absl::Duration timeout) const;
  // Records that the tasks which are here have dropped (dropped-records-total).
  int64_t dropped_records() const;
  // Tasks that run in this process; those that are still being restored do not count.
  int running_tasks() const;

  // The partitions of a store that are in this process, as of their last commit, read as one; from any thread, for as
  // long as wanted. Ask again for newer content. While a rebalance moves a task, its partition is not among them:
  // running_tasks() tells. For example:
  //
  //   auto counts = app.Store<millrace::ReadOnlyKeyValueStore<std::string, int64_t>>("counts");
  //   if (counts.ok()) std::optional<int64_t> count = (*counts)->Get("millrace");
  //
  // What the language materializes has timestamps: ReadOnlyTimestampedKeyValueStore<K, V>. Fails with kUnavailable
  // while no partition runs here, kInvalidArgument where the store is of another type, kUnimplemented where it is in
  // memory alone: then ReadStore().
  template <class ReadOnlyStore>
  absl::StatusOr<std::shared_ptr<const ReadOnlyStore>> Store(std::string_view name) const {
    std::vector<std::shared_ptr<const ReadOnlyStore>> parts;
    absl::Status status = ForEachStore(name, [&](StateStore& store) {
      const auto* committed = dynamic_cast<const CommittedReads<ReadOnlyStore>*>(&store);
      if (committed == nullptr) return OfAnotherType(name);
      std::shared_ptr<const ReadOnlyStore> view = committed->CommittedView();
      if (view == nullptr) return InMemoryOnly(name);
      parts.push_back(std::move(view));
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
    return std::make_shared<internal::CompositeStore<ReadOnlyStore>>(std::move(parts));
  }

  // Calls `read` with each partition of the store that is in this process, on the thread that owns it, between two
  // records: sees what is not committed yet, stores in memory, and global stores (once, as partition 0). The stream
  // thread waits meanwhile. Not to be called from a stream thread.
  template <class ReadOnlyStore>
  absl::Status ReadStore(std::string_view name,
                         const std::function<void(int32_t partition, const ReadOnlyStore& store)>& read) const {
    return ReadOnStreamThreads(name, [&](int32_t partition, StateStore& store) {
      const auto* typed = dynamic_cast<const ReadOnlyStore*>(&store);
      if (typed == nullptr) return OfAnotherType(name);
      read(partition, *typed);
      return absl::OkStatus();
    });
  }

 private:
  class Core;

  absl::Status ForEachStore(std::string_view name, const std::function<absl::Status(StateStore&)>& visit) const;
  absl::Status ReadOnStreamThreads(std::string_view name,
                                   const std::function<absl::Status(int32_t partition, StateStore&)>& visit) const;
  static absl::Status OfAnotherType(std::string_view name);
  static absl::Status InMemoryOnly(std::string_view name);

  const std::unique_ptr<Core> core_;
};

}  // namespace millrace
