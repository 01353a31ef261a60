#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "millrace/client/fetched_record.h"
#include "millrace/streams/node.h"
#include "task/error_edge.h"
#include "task/fifo_queue.h"

namespace millrace {

// The records of one input partition that wait to be processed, and how far processing has come. Only the first is
// decoded: its event time decides whose turn it is. Confined to one thread.
class PartitionQueue {
 public:
  // `topic` is its name in the cluster, `head` belongs to the source that reads it.
  PartitionQueue(std::string topic, int32_t partition, std::string source, std::unique_ptr<SourceHead> head)
      : topic_(std::move(topic)), partition_(partition), source_(std::move(source)), head_(std::move(head)) {}

  const std::string& topic() const { return topic_; }
  int32_t partition() const { return partition_; }
  const std::string& source() const { return source_; }
  size_t size() const { return records_.size(); }

  void Push(client::FetchedRecord record) { records_.Push(std::move(record)); }
  // Decodes the first record that can be, passing over those that are to be dropped. OK without a head: none is left.
  absl::Status LoadHead(ErrorEdge& errors);

  bool has_head() const { return has_head_; }
  // The first record and its event time; with has_head().
  const RawRecord& head() const { return head_raw_; }
  int64_t head_time_ms() const { return head_time_ms_; }
  // Sends the head down the graph. It stays the head until PopHead().
  void ForwardHead() { head_->Forward(); }
  void PopHead();

  // The newest event time of this partition; -1 at first.
  int64_t partition_time_ms() const { return partition_time_ms_; }
  void set_partition_time_ms(int64_t time_ms) { partition_time_ms_ = time_ms; }

  // Whether any record was passed since MarkCommitted().
  bool has_uncommitted() const { return has_uncommitted_; }
  // Where reading goes on after a restart; with has_uncommitted().
  int64_t committable_offset() const { return records_.empty() ? next_offset_ : records_.front().offset(); }
  void MarkCommitted() { has_uncommitted_ = false; }

 private:
  // Makes the first record the one that head() shows.
  void ShowHead();
  void Pass();

  const std::string topic_;
  const int32_t partition_;
  const std::string source_;
  const std::unique_ptr<SourceHead> head_;
  FifoQueue<client::FetchedRecord> records_;
  RawRecord head_raw_;
  Headers head_headers_;
  bool has_head_ = false;
  int64_t head_time_ms_ = -1;
  int64_t partition_time_ms_ = -1;
  int64_t next_offset_ = 0;
  bool has_uncommitted_ = false;
};

}  // namespace millrace
