#include "demo.h"

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "job.h"
#include "millrace/base/status_macros.h"
#include "report.h"

namespace access_log {
namespace {

constexpr int kPartitions = 4;
// Two sub-topologies read the log and its repartition by path prefix, two more what is grouped by status and by path.
constexpr int kTasks = 4 * kPartitions;
constexpr absl::Duration kPatience = absl::Minutes(10);

template <class... Args>
void Say(const absl::FormatSpec<Args...>& format, const Args&... args) {
  absl::PrintF("%s\n", absl::StrFormat(format, args...));
  std::fflush(stdout);
}

}  // namespace

absl::Status Demo::Run() {
  MILLRACE_RETURN_IF_ERROR(MeasureLog());
  MILLRACE_RETURN_IF_ERROR(StartCluster());
  MILLRACE_RETURN_IF_ERROR(FeedAndKill());
  MILLRACE_RETURN_IF_ERROR(AwaitResults());
  MILLRACE_ASSIGN_OR_RETURN(const Totals job, CollectTotals());
  std::ifstream log(options_.log_file);
  const Totals recount = Recount(log);
  Say("\n6. results\n\nRequests per status class and five minutes of event time:\n\n%s", StatusTable(job, 12));
  Say("The ten most requested paths, from the table that the instances hold:\n\n%s", TopPaths(job, 10));
  Say("Lines set aside as malformed (topic %s, each with its reason): %d", kDeadLetterTopic, job.malformed);
  Say("Health checks and robots left out: %d of %d lines", recount.filtered, recount.lines);
  const absl::Status verdict = PrintVerdict(job, recount);
  // Clients first, so that none misses its broker.
  feed_.reset();
  progress_.reset();
  const absl::Status stopped = cluster_->Stop();
  return verdict.ok() ? stopped : verdict;
}

absl::Status Demo::MeasureLog() {
  std::ifstream log(options_.log_file);
  if (!log) return absl::NotFoundError(absl::StrCat("cannot read '", options_.log_file, "'"));
  log_ = MeasureSpan(log);
  if (log_.lines == 0) return absl::InvalidArgumentError(absl::StrCat("'", options_.log_file, "' has no lines"));
  Say("1. the log: %s, %d lines, %s of event time", options_.log_file, log_.lines,
      absl::FormatDuration(absl::Trunc(log_.span, absl::Minutes(1))));
  return absl::OkStatus();
}

absl::Status Demo::StartCluster() {
  // While an instance is down its partitions wait, and what they hold arrives behind newer lines of the other
  // partitions. A window must not close on them, so its grace is longer than the whole log.
  const absl::Duration grace = absl::Ceil(log_.span, absl::Hours(1)) + absl::Hours(1);
  cluster_ = std::make_unique<Cluster>(options_.bin_dir, options_.directory, grace);
  MILLRACE_RETURN_IF_ERROR(cluster_->StartBroker());
  Say("2. a broker on %s, its data and all logs in %s", cluster_->address(), options_.directory);
  MILLRACE_RETURN_IF_ERROR(cluster_->CreateTopics(kPartitions));
  MILLRACE_ASSIGN_OR_RETURN(feed_, LogFeed::Open(cluster_->clients()));
  MILLRACE_ASSIGN_OR_RETURN(progress_, JobProgress::Open(cluster_->clients()));
  for (const auto& [prefix, section] : {std::pair("/", "home"), {"/blog/", "blog"}, {"/images/", "pictures"}}) {
    MILLRACE_RETURN_IF_ERROR(feed_->SendSection(prefix, section));
  }
  MILLRACE_RETURN_IF_ERROR(cluster_->StartInstance("one"));
  MILLRACE_RETURN_IF_ERROR(cluster_->StartInstance("two"));
  MILLRACE_RETURN_IF_ERROR(cluster_->AwaitTasks("one", 1, kPatience));
  MILLRACE_RETURN_IF_ERROR(cluster_->AwaitTasks("two", 1, kPatience));
  MILLRACE_ASSIGN_OR_RETURN(const int one, cluster_->RunningTasks("one"));
  MILLRACE_ASSIGN_OR_RETURN(const int two, cluster_->RunningTasks("two"));
  Say("3. two instances of the job share %d tasks: %d and %d (windows stay open %s past their end: longer than the "
      "log,\n   since lines wait while an instance is down and must not be too late when they come)",
      one + two, one, two, absl::FormatDuration(grace));
  return absl::OkStatus();
}

absl::Status Demo::FeedAndKill() {
  std::ifstream log(options_.log_file);
  fed_since_ = absl::Now();
  MILLRACE_ASSIGN_OR_RETURN(const int64_t first_half, feed_->SendLines(log, log_.lines / 2));
  Say("4. %d lines fed; now instance two is killed with SIGKILL", first_half);
  cluster_->KillInstance("two");
  const absl::Time killed_at = absl::Now();
  MILLRACE_RETURN_IF_ERROR(feed_->SendSection("/images/", "media"));  // enrichment changes while the job runs
  MILLRACE_ASSIGN_OR_RETURN(const int64_t second_half, feed_->SendLines(log, log_.lines));
  Say("   %d more lines fed; waiting for instance one to take over (session timeout 6 s)", second_half);
  MILLRACE_RETURN_IF_ERROR(cluster_->AwaitTasks("one", kTasks, kPatience));
  takeover_ = absl::Now() - killed_at;
  Say("   instance one runs all %d tasks, %s after the kill; instance two is started again", kTasks,
      absl::FormatDuration(absl::Trunc(takeover_, absl::Milliseconds(100))));
  return cluster_->StartInstance("two");
}

absl::Status Demo::AwaitResults() {
  Say("5. waiting until everything is processed and committed");
  MILLRACE_RETURN_IF_ERROR(progress_->AwaitNoLag(kPatience));
  elapsed_ = absl::Now() - fed_since_;
  // The second instance may still be on its way in: its tables are asked for once it has its share.
  return cluster_->AwaitTasks("two", 1, kPatience);
}

absl::StatusOr<Totals> Demo::CollectTotals() {
  Totals job;
  MILLRACE_ASSIGN_OR_RETURN(job.malformed, progress_->Count(kDeadLetterTopic));
  MILLRACE_ASSIGN_OR_RETURN(const auto windows, progress_->LatestValues(kStatusTopic));
  for (const auto& [key, value] : windows) {
    job.requests_per_window[key] = nlohmann::json::parse(value).at("requests").get<int64_t>();
  }
  for (const std::string name : {"one", "two"}) {
    MILLRACE_ASSIGN_OR_RETURN(const auto part, cluster_->PathTable(name));
    job.paths.insert(part.begin(), part.end());
  }
  return job;
}

absl::Status Demo::PrintVerdict(const Totals& job, const Totals& recount) const {
  const double seconds = absl::ToDoubleSeconds(elapsed_);
  const double undisturbed = absl::ToDoubleSeconds(elapsed_ - takeover_);
  Say("Throughput: %d lines in %.1f s, %.0f records/s; %.0f records/s without the %.1f s of the takeover",
      recount.lines, seconds, static_cast<double>(recount.lines) / seconds,
      static_cast<double>(recount.lines) / undisturbed, absl::ToDoubleSeconds(takeover_));
  const Verdict verdict = Compare(job, recount);
  if (verdict.lost() == 0 && verdict.counted_twice() == 0) {
    Say("\nVERDICT: exact. Nothing was lost and nothing was counted twice: %d requests by window, %d by path, %d "
        "malformed.",
        job.windowed_requests(), job.path_requests(), job.malformed);
    return absl::OkStatus();
  }
  Say("\n%s%s%s", verdict.malformed.examples, verdict.windows.examples, verdict.paths.examples);
  if (verdict.lost() == 0) {
    Say("VERDICT: nothing was lost. Counted twice after the kill, as at-least-once processing may do: %d requests in "
        "the\n"
        "windows, %d in the paths, %d malformed lines.",
        verdict.windows.counted_twice, verdict.paths.counted_twice, verdict.malformed.counted_twice);
    return absl::OkStatus();
  }
  Say("VERDICT: LOST. Missing: %d requests in the windows, %d in the paths, %d malformed lines.", verdict.windows.lost,
      verdict.paths.lost, verdict.malformed.lost);
  return absl::DataLossError(absl::StrCat(verdict.lost(), " records were lost: the logs are in ", options_.directory));
}

}  // namespace access_log
