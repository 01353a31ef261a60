#include <algorithm>
#include <set>
#include <utility>

#include "handlers/authorized_operations.h"
#include "handlers/handlers.h"

namespace millrace::broker {
namespace {

using protocol::DescribeTopicPartitionsRequest;
using protocol::DescribeTopicPartitionsResponse;
using protocol::ErrorCode;

using TopicResponse = DescribeTopicPartitionsResponse::DescribeTopicPartitionsResponseTopic;

// max.request.partition.size.limit
constexpr int32_t kPartitionsPerAnswerMax = 2000;

// One page of the answer: topics by name, as many partitions as fit.
class Page {
 public:
  Page(int32_t node_id, int32_t partitions_max) : node_id_(node_id), left_(partitions_max) {}

  // False when the page is full: what is left over is for the next one.
  bool Add(const Topic& topic, int32_t first) {
    const auto count = static_cast<int32_t>(topic.partitions.size());
    if (left_ <= 0) return End(topic.record.name, first);
    TopicResponse& described = response_.topics.emplace_back();
    described.name = topic.record.name;
    described.topic_id = topic.record.id;
    described.is_internal = IsInternalTopic(topic.record.name);
    described.topic_authorized_operations = kTopicOperations;
    int32_t next = first;
    for (; next < count && left_ > 0; ++next, --left_) {
      described.partitions.push_back({.partition_index = next,
                                      .leader_id = node_id_,
                                      .leader_epoch = kLeaderEpoch,
                                      .replica_nodes = {node_id_},
                                      .isr_nodes = {node_id_},
                                      .eligible_leader_replicas = std::vector<int32_t>(),
                                      .last_known_elr = std::vector<int32_t>()});
    }
    return next >= count || End(topic.record.name, next);
  }

  bool AddMissing(const std::string& name) {
    if (left_ <= 0) return End(name, 0);
    TopicResponse& described = response_.topics.emplace_back();
    described.name = name;
    described.error_code = WhatIsWrongWithTopicName(name).empty() ? ErrorCode::kUnknownTopicOrPartition
                                                                  : ErrorCode::kInvalidTopicException;
    described.topic_authorized_operations = kTopicOperations;
    return true;
  }

  const DescribeTopicPartitionsResponse& response() const { return response_; }

 private:
  bool End(const std::string& topic, int32_t partition) {
    response_.next_cursor = DescribeTopicPartitionsResponse::Cursor{.topic_name = topic, .partition_index = partition};
    return false;
  }

  const int32_t node_id_;
  int32_t left_;
  DescribeTopicPartitionsResponse response_;
};

DescribeTopicPartitionsResponse RefuseCursor(const DescribeTopicPartitionsRequest& request) {
  DescribeTopicPartitionsResponse response;
  for (const auto& topic : request.topics) {
    TopicResponse& refused = response.topics.emplace_back();
    refused.name = topic.name;
    refused.error_code = ErrorCode::kInvalidRequest;
  }
  return response;
}

}  // namespace

void HandleDescribeTopicPartitions(Services& services, PendingRequest pending, DescribeTopicPartitionsRequest request) {
  if (request.cursor.has_value() && request.cursor->partition_index < 0) return pending.Answer(RefuseCursor(request));
  std::set<std::string> names;
  for (auto& topic : request.topics) names.insert(std::move(topic.name));
  if (request.topics.empty()) {
    for (const TopicPtr& topic : services.topics.All()) names.insert(topic->record.name);
  }
  const bool wants_all = request.topics.empty();
  Page page(services.node_id(), std::min(kPartitionsPerAnswerMax, request.response_partition_limit));
  const std::string start = request.cursor.has_value() ? request.cursor->topic_name : std::string();
  for (auto name = names.lower_bound(start); name != names.end(); ++name) {
    const TopicPtr topic = services.topics.Find(*name);
    if (topic == nullptr) {
      if (wants_all) continue;  // deleted meanwhile
      if (!page.AddMissing(*name)) break;
    } else {
      const bool is_started = request.cursor.has_value() && *name == start;
      if (!page.Add(*topic, is_started ? request.cursor->partition_index : 0)) break;
    }
  }
  pending.Answer(page.response());
}

}  // namespace millrace::broker
