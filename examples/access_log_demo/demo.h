#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cluster.h"
#include "job_progress.h"
#include "log_feed.h"
#include "totals.h"

namespace access_log {

// The demo, step by step: a broker and two instances of the job, an access log through them, one instance killed on the
// way, and the job's totals held against a recount. Prints what it does. Confined to one thread.
class Demo {
 public:
  struct Options {
    std::string bin_dir;
    std::string log_file;
    // Holds everything that the demo writes.
    std::string directory;
  };
  explicit Demo(Options options) : options_(std::move(options)) {}

  // Ok also when records were counted twice, which at-least-once processing may do; an error when any was lost.
  absl::Status Run();

 private:
  absl::Status MeasureLog();
  absl::Status StartCluster();
  absl::Status FeedAndKill();
  absl::Status AwaitResults();
  absl::StatusOr<Totals> CollectTotals();
  absl::Status PrintVerdict(const Totals& job, const Totals& recount) const;

  const Options options_;
  LogSpan log_;
  std::unique_ptr<Cluster> cluster_;
  std::unique_ptr<LogFeed> feed_;
  std::unique_ptr<JobProgress> progress_;
  absl::Time fed_since_;
  absl::Duration takeover_;
  absl::Duration elapsed_;
};

}  // namespace access_log
