#include "log_feed.h"

#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "job.h"
#include "millrace/base/status_macros.h"
#include "millrace/streams/partitioner.h"

namespace access_log {
namespace {

constexpr absl::Duration kAckTimeout = absl::Seconds(60);
// Lines go to one partition for a while, so that batches fill.
constexpr int64_t kLinesAPartition = 500;

}  // namespace

absl::StatusOr<std::unique_ptr<LogFeed>> LogFeed::Open(millrace::client::Clients& clients) {
  MILLRACE_ASSIGN_OR_RETURN(std::unique_ptr<millrace::client::Producer> producer,
                            clients.NewProducer({.client_id = "demo-feed"}));
  return std::unique_ptr<LogFeed>(new LogFeed(std::move(producer)));
}

absl::StatusOr<int64_t> LogFeed::SendLines(std::istream& log, int64_t count) {
  MILLRACE_ASSIGN_OR_RETURN(const int32_t partitions, producer_->PartitionCount(kLogTopic));
  const int64_t now_ms = absl::ToUnixMillis(absl::Now());
  int64_t lines = 0;
  for (std::string line; lines < count && std::getline(log, line); ++lines) {
    MILLRACE_RETURN_IF_ERROR(
        producer_->Send({.topic = kLogTopic,
                         .partition = static_cast<int32_t>(sent_++ / kLinesAPartition % partitions),
                         .value = line,
                         .timestamp_ms = now_ms}));
  }
  MILLRACE_RETURN_IF_ERROR(producer_->AwaitAcknowledged(kAckTimeout));
  return lines;
}

absl::Status LogFeed::SendSection(std::string_view prefix, std::string_view name) {
  MILLRACE_ASSIGN_OR_RETURN(const int32_t partitions, producer_->PartitionCount(kSectionsTopic));
  MILLRACE_RETURN_IF_ERROR(producer_->Send({.topic = kSectionsTopic,
                                            .partition = millrace::PartitionOfKey(prefix, partitions),
                                            .key = prefix,
                                            .value = name,
                                            .timestamp_ms = absl::ToUnixMillis(absl::Now())}));
  return producer_->AwaitAcknowledged(kAckTimeout);
}

}  // namespace access_log
