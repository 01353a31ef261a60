#include "partition_fetch.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_format.h"
#include "rdkafka_errors.h"

namespace millrace::client {
namespace {

// Shorter queues are refilled soon enough.
constexpr size_t kWorthRefilling = 10'000;

void ReleaseMessage(void* owner) { rd_kafka_message_destroy(static_cast<rd_kafka_message_t*>(owner)); }

Headers ReadMessageHeaders(const void* owner) {
  Headers headers;
  rd_kafka_headers_t* raw = nullptr;
  if (rd_kafka_message_headers(static_cast<const rd_kafka_message_t*>(owner), &raw) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return headers;
  }
  const char* name = nullptr;
  const void* value = nullptr;
  size_t size = 0;
  for (size_t i = 0; rd_kafka_header_get_all(raw, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR; ++i) {
    if (value == nullptr) {
      headers.Add(name, std::nullopt);
    } else {
      headers.Add(name, std::string_view(static_cast<const char*>(value), size));
    }
  }
  return headers;
}

constexpr RecordOwnerTable kMessageOwner = {.release = ReleaseMessage, .read_headers = ReadMessageHeaders};

std::optional<std::string_view> View(const void* data, size_t size) {
  if (data == nullptr) return std::nullopt;
  return std::string_view(static_cast<const char*>(data), size);
}

void AddRecord(rd_kafka_message_t* message, PolledBatch* batch) {
  batch->records.emplace_back(FetchedRecord::Fields{.key = View(message->key, message->key_len),
                                                    .value = View(message->payload, message->len),
                                                    .offset = message->offset,
                                                    .timestamp_ms = rd_kafka_message_timestamp(message, nullptr)},
                              message, kMessageOwner);
  ++batch->runs.back().end;
}

// As of the last fetch; asks nobody.
std::optional<int64_t> HighWatermark(rd_kafka_t* handle, const rd_kafka_topic_t* topic, int32_t partition) {
  int64_t low = 0;
  int64_t high = 0;
  const rd_kafka_resp_err_t error =
      rd_kafka_get_watermark_offsets(handle, rd_kafka_topic_name(topic), partition, &low, &high);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR || high < 0) return std::nullopt;
  return high;
}

// Adds what is no record to `batch`; a status for what concerns no partition.
absl::Status AddEvent(const rd_kafka_message_t& message, PolledBatch* batch) {
  if (message.rkt == nullptr || message.partition < 0) {
    return ToStatus(message.err, "consuming", rd_kafka_message_errstr(&message));
  }
  TopicPartition partition{rd_kafka_topic_name(message.rkt), message.partition};
  if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    batch->ends.push_back({std::move(partition), message.offset});
  } else if (!IsRetriable(message.err)) {
    const std::string what = absl::StrFormat("fetching partition %s", partition.ToString());
    batch->failures.push_back({std::move(partition), ToStatus(message.err, what, rd_kafka_message_errstr(&message))});
  }
  return absl::OkStatus();
}

}  // namespace

void QueueWaker::Signal() {
  {
    std::lock_guard lock(mutex_);
    signal_ = true;
  }
  signalled_.notify_one();
}

void QueueWaker::Wait(const Deadline& deadline) {
  std::unique_lock lock(mutex_);
  signalled_.wait_for(lock, std::chrono::milliseconds(deadline.RemainingMs()), [this] { return signal_; });
  signal_ = false;
}

PartitionFetch::PartitionFetch(rd_kafka_t* handle, TopicPartition partition, QueueWaker* waker)
    : handle_(handle),
      partition_(std::move(partition)),
      waker_(waker),
      queue_(rd_kafka_queue_get_partition(handle, partition_.topic.c_str(), partition_.partition)) {
  rd_kafka_queue_forward(queue_.get(), nullptr);
  rd_kafka_queue_cb_event_enable(queue_.get(), OnFirstElement, this);
}

PartitionFetch::~PartitionFetch() {
  rd_kafka_queue_cb_event_enable(queue_.get(), nullptr, nullptr);
  // What was fetched before the partition was given up is outdated: taking it frees it.
  std::vector<rd_kafka_message_t*> scratch(64);
  ssize_t count = 0;
  while ((count = rd_kafka_consume_batch_queue(queue_.get(), 0, scratch.data(), scratch.size())) > 0) {
    std::for_each(scratch.begin(), scratch.begin() + count, rd_kafka_message_destroy);
  }
}

void PartitionFetch::OnFirstElement(rd_kafka_t*, void* opaque) {
  auto* fetch = static_cast<PartitionFetch*>(opaque);
  fetch->ready_.store(true, std::memory_order_release);
  fetch->waker_->Signal();
}

size_t PartitionFetch::Take(size_t max_records, std::vector<rd_kafka_message_t*>* scratch, PolledBatch* batch) {
  if (paused_ || !ready_.exchange(false, std::memory_order_acquire)) return 0;
  scratch->resize(std::max(scratch->size(), max_records));
  const ssize_t taken = rd_kafka_consume_batch_queue(queue_.get(), 0, scratch->data(), max_records);
  if (taken <= 0) return 0;
  // A full answer: there may be more, and no signal comes for it.
  if (static_cast<size_t>(taken) == max_records) ready_.store(true, std::memory_order_relaxed);
  batch->records.reserve(batch->records.size() + static_cast<size_t>(taken));
  const size_t before = batch->records.size();
  // Every message of this queue concerns this partition.
  (void)Add(handle_, scratch->data(), static_cast<size_t>(taken), batch);
  return batch->records.size() - before;
}

bool PartitionFetch::RanLow() {
  const size_t queued = rd_kafka_queue_length(queue_.get());
  most_queued_ = std::max(most_queued_, queued);
  if (most_queued_ < kWorthRefilling || queued > most_queued_ / 2) return false;
  most_queued_ = queued;
  return true;
}

absl::Status PartitionFetch::Add(rd_kafka_t* handle, rd_kafka_message_t** messages, size_t count, PolledBatch* batch) {
  absl::Status first_error;
  const rd_kafka_topic_t* run_topic = nullptr;
  int32_t run_partition = -1;
  for (size_t i = 0; i < count; ++i) {
    rd_kafka_message_t* message = messages[i];
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      if (absl::Status status = AddEvent(*message, batch); first_error.ok()) first_error = status;
      rd_kafka_message_destroy(message);
      continue;
    }
    if (message->rkt != run_topic || message->partition != run_partition) {
      run_topic = message->rkt;
      run_partition = message->partition;
      batch->runs.push_back({.partition = {rd_kafka_topic_name(run_topic), run_partition},
                             .begin = batch->records.size(),
                             .end = batch->records.size(),
                             .high_watermark = HighWatermark(handle, run_topic, run_partition)});
    }
    AddRecord(message, batch);
  }
  return first_error;
}

}  // namespace millrace::client
