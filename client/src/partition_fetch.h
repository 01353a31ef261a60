#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "deadline.h"
#include "millrace/client/consumer.h"
#include "rdkafka_handles.h"

namespace millrace::client {

// Wakes the thread that polls when one of its queues gets its first element. Thread-safe.
class QueueWaker {
 public:
  void Signal();
  // Until Signal() or the deadline; a signal since the last Wait counts.
  void Wait(const Deadline& deadline);

 private:
  std::mutex mutex_;
  std::condition_variable signalled_;
  bool signal_ = false;
};

// One partition that is being fetched, with a queue of its own: so a partition whose records nobody has room for is
// passed over, and keeps what it has fetched, where librdkafka's own pause would throw that away. Confined to one
// thread, but for the signal that its queue is no longer empty.
class PartitionFetch {
 public:
  // To be made before the partition is assigned, so that no record goes to the common queue.
  PartitionFetch(rd_kafka_t* handle, TopicPartition partition, QueueWaker* waker);
  ~PartitionFetch();
  PartitionFetch(const PartitionFetch&) = delete;
  PartitionFetch& operator=(const PartitionFetch&) = delete;

  const TopicPartition& partition() const { return partition_; }
  void Pause() { paused_ = true; }
  void Resume() { paused_ = false; }

  // Moves up to `max_records` of what has been fetched into `batch`; returns how many.
  size_t Take(size_t max_records, std::vector<rd_kafka_message_t*>* scratch, PolledBatch* batch);

  // Whether the queue has run half empty since it was last full: time to remind the broker's thread of it. Each time
  // is told once.
  bool RanLow();

  // Adds what a queue returned: records to the batch's last run where they continue it, ends and failures beside. Takes
  // the messages over. Returns the first error that concerns no partition.
  static absl::Status Add(rd_kafka_t* handle, rd_kafka_message_t** messages, size_t count, PolledBatch* batch);

 private:
  static void OnFirstElement(rd_kafka_t* handle, void* opaque);

  rd_kafka_t* const handle_;
  const TopicPartition partition_;
  QueueWaker* const waker_;
  QueuePtr queue_;
  bool paused_ = false;
  size_t most_queued_ = 0;
  // Set when the queue got its first element or may hold more: only then is it worth a look.
  std::atomic<bool> ready_{true};
};

}  // namespace millrace::client
