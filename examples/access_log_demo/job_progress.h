#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "millrace/client/clients.h"

namespace access_log {

// Watches from outside how far the job has come, by what its group has committed, and reads its output topics. Confined
// to one thread.
class JobProgress {
 public:
  static absl::StatusOr<std::unique_ptr<JobProgress>> Open(millrace::client::Clients& clients);

  // Records that the job has not committed yet, over the log and the job's own repartition topics.
  absl::StatusOr<int64_t> Lag();
  // Waits until there is no lag, with a line every few seconds.
  absl::Status AwaitNoLag(absl::Duration timeout);

  // How many records a topic holds.
  absl::StatusOr<int64_t> Count(const std::string& topic);
  // The latest value of every key of a topic; null values take their key out.
  absl::StatusOr<std::map<std::string, std::string>> LatestValues(const std::string& topic);

 private:
  JobProgress(millrace::client::Clients& clients, std::unique_ptr<millrace::client::Admin> admin)
      : clients_(clients), admin_(std::move(admin)) {}

  absl::StatusOr<int64_t> LagOf(const std::string& topic, int32_t partitions);

  millrace::client::Clients& clients_;
  std::unique_ptr<millrace::client::Admin> admin_;
};

}  // namespace access_log
