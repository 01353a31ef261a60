#include "rdkafka_producer.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_format.h"
#include "bounded_release.h"
#include "deadline.h"
#include "group_metadata.h"
#include "millrace/base/log.h"
#include "millrace/base/status_macros.h"
#include "partition_lists.h"
#include "rdkafka_conf.h"
#include "rdkafka_errors.h"

namespace millrace::client {
namespace {

// Often enough that delivery reports do not pile up, seldom enough to cost nothing.
constexpr uint32_t kSendsBetweenPolls = 256;
constexpr int64_t kPartitionCountAgeMs = 300'000;
constexpr absl::Duration kMetadataTimeout = absl::Seconds(10);
constexpr absl::Duration kCloseInDestructor = absl::Seconds(2);

// librdkafka takes a null pointer for a null value, also where the size is 0.
const void* DataOf(const std::optional<std::string_view>& bytes) {
  if (!bytes) return nullptr;
  return bytes->data() != nullptr ? bytes->data() : "";
}
size_t SizeOf(const std::optional<std::string_view>& bytes) { return bytes ? bytes->size() : 0; }

HeadersPtr ToRdkafka(const Headers& headers) {
  HeadersPtr list(rd_kafka_headers_new(headers.size()));
  for (const Header& header : headers) {
    rd_kafka_header_add(list.get(), header.name.data(), static_cast<ssize_t>(header.name.size()),
                        header.value ? header.value->data() : nullptr,
                        header.value ? static_cast<ssize_t>(header.value->size()) : 0);
  }
  return list;
}

// librdkafka reads 0 as "now". A millisecond after the epoch is the nearest time that it sends.
int64_t TimestampToSend(int64_t timestamp_ms) { return timestamp_ms == 0 ? 1 : timestamp_ms; }

std::optional<std::string_view> View(const void* data, size_t size) {
  if (data == nullptr) return std::nullopt;
  return std::string_view(static_cast<const char*>(data), size);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Producer>> RdkafkaProducer::Open(const ClientConfig& config,
                                                                const ProducerOptions& options) {
  MILLRACE_ASSIGN_OR_RETURN(ConfPtr conf, ProducerConf(config, options));
  auto state = std::make_shared<State>();
  state->on_failure = options.on_failure;
  rd_kafka_conf_set_opaque(conf.get(), state.get());
  rd_kafka_conf_set_dr_msg_cb(conf.get(), OnDelivered);
  MILLRACE_ASSIGN_OR_RETURN(state->handle, NewHandle(RD_KAFKA_PRODUCER, std::move(conf)));
  return std::unique_ptr<Producer>(new RdkafkaProducer(options, std::move(state)));
}

RdkafkaProducer::~RdkafkaProducer() {
  if (state_->handle != nullptr) (void)Close(kCloseInDestructor);
}

void RdkafkaProducer::OnDelivered(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
  auto* state = static_cast<State*>(opaque);
  auto* topic = static_cast<Topic*>(rd_kafka_topic_opaque(message->rkt));
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    const std::string what = absl::StrFormat("appending a record of %d bytes to '%s' partition %d",
                                             message->key_len + message->len, topic->name, message->partition);
    Fail(state, {.topic = topic->name,
                 .partition = message->partition,
                 .key = View(message->key, message->key_len),
                 .value = View(message->payload, message->len),
                 .status = ToStatus(message->err, what)});
    return;
  }
  ++state->counts.acknowledged;
  const auto partition = static_cast<size_t>(message->partition);
  if (topic->last_offsets.size() <= partition) topic->last_offsets.resize(partition + 1, -1);
  topic->last_offsets[partition] = std::max(topic->last_offsets[partition], message->offset);
}

void RdkafkaProducer::Fail(State* state, const FailedDelivery& failure) {
  ++state->counts.failed;
  if (state->on_failure && state->on_failure(failure)) return;
  if (state->first_failure.ok()) state->first_failure = failure.status;
}

RdkafkaProducer::Topic* RdkafkaProducer::TopicOf(std::string_view name) {
  if (last_topic_ != nullptr && last_topic_->name == name) return last_topic_;
  auto found = state_->topics.find(name);
  if (found == state_->topics.end()) {
    auto topic = std::make_unique<Topic>();
    topic->name = std::string(name);
    rd_kafka_topic_conf_t* conf = rd_kafka_default_topic_conf_dup(handle());
    rd_kafka_topic_conf_set_opaque(conf, topic.get());
    topic->handle.reset(rd_kafka_topic_new(handle(), topic->name.c_str(), conf));
    if (topic->handle == nullptr) return nullptr;
    found = state_->topics.emplace(topic->name, std::move(topic)).first;
  }
  last_topic_ = found->second.get();
  return last_topic_;
}

absl::Status RdkafkaProducer::Send(const OutgoingRecord& record) {
  Topic* topic = TopicOf(record.topic);
  if (topic == nullptr) {
    return ToStatus(rd_kafka_last_error(), absl::StrFormat("sending to topic '%s'", record.topic));
  }
  if (++sends_since_poll_ >= kSendsBetweenPolls) Poll();
  ++state_->counts.sent;
  absl::Status status = EnqueueWhenThereIsRoom(*topic, record);
  if (status.ok()) return status;
  ++state_->counts.failed;
  // Nothing is wrong with a record that there was no room for.
  const bool refused = status.code() != absl::StatusCode::kDeadlineExceeded;
  const bool dealt_with = refused && state_->on_failure &&
                          state_->on_failure({.topic = record.topic,
                                              .partition = record.partition,
                                              .key = record.key,
                                              .value = record.value,
                                              .status = status});
  return dealt_with ? absl::OkStatus() : status;
}

rd_kafka_resp_err_t RdkafkaProducer::Enqueue(const Topic& topic, const OutgoingRecord& record) {
  HeadersPtr headers;
  if (record.headers != nullptr && !record.headers->empty()) headers = ToRdkafka(*record.headers);
  // The macros that the library has for this are an extension of GNU C.
  rd_kafka_vu_t fields[7];
  fields[0].vtype = RD_KAFKA_VTYPE_RKT;
  fields[0].u.rkt = topic.handle.get();
  fields[1].vtype = RD_KAFKA_VTYPE_PARTITION;
  fields[1].u.i32 = record.partition;
  fields[2].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  fields[2].u.i = RD_KAFKA_MSG_F_COPY;
  fields[3].vtype = RD_KAFKA_VTYPE_KEY;
  fields[3].u.mem.ptr = const_cast<void*>(DataOf(record.key));
  fields[3].u.mem.size = SizeOf(record.key);
  fields[4].vtype = RD_KAFKA_VTYPE_VALUE;
  fields[4].u.mem.ptr = const_cast<void*>(DataOf(record.value));
  fields[4].u.mem.size = SizeOf(record.value);
  fields[5].vtype = RD_KAFKA_VTYPE_TIMESTAMP;
  fields[5].u.i64 = TimestampToSend(record.timestamp_ms);
  fields[6].vtype = RD_KAFKA_VTYPE_HEADERS;
  fields[6].u.headers = headers.get();
  const size_t count = headers == nullptr ? std::size(fields) - 1 : std::size(fields);
  ErrorPtr error(rd_kafka_produceva(handle(), fields, count));
  if (error != nullptr) return rd_kafka_error_code(error.get());
  // Headers belong to the message once it is taken.
  (void)headers.release();
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

absl::Status RdkafkaProducer::EnqueueWhenThereIsRoom(const Topic& topic, const OutgoingRecord& record) {
  rd_kafka_resp_err_t error = Enqueue(topic, record);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  const std::string what = absl::StrFormat("sending a record of %d bytes to topic '%s' partition %d",
                                           SizeOf(record.key) + SizeOf(record.value), topic.name, record.partition);
  const Deadline deadline(options_.max_block);
  while (error == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
    if (deadline.Passed()) {
      return absl::DeadlineExceededError(
          absl::StrFormat("%s: %d records wait for the broker and there was no room for %s (is it running? raise "
                          "producer.queue.buffering.max.messages if it is only slow)",
                          what, rd_kafka_outq_len(handle()), absl::FormatDuration(options_.max_block)));
    }
    rd_kafka_poll(handle(), deadline.RemainingMs(10));
    error = Enqueue(topic, record);
  }
  return ToStatus(error, what);
}

void RdkafkaProducer::Poll() {
  sends_since_poll_ = 0;
  rd_kafka_poll(handle(), 0);
}

absl::Status RdkafkaProducer::AwaitAcknowledged(absl::Duration timeout) {
  sends_since_poll_ = 0;
  const Deadline deadline(timeout);
  rd_kafka_poll(handle(), 0);
  if (rd_kafka_outq_len(handle()) > 0) rd_kafka_flush(handle(), deadline.RemainingMs());
  absl::Status failure = std::exchange(state_->first_failure, absl::OkStatus());
  if (!failure.ok()) return failure;
  const int waiting = rd_kafka_outq_len(handle());
  if (waiting == 0) return absl::OkStatus();
  return absl::DeadlineExceededError(
      absl::StrFormat("%d records were not acknowledged within %s (is the broker running? check bootstrap.servers)",
                      waiting, absl::FormatDuration(timeout)));
}

std::optional<int64_t> RdkafkaProducer::LastOffset(std::string_view topic, int32_t partition) const {
  const auto found = state_->topics.find(topic);
  if (found == state_->topics.end()) return std::nullopt;
  const std::vector<int64_t>& offsets = found->second->last_offsets;
  const auto index = static_cast<size_t>(partition);
  if (partition < 0 || index >= offsets.size() || offsets[index] < 0) return std::nullopt;
  return offsets[index];
}

absl::StatusOr<int32_t> RdkafkaProducer::PartitionCount(std::string_view name) {
  const std::string what = absl::StrFormat("reading the partition count of topic '%s'", name);
  Topic* topic = TopicOf(name);
  if (topic == nullptr) return ToStatus(rd_kafka_last_error(), what);
  const int64_t now_ms = SystemClock::Get().MonotonicMs();
  if (topic->partitions > 0 && now_ms - topic->partitions_read_ms < kPartitionCountAgeMs) return topic->partitions;
  const Deadline deadline(kMetadataTimeout);
  while (true) {
    const rd_kafka_metadata_t* raw = nullptr;
    rd_kafka_resp_err_t error = rd_kafka_metadata(handle(), 0, topic->handle.get(), &raw, deadline.RemainingMs());
    MetadataPtr metadata(raw);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR && metadata->topic_cnt == 1) error = metadata->topics[0].err;
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR && metadata->topic_cnt == 1 && metadata->topics[0].partition_cnt > 0) {
      topic->partitions = metadata->topics[0].partition_cnt;
      topic->partitions_read_ms = now_ms;
      return topic->partitions;
    }
    // A topic that the broker is about to create by itself has no leader for a moment.
    if ((error != RD_KAFKA_RESP_ERR_NO_ERROR && !IsRetriable(error)) || deadline.Passed()) {
      return ToStatus(error == RD_KAFKA_RESP_ERR_NO_ERROR ? RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC : error, what);
    }
    absl::SleepFor(absl::Milliseconds(50));
  }
}

absl::Status RdkafkaProducer::RetryUntil(absl::Duration timeout, std::string_view what,
                                         const std::function<rd_kafka_error_t*(int timeout_ms)>& call) {
  const Deadline deadline(timeout);
  while (true) {
    ErrorPtr error(call(std::max(deadline.RemainingMs(), 1)));
    if (error == nullptr) return absl::OkStatus();
    if (rd_kafka_error_is_retriable(error.get()) == 0 || deadline.Passed()) return ToStatus(error.get(), what);
  }
}

absl::Status RdkafkaProducer::InitTransactions(absl::Duration timeout) {
  return RetryUntil(timeout, absl::StrFormat("opening transactional id '%s'", options_.transactional_id),
                    [this](int timeout_ms) { return rd_kafka_init_transactions(handle(), timeout_ms); });
}

absl::Status RdkafkaProducer::BeginTransaction() {
  return ToStatus(ErrorPtr(rd_kafka_begin_transaction(handle())).get(), "beginning a transaction");
}

absl::Status RdkafkaProducer::SendOffsetsToTransaction(const std::vector<CommittedOffset>& offsets,
                                                       const GroupMetadata& group, absl::Duration timeout) {
  PartitionListPtr list = ToList(offsets);
  GroupMetadataPtr metadata = ToRdkafka(group);
  return RetryUntil(timeout, "adding offsets to the transaction", [&](int timeout_ms) {
    return rd_kafka_send_offsets_to_transaction(handle(), list.get(), metadata.get(), timeout_ms);
  });
}

absl::Status RdkafkaProducer::CommitTransaction(absl::Duration timeout) {
  return RetryUntil(timeout, "committing the transaction",
                    [this](int timeout_ms) { return rd_kafka_commit_transaction(handle(), timeout_ms); });
}

absl::Status RdkafkaProducer::AbortTransaction(absl::Duration timeout) {
  return RetryUntil(timeout, "aborting the transaction",
                    [this](int timeout_ms) { return rd_kafka_abort_transaction(handle(), timeout_ms); });
}

absl::Status RdkafkaProducer::Close(absl::Duration timeout) {
  if (handle() == nullptr) return absl::OkStatus();
  const Deadline deadline(timeout);
  const absl::Status status = AwaitAcknowledged(absl::Milliseconds(deadline.RemainingMs()));
  rd_kafka_purge(handle(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT | RD_KAFKA_PURGE_F_NON_BLOCKING);
  // What is dropped here was reported above.
  state_->on_failure = [](const FailedDelivery&) { return true; };
  const bool in_time = ReleaseWithin(absl::Milliseconds(std::max(deadline.RemainingMs(), 1000)), [state = state_] {
    rd_kafka_poll(state->handle, 0);
    for (auto& [name, topic] : state->topics) topic->handle.reset();
    rd_kafka_destroy(state->handle);
  });
  auto closed = std::make_shared<State>();
  closed->counts = state_->counts;
  state_ = std::move(closed);
  last_topic_ = nullptr;
  if (!in_time) LogWarning("client", "producer '%s' did not close in time and is left behind", options_.client_id);
  return status;
}

}  // namespace millrace::client
