#include <algorithm>
#include <atomic>
#include <memory>
#include <utility>

#include "handlers/handlers.h"
#include "millrace/base/log.h"

namespace millrace::broker {
namespace {

using protocol::ErrorCode;
using protocol::FetchRequest;
using protocol::FetchResponse;
using protocol::RecordsField;

// From this version on topics go by id.
constexpr int16_t kTopicIdVersion = 13;

ErrorCode CheckLeaderEpoch(int32_t client_epoch) {
  if (client_epoch < 0 || client_epoch == kLeaderEpoch) return ErrorCode::kNone;
  return client_epoch < kLeaderEpoch ? ErrorCode::kFencedLeaderEpoch : ErrorCode::kUnknownLeaderEpoch;
}

// What one pass over the partitions of a fetch came to.
struct FetchPass {
  FetchResponse response;
  std::vector<FileSlice> slices;  // of the external records, in order
  int64_t bytes = 0;
  bool has_error = false;
  std::vector<std::pair<std::shared_ptr<Partition>, int64_t>> at_end;  // nothing to read now, and where the log ended
};

// A fetch that is answered when it has enough, when its time is up, or when something is wrong. Waits without a thread:
// for an append to one of its partitions, or a timer. Confined to its connection's loop, but for OnAppended().
class FetchTask final : public AppendListener, public std::enable_shared_from_this<FetchTask> {
 public:
  FetchTask(Services& services, PendingRequest pending, FetchRequest request)
      : services_(services), pending_(std::move(pending)), request_(std::move(request)), loop_(*pending_.peer().loop) {}

  void Start() {
    FetchPass pass = ReadAll();
    if (IsEnough(pass) || request_.max_wait_ms <= 0) return Answer(std::move(pass));
    timer_ = std::make_unique<net::Timer>(loop_);
    timer_->ScheduleAt(services_.clock.MonotonicMs() + request_.max_wait_ms,
                       [self = shared_from_this()] { self->Answer(self->ReadAll()); });
    Wait(pass);
  }

  void OnAppended() override {
    if (is_posted_.exchange(true)) return;
    loop_.Post([self = shared_from_this()] {
      self->is_posted_ = false;
      self->TryAgain();
    });
  }

 private:
  bool IsEnough(const FetchPass& pass) const {
    return pass.bytes >= request_.min_bytes || pass.has_error || request_.topics.empty();
  }

  void TryAgain() {
    if (is_answered_) return;
    FetchPass pass = ReadAll();
    if (IsEnough(pass)) return Answer(std::move(pass));
    Wait(pass);
  }

  void Wait(const FetchPass& pass) {
    bool missed = false;
    for (const auto& [partition, end] : pass.at_end) {
      partition->NotifyAppend(weak_from_this());
      missed = missed || partition->log().log_end_offset() != end;
    }
    if (missed) OnAppended();
  }

  void Answer(FetchPass pass) {
    if (std::exchange(is_answered_, true)) return;
    // The timer may be the one that runs us: it goes with the task, not before.
    if (timer_ != nullptr) timer_->Cancel();
    pending_.AnswerWithFiles(pass.response, std::move(pass.slices));
  }

  FetchPass ReadAll() const;
  FetchResponse::PartitionData Read(const Topic* topic, const FetchRequest::FetchPartition& wanted,
                                    FetchPass* pass) const;
  void TakeRecords(ReadResult read, FetchPass* pass, FetchResponse::PartitionData* data) const;

  Services& services_;
  PendingRequest pending_;
  const FetchRequest request_;
  net::EventLoop& loop_;
  std::unique_ptr<net::Timer> timer_;
  std::atomic<bool> is_posted_{false};
  bool is_answered_ = false;
};

FetchPass FetchTask::ReadAll() const {
  FetchPass pass;
  pass.response.responses.reserve(request_.topics.size());
  for (const auto& wanted : request_.topics) {
    const bool is_by_id = pending_.version() >= kTopicIdVersion;
    const TopicPtr topic = is_by_id ? services_.topics.FindById(wanted.topic_id) : services_.topics.Find(wanted.topic);
    auto& response = pass.response.responses.emplace_back();
    response.topic = wanted.topic;
    response.topic_id = wanted.topic_id;
    response.partitions.reserve(wanted.partitions.size());
    for (const auto& partition : wanted.partitions) {
      response.partitions.push_back(Read(topic.get(), partition, &pass));
      pass.has_error = pass.has_error || response.partitions.back().error_code != ErrorCode::kNone;
    }
  }
  return pass;
}

FetchResponse::PartitionData FetchTask::Read(const Topic* topic, const FetchRequest::FetchPartition& wanted,
                                             FetchPass* pass) const {
  FetchResponse::PartitionData data;
  data.partition_index = wanted.partition;
  data.high_watermark = -1;
  data.records = RecordsField::View({});
  const auto* partition = topic == nullptr ? nullptr : topic->FindPartition(wanted.partition);
  if (partition == nullptr) {
    const bool is_unknown_id = topic == nullptr && pending_.version() >= kTopicIdVersion;
    data.error_code = is_unknown_id ? ErrorCode::kUnknownTopicId : ErrorCode::kUnknownTopicOrPartition;
    return data;
  }
  data.error_code = CheckLeaderEpoch(wanted.current_leader_epoch);
  if (data.error_code != ErrorCode::kNone) return data;

  const bool committed = request_.isolation_level == 1;
  const int64_t max_bytes = std::min<int64_t>(request_.max_bytes, services_.fetch_max_bytes);
  const int64_t left = std::max<int64_t>(0, max_bytes - pass->bytes);
  ReadResult read = (*partition)
                        ->log()
                        .Read(wanted.fetch_offset,
                              {.max_bytes = std::min<int64_t>(wanted.partition_max_bytes, left),
                               .min_one_batch = pass->bytes == 0,
                               .isolation = committed ? Isolation::kReadCommitted : Isolation::kReadUncommitted});
  data.error_code = read.error;
  data.high_watermark = read.high_watermark;
  data.last_stable_offset = read.last_stable_offset;
  data.log_start_offset = read.log_start_offset;
  if (committed) {
    data.aborted_transactions.emplace();
    for (const AbortedTransaction& aborted : read.aborted) {
      data.aborted_transactions->push_back({.producer_id = aborted.producer_id, .first_offset = aborted.first_offset});
    }
  }
  if (!read.ok()) return data;
  const int64_t end = read.high_watermark;
  TakeRecords(std::move(read), pass, &data);
  if (data.records.size() == 0) pass->at_end.emplace_back(*partition, end);
  return data;
}

void FetchTask::TakeRecords(ReadResult read, FetchPass* pass, FetchResponse::PartitionData* data) const {
  FileSlice& slice = read.records;
  if (slice.length == 0) return;
  pass->bytes += slice.length;
  if (slice.file->descriptor() >= 0) {
    data->records = RecordsField::External(static_cast<size_t>(slice.length));
    pass->slices.push_back(std::move(slice));
    return;
  }
  absl::StatusOr<std::string> bytes = ReadSlice(slice);
  if (bytes.ok()) {
    data->records = RecordsField::Owned(*std::move(bytes));
  } else {
    LogError("broker", "a fetch cannot be answered: %s", bytes.status().ToString());
    data->error_code = ErrorCode::kKafkaStorageError;
  }
}

}  // namespace

void HandleFetch(Services& services, PendingRequest pending, FetchRequest request) {
  // Fetch sessions are not kept: a client that asks for one is answered with session 0, and sends full requests.
  if (pending.version() >= 7 && request.session_id != 0) {
    FetchResponse response{.error_code = ErrorCode::kFetchSessionIdNotFound};
    return pending.Answer(response);
  }
  std::make_shared<FetchTask>(services, std::move(pending), std::move(request))->Start();
}

}  // namespace millrace::broker
