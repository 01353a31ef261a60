#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "child_process.h"
#include "millrace/client/clients.h"
#include "totals.h"

namespace access_log {

// What the demo starts: a broker, and instances of the job that share its application id. Each has a data directory and
// a log of its own below `directory`. Confined to one thread.
class Cluster {
 public:
  // Programs are taken from `bin_dir`. `grace` goes to the job.
  Cluster(std::string bin_dir, std::string directory, absl::Duration grace)
      : bin_dir_(std::move(bin_dir)), directory_(std::move(directory)), grace_(grace) {}

  absl::Status StartBroker();
  // Creates the topics that the job reads; `partitions` for the log and its sections.
  absl::Status CreateTopics(int partitions);

  absl::Status StartInstance(const std::string& name);
  void KillInstance(const std::string& name) { instances_.erase(name); }
  // SIGTERM to all that runs; an error when one did not end cleanly.
  absl::Status Stop();

  // How many tasks the instance runs.
  absl::StatusOr<int> RunningTasks(const std::string& name);
  // Waits until `name` runs at least `tasks` tasks.
  absl::Status AwaitTasks(const std::string& name, int tasks, absl::Duration timeout);
  // The part of the path table that `name` holds.
  absl::StatusOr<std::map<std::string, PathTotal>> PathTable(const std::string& name);

  millrace::client::Clients& clients() { return *clients_; }
  const std::string& address() const { return address_; }
  const std::string& directory() const { return directory_; }

 private:
  absl::StatusOr<std::vector<std::string>> Ask(const std::string& name, const std::string& command);

  const std::string bin_dir_;
  const std::string directory_;
  const absl::Duration grace_;
  std::string address_;
  std::unique_ptr<ChildProcess> broker_;
  std::map<std::string, std::unique_ptr<ChildProcess>> instances_;
  std::unique_ptr<millrace::client::Clients> clients_;
};

}  // namespace access_log
