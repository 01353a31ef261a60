#include "rdkafka_consumer.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "bounded_release.h"
#include "deadline.h"
#include "group_metadata.h"
#include "millrace/base/status_macros.h"
#include "offset_queries.h"
#include "partition_lists.h"
#include "rdkafka_conf.h"
#include "rdkafka_errors.h"

namespace millrace::client {
namespace {

constexpr size_t kEventsAtOnce = 64;
constexpr absl::Duration kCloseInDestructor = absl::Seconds(5);
constexpr absl::Duration kWakeTimeout = absl::Milliseconds(50);
constexpr absl::Duration kSeekTimeout = absl::Seconds(5);
constexpr std::string_view kCooperative = "COOPERATIVE";

std::string Names(const std::vector<TopicPartition>& partitions) {
  return absl::StrJoin(partitions, ", ",
                       [](std::string* out, const TopicPartition& partition) { out->append(partition.ToString()); });
}

std::vector<TopicPartition> PartitionsOf(const std::vector<StartPosition>& positions) {
  std::vector<TopicPartition> partitions;
  partitions.reserve(positions.size());
  for (const StartPosition& position : positions) partitions.push_back(position.partition);
  return partitions;
}

// The errors that make a consumer useless; everything else passes, or is told of by partition.
bool EndsConsuming(const absl::Status& status) {
  return status.code() == absl::StatusCode::kPermissionDenied || status.code() == absl::StatusCode::kUnauthenticated ||
         status.code() == absl::StatusCode::kFailedPrecondition;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Consumer>> RdkafkaConsumer::Open(const ClientConfig& config,
                                                                const ConsumerOptions& options) {
  MILLRACE_ASSIGN_OR_RETURN(ConfPtr conf, ConsumerConf(config, options));
  auto state = std::make_shared<State>();
  rd_kafka_conf_set_opaque(conf.get(), state.get());
  rd_kafka_conf_set_rebalance_cb(conf.get(), OnRebalance);
  MILLRACE_ASSIGN_OR_RETURN(state->handle, NewHandle(RD_KAFKA_CONSUMER, std::move(conf)));
  rd_kafka_poll_set_consumer(state->handle);
  state->queue.reset(rd_kafka_queue_get_consumer(state->handle));
  rd_kafka_queue_cb_event_enable(state->queue.get(), OnQueueSignal, state.get());
  return std::unique_ptr<Consumer>(new RdkafkaConsumer(options.client_id, std::move(state)));
}

RdkafkaConsumer::~RdkafkaConsumer() {
  if (state_->handle != nullptr) (void)Close(kCloseInDestructor);
}

void RdkafkaConsumer::OnRebalance(rd_kafka_t*, rd_kafka_resp_err_t error, rd_kafka_topic_partition_list_t* partitions,
                                  void* opaque) {
  auto* state = static_cast<State*>(opaque);
  state->rebalance = Rebalance{error, ToPartitions(partitions)};
  if (error == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) state->was_assigned = true;
}

void RdkafkaConsumer::OnQueueSignal(rd_kafka_t*, void* opaque) { static_cast<State*>(opaque)->waker->Signal(); }

bool RdkafkaConsumer::cooperative() const {
  const char* protocol = rd_kafka_rebalance_protocol(handle());
  return protocol != nullptr && protocol == kCooperative;
}

absl::Status RdkafkaConsumer::FatalError() const {
  char reason[512] = {};
  const rd_kafka_resp_err_t error = rd_kafka_fatal_error(handle(), reason, sizeof(reason));
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrFormat("consumer '%s' cannot go on: %s", name_, reason));
}

absl::Status RdkafkaConsumer::Subscribe(const Subscription& subscription, RebalanceListener* listener) {
  listener_ = listener;
  std::vector<TopicPartition> topics;
  topics.reserve(subscription.topics.size());
  for (const std::string& topic : subscription.topics) topics.push_back({topic, RD_KAFKA_PARTITION_UA});
  return ToStatus(rd_kafka_subscribe(handle(), ToList(topics).get()),
                  absl::StrFormat("subscribing to %s", absl::StrJoin(subscription.topics, ", ")));
}

absl::Status RdkafkaConsumer::Assign(const std::vector<StartPosition>& positions) {
  if (!fetches_.empty()) MILLRACE_RETURN_IF_ERROR(UnassignAll());
  AddFetches(positions);
  MILLRACE_RETURN_IF_ERROR(ToStatus(rd_kafka_assign(handle(), ToList(positions).get()), "assigning partitions"));
  WakeBrokerThreads(PartitionsOf(positions));
  return absl::OkStatus();
}

absl::Status RdkafkaConsumer::IncrementalAssign(const std::vector<StartPosition>& positions) {
  AddFetches(positions);
  MILLRACE_RETURN_IF_ERROR(
      ToStatus(ErrorPtr(rd_kafka_incremental_assign(handle(), ToList(positions).get())).get(), "assigning partitions"));
  WakeBrokerThreads(PartitionsOf(positions));
  return absl::OkStatus();
}

// A broker's thread that has nothing to do looks only once a second for new partitions, and for partitions whose queues
// were full, unless something else comes up: so something is asked of it whose answer nobody needs.
void RdkafkaConsumer::WakeBrokerThreads(const std::vector<TopicPartition>& partitions) {
  if (partitions.empty()) return;
  std::vector<PartitionOffset> asked;
  asked.reserve(partitions.size());
  for (const TopicPartition& partition : partitions) asked.push_back({partition, kOffsetEnd});
  (void)rd_kafka_offsets_for_times(handle(), ToList(asked).get(), Deadline(kWakeTimeout).RemainingMs());
}

absl::Status RdkafkaConsumer::IncrementalUnassign(const std::vector<TopicPartition>& partitions) {
  absl::Status status = ToStatus(ErrorPtr(rd_kafka_incremental_unassign(handle(), ToList(partitions).get())).get(),
                                 absl::StrFormat("giving up partitions %s", Names(partitions)));
  RemoveFetches(partitions);
  return status;
}

void RdkafkaConsumer::AddFetches(const std::vector<StartPosition>& positions) {
  for (const StartPosition& position : positions) {
    fetches_.push_back(std::make_unique<PartitionFetch>(handle(), position.partition, waker_.get()));
    fetch_of_[position.partition] = fetches_.back().get();
  }
}

void RdkafkaConsumer::RemoveFetches(const std::vector<TopicPartition>& partitions) {
  const absl::flat_hash_set<TopicPartition> removed(partitions.begin(), partitions.end());
  std::erase_if(fetches_, [&](const auto& fetch) { return removed.contains(fetch->partition()); });
  for (const TopicPartition& partition : partitions) fetch_of_.erase(partition);
  turn_ = 0;
}

absl::Status RdkafkaConsumer::Poll(absl::Duration timeout, size_t max_records, PolledBatch* batch) {
  batch->Clear();
  const Deadline deadline(timeout);
  while (true) {
    MILLRACE_RETURN_IF_ERROR(ServeEvents(state_->queue.get(), batch));
    if (state_->rebalance) return HandleRebalance();
    TakeInTurns(max_records, batch);
    const bool got_something = !batch->records.empty() || !batch->ends.empty() || !batch->failures.empty();
    if (got_something || woken_.exchange(false) || deadline.Passed()) return absl::OkStatus();
    waker_->Wait(deadline);
  }
}

// Serves the common queue without waiting: callbacks, errors, and records of partitions that were just given up.
absl::Status RdkafkaConsumer::ServeEvents(rd_kafka_queue_t* queue, PolledBatch* batch) {
  rd_kafka_message_t* events[kEventsAtOnce];
  ssize_t count = 0;
  do {
    count = rd_kafka_consume_batch_queue(queue, 0, events, kEventsAtOnce);
    if (count <= 0) break;
    const absl::Status error = PartitionFetch::Add(handle(), events, static_cast<size_t>(count), batch);
    if (error.ok()) continue;
    MILLRACE_RETURN_IF_ERROR(FatalError());
    if (EndsConsuming(error)) return error;
    if (error_log_.Admit(SystemClock::Get().MonotonicMs()) >= 0) {
      LogWarning("client", "consumer '%s' goes on after: %s", name_, error.message());
    }
  } while (count == static_cast<ssize_t>(kEventsAtOnce));
  return absl::OkStatus();
}

void RdkafkaConsumer::TakeInTurns(size_t max_records, PolledBatch* batch) {
  for (size_t i = 0; i < fetches_.size() && batch->records.size() < max_records; ++i) {
    if (turn_ >= fetches_.size()) turn_ = 0;
    PartitionFetch& fetch = *fetches_[turn_++];
    if (fetch.Take(max_records - batch->records.size(), &scratch_, batch) > 0 && fetch.RanLow()) {
      WakeBrokerThreads({fetch.partition()});
    }
  }
}

absl::Status RdkafkaConsumer::HandleRebalance() {
  const Rebalance rebalance = *std::exchange(state_->rebalance, std::nullopt);
  switch (rebalance.kind) {
    case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS:
      return HandleAssigned(rebalance.partitions);
    case RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS:
      return HandleRevoked(rebalance.partitions);
    default:
      LogWarning("client", "consumer '%s': the group's rebalance failed, it is tried again: %s", name_,
                 rd_kafka_err2str(rebalance.kind));
      return UnassignAll();
  }
}

absl::Status RdkafkaConsumer::HandleAssigned(const std::vector<TopicPartition>& partitions) {
  std::vector<StartPosition> positions;
  if (leaving_) {
    declined_.insert(partitions.begin(), partitions.end());
  } else {
    positions = listener_->OnAssigned(partitions);
  }
  return cooperative() ? IncrementalAssign(positions) : Assign(positions);
}

absl::Status RdkafkaConsumer::HandleRevoked(std::vector<TopicPartition> partitions) {
  const size_t declined =
      std::erase_if(partitions, [&](const TopicPartition& partition) { return declined_.contains(partition); });
  if (declined > 0 && partitions.empty()) return cooperative() ? IncrementalUnassign({}) : UnassignAll();
  const std::vector<TopicPartition> given_up =
      rd_kafka_assignment_lost(handle()) != 0 ? listener_->OnLost(partitions) : listener_->OnRevoked(partitions);
  return cooperative() ? IncrementalUnassign(given_up) : UnassignAll();
}

absl::Status RdkafkaConsumer::UnassignAll() {
  absl::Status status = ToStatus(rd_kafka_assign(handle(), nullptr), "giving all partitions up");
  fetches_.clear();
  fetch_of_.clear();
  return status;
}

void RdkafkaConsumer::Wakeup() {
  woken_ = true;
  waker_->Signal();
}

void RdkafkaConsumer::Pause(const TopicPartition& partition) {
  if (const auto fetch = fetch_of_.find(partition); fetch != fetch_of_.end()) fetch->second->Pause();
}

void RdkafkaConsumer::Resume(const TopicPartition& partition) {
  if (const auto fetch = fetch_of_.find(partition); fetch != fetch_of_.end()) fetch->second->Resume();
}

absl::Status RdkafkaConsumer::Seek(const TopicPartition& partition, int64_t offset) {
  PartitionListPtr list = ToList(std::vector<StartPosition>{{partition, offset}});
  const std::string what = absl::StrFormat("seeking to offset %d of %s", offset, partition.ToString());
  // Waiting for it makes what was fetched before outdated; it takes no request to the broker.
  const int timeout_ms = Deadline(kSeekTimeout).RemainingMs();
  MILLRACE_RETURN_IF_ERROR(ToStatus(ErrorPtr(rd_kafka_seek_partitions(handle(), list.get(), timeout_ms)).get(), what));
  return FirstError(list.get(), what);
}

absl::Status RdkafkaConsumer::Commit(const std::vector<CommittedOffset>& offsets, absl::Duration timeout) {
  if (offsets.empty()) return absl::OkStatus();
  const Deadline deadline(timeout);
  const std::string what = absl::StrFormat("committing %d offsets of '%s', %s first", offsets.size(), name_,
                                           offsets.front().partition.ToString());
  PartitionListPtr list = ToList(offsets);
  while (true) {
    // A queue for each attempt: a late answer to an earlier one is not taken for this one's.
    QueuePtr answers(rd_kafka_queue_new(handle()));
    rd_kafka_resp_err_t error = rd_kafka_commit_queue(handle(), list.get(), answers.get(), nullptr, nullptr);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
      EventPtr answer(rd_kafka_queue_poll(answers.get(), deadline.RemainingMs()));
      error = answer == nullptr ? RD_KAFKA_RESP_ERR__TIMED_OUT : rd_kafka_event_error(answer.get());
    }
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
    if (!IsRetriable(error)) return ToStatus(error, what);
    if (deadline.Passed()) {
      return absl::DeadlineExceededError(
          ToStatus(error, what + " for longer than " + absl::FormatDuration(timeout)).message());
    }
    absl::SleepFor(absl::Milliseconds(20));
  }
}

absl::StatusOr<std::vector<CommittedOffset>> RdkafkaConsumer::Committed(const std::vector<TopicPartition>& partitions,
                                                                        absl::Duration timeout) {
  const Deadline deadline(timeout);
  const std::string what = absl::StrFormat("reading the committed offsets of '%s'", name_);
  while (true) {
    PartitionListPtr list = ToList(partitions);
    const rd_kafka_resp_err_t error = rd_kafka_committed(handle(), list.get(), deadline.RemainingMs());
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
      MILLRACE_RETURN_IF_ERROR(FirstError(list.get(), "reading the committed offset"));
      return ToCommittedOffsets(list.get());
    }
    if (!IsRetriable(error) || deadline.Passed()) return ToStatus(error, what);
    absl::SleepFor(absl::Milliseconds(20));
  }
}

absl::StatusOr<std::vector<PartitionOffset>> RdkafkaConsumer::BeginningOffsets(
    const std::vector<TopicPartition>& partitions, absl::Duration timeout) {
  return QueryOffsets(handle(), partitions, kOffsetBeginning, timeout);
}

absl::StatusOr<std::vector<PartitionOffset>> RdkafkaConsumer::EndOffsets(const std::vector<TopicPartition>& partitions,
                                                                         absl::Duration timeout) {
  return QueryOffsets(handle(), partitions, kOffsetEnd, timeout);
}

absl::StatusOr<std::vector<PartitionOffset>> RdkafkaConsumer::OffsetsForTime(
    const std::vector<TopicPartition>& partitions, int64_t timestamp_ms, absl::Duration timeout) {
  const Deadline deadline(timeout);
  absl::StatusOr<std::vector<PartitionOffset>> offsets = QueryOffsets(handle(), partitions, timestamp_ms, timeout);
  if (!offsets.ok()) return offsets;
  for (PartitionOffset& offset : *offsets) {
    if (offset.offset >= 0) continue;
    MILLRACE_ASSIGN_OR_RETURN(
        const std::vector<PartitionOffset> end,
        QueryOffsets(handle(), {offset.partition}, kOffsetEnd, absl::Milliseconds(deadline.RemainingMs())));
    offset.offset = end.front().offset;
  }
  return offsets;
}

absl::StatusOr<GroupMetadata> RdkafkaConsumer::Group() {
  GroupMetadataPtr metadata(rd_kafka_consumer_group_metadata(handle()));
  if (metadata == nullptr) return absl::FailedPreconditionError(absl::StrFormat("'%s' is in no group", name_));
  return ReadGroupMetadata(*metadata);
}

bool RdkafkaConsumer::InGroup() const {
  GroupMetadataPtr metadata(rd_kafka_consumer_group_metadata(handle()));
  if (metadata == nullptr) return false;
  const absl::StatusOr<GroupMetadata> group = ReadGroupMetadata(*metadata);
  return group.ok() && !group->member_id.empty();
}

// Serves what a member that is leaving still has to be told, and waits a little for more.
absl::Status RdkafkaConsumer::ServeLeaving(rd_kafka_queue_t* queue) {
  constexpr int kLookAgainMs = 10;
  PolledBatch ignored;
  (void)ServeEvents(queue, &ignored);
  if (state_->rebalance) return HandleRebalance();
  waker_->Wait(Deadline(absl::Milliseconds(kLookAgainMs)));
  return absl::OkStatus();
}

// librdkafka must not be closed while it joins: in 2.0.2 a SyncGroup's answer to a member that is terminated already
// ends the process. To unsubscribe is put off until the joining has ended, and then the member leaves. A static member
// does not leave; it comes back.
absl::Status RdkafkaConsumer::LeaveGroup(absl::Duration timeout) {
  size_t length = 0;
  const bool is_static =
      rd_kafka_conf_get(rd_kafka_conf(handle()), "group.instance.id", nullptr, &length) == RD_KAFKA_CONF_OK &&
      length > 1;
  if (listener_ == nullptr || is_static) return absl::OkStatus();
  const Deadline deadline(timeout);
  (void)rd_kafka_unsubscribe(handle());
  absl::Status status;
  while (InGroup() && FatalError().ok() && !deadline.Passed()) {
    if (absl::Status served = ServeLeaving(state_->queue.get()); status.ok()) status = served;
  }
  return status;
}

// librdkafka before 2.3 aborts the process when a member is destroyed between a JoinGroup's answer and its first
// assignment (librdkafka's issue 4312). Asked before the close: later nobody answers.
bool RdkafkaConsumer::DiesWhenDestroyed() const {
  constexpr int kFirstWithoutIt = 0x02030000;
  if (rd_kafka_version() >= kFirstWithoutIt || listener_ == nullptr || state_->was_assigned) return false;
  return cooperative() || InGroup();
}

absl::Status RdkafkaConsumer::Close(absl::Duration timeout) {
  if (handle() == nullptr) return absl::OkStatus();
  const Deadline deadline(timeout);
  leaving_ = true;
  absl::Status status = LeaveGroup(timeout / 2);
  const bool dies_when_destroyed = DiesWhenDestroyed();
  QueuePtr farewell(rd_kafka_queue_new(handle()));
  ErrorPtr error(rd_kafka_consumer_close_queue(handle(), farewell.get()));
  while (error == nullptr && rd_kafka_consumer_closed(handle()) == 0 && !deadline.Passed()) {
    if (absl::Status served = ServeLeaving(farewell.get()); status.ok()) status = served;
  }
  fetches_.clear();
  fetch_of_.clear();
  farewell.reset();
  const absl::Status released =
      Release(dies_when_destroyed && !state_->was_assigned, absl::Milliseconds(std::max(deadline.RemainingMs(), 100)));
  return released.ok() ? status : released;
}

// The callbacks' state must live as long as the handle, which may be longer than this consumer.
absl::Status RdkafkaConsumer::Release(bool dies_when_destroyed, absl::Duration timeout) {
  const std::shared_ptr<State> state = std::exchange(state_, std::make_shared<State>());
  if (dies_when_destroyed) {
    // It has left the group; what stays are the threads of a handle that does nothing and says nothing.
    constexpr int kSyslogEmergency = 0;
    rd_kafka_set_log_level(state->handle, kSyslogEmergency);
    rd_kafka_queue_cb_event_enable(state->queue.get(), nullptr, nullptr);
    static absl::Mutex mutex(absl::kConstInit);
    static auto* const kept = new std::vector<std::shared_ptr<State>>;
    absl::MutexLock lock(&mutex);
    kept->push_back(state);
    return absl::OkStatus();
  }
  const bool in_time = ReleaseWithin(timeout, [state] {
    rd_kafka_queue_cb_event_enable(state->queue.get(), nullptr, nullptr);
    state->queue.reset();
    rd_kafka_destroy_flags(state->handle, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
  });
  if (in_time) return absl::OkStatus();
  const std::string reason = absl::StrFormat("consumer '%s' did not close in time and is left behind", name_);
  LogWarning("client", "%s", reason);
  return absl::DeadlineExceededError(reason);
}

}  // namespace millrace::client
