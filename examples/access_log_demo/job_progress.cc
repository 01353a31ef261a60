#include "job_progress.h"

#include <cstdio>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "job.h"
#include "millrace/base/status_macros.h"

namespace access_log {
namespace {

namespace client = millrace::client;

constexpr absl::Duration kTimeout = absl::Seconds(20);

std::vector<client::TopicPartition> Partitions(const std::string& topic, int32_t count) {
  std::vector<client::TopicPartition> partitions;
  for (int32_t i = 0; i < count; ++i) partitions.push_back({topic, i});
  return partitions;
}

}  // namespace

absl::StatusOr<std::unique_ptr<JobProgress>> JobProgress::Open(client::Clients& clients) {
  MILLRACE_ASSIGN_OR_RETURN(std::unique_ptr<client::Admin> admin, clients.NewAdmin("demo-progress"));
  return std::unique_ptr<JobProgress>(new JobProgress(clients, std::move(admin)));
}

absl::StatusOr<int64_t> JobProgress::LagOf(const std::string& topic, int32_t count) {
  const std::vector<client::TopicPartition> partitions = Partitions(topic, count);
  MILLRACE_ASSIGN_OR_RETURN(const std::vector<client::CommittedOffset> committed,
                            admin_->GroupOffsets(kApplicationId, partitions, false, kTimeout));
  MILLRACE_ASSIGN_OR_RETURN(const std::vector<client::PartitionOffset> ends, admin_->EndOffsets(partitions, kTimeout));
  std::map<client::TopicPartition, int64_t> position;
  for (const client::CommittedOffset& offset : committed) position[offset.partition] = offset.offset;
  int64_t lag = 0;
  for (const client::PartitionOffset& end : ends) lag += end.offset - position[end.partition];
  return lag;
}

absl::StatusOr<int64_t> JobProgress::Lag() {
  MILLRACE_ASSIGN_OR_RETURN(const std::vector<client::TopicDescription> topics, admin_->ListTopics(kTimeout));
  int64_t lag = 0;
  // The log first: what the job has read of it is in the repartition topics by the time that it is committed.
  for (const client::TopicDescription& topic : topics) {
    if (topic.name != kLogTopic) continue;
    MILLRACE_ASSIGN_OR_RETURN(const int64_t log_lag, LagOf(topic.name, topic.partitions));
    lag += log_lag;
  }
  // Sub-topologies in their order, which is the order in which records pass through them.
  for (const client::TopicDescription& topic : topics) {
    if (!absl::EndsWith(topic.name, "-repartition")) continue;
    MILLRACE_ASSIGN_OR_RETURN(const int64_t topic_lag, LagOf(topic.name, topic.partitions));
    lag += topic_lag;
  }
  return lag;
}

absl::Status JobProgress::AwaitNoLag(absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  absl::Time next_line = absl::Now() + absl::Seconds(3);
  int idle_rounds = 0;
  int64_t lag = 0;
  while (absl::Now() < deadline) {
    MILLRACE_ASSIGN_OR_RETURN(lag, Lag());
    // Twice in a row, since topics are looked at one after the other while records move between them.
    idle_rounds = lag == 0 ? idle_rounds + 1 : 0;
    if (idle_rounds == 2) return absl::OkStatus();
    if (absl::Now() >= next_line) {
      std::printf("   %lld records still to be processed\n", static_cast<long long>(lag));
      std::fflush(stdout);
      next_line = absl::Now() + absl::Seconds(3);
    }
    absl::SleepFor(absl::Milliseconds(50));
  }
  return absl::DeadlineExceededError(
      absl::StrCat(lag, " records were not processed within ", absl::FormatDuration(timeout)));
}

absl::StatusOr<int64_t> JobProgress::Count(const std::string& topic) {
  MILLRACE_ASSIGN_OR_RETURN(const std::vector<client::TopicDescription> topics, admin_->ListTopics(kTimeout));
  for (const client::TopicDescription& description : topics) {
    if (description.name != topic) continue;
    MILLRACE_ASSIGN_OR_RETURN(const std::vector<client::PartitionOffset> ends,
                              admin_->EndOffsets(Partitions(topic, description.partitions), kTimeout));
    int64_t count = 0;
    for (const client::PartitionOffset& end : ends) count += end.offset;
    return count;
  }
  return absl::NotFoundError(absl::StrCat("there is no topic '", topic, "'"));
}

absl::StatusOr<std::map<std::string, std::string>> JobProgress::LatestValues(const std::string& topic) {
  MILLRACE_ASSIGN_OR_RETURN(const std::unique_ptr<client::Consumer> consumer,
                            clients_.NewConsumer({.client_id = "demo-reader", .partition_ends = true}));
  MILLRACE_RETURN_IF_ERROR(consumer->Assign({{{topic, 0}, client::kOffsetBeginning}}));
  std::map<std::string, std::string> latest;
  client::PolledBatch batch;
  const absl::Time deadline = absl::Now() + kTimeout;
  while (absl::Now() < deadline) {
    MILLRACE_RETURN_IF_ERROR(consumer->Poll(absl::Milliseconds(200), 10'000, &batch));
    for (const client::FetchedRecord& record : batch.records) {
      const std::string key(record.key().value_or(""));
      if (record.value()) {
        latest[key] = std::string(*record.value());
      } else {
        latest.erase(key);
      }
    }
    for (const client::PolledBatch::Failure& failure : batch.failures) MILLRACE_RETURN_IF_ERROR(failure.status);
    if (!batch.ends.empty()) {
      consumer->Close(absl::Seconds(5)).IgnoreError();
      return latest;
    }
  }
  return absl::DeadlineExceededError(
      absl::StrCat("topic '", topic, "' could not be read to its end within ", absl::FormatDuration(kTimeout)));
}

}  // namespace access_log
