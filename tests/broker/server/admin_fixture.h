#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "millrace/protocol/messages/create_topics.h"
#include "millrace/protocol/messages/fetch.h"
#include "millrace/protocol/messages/list_offsets.h"
#include "millrace/protocol/messages/offset_commit.h"
#include "millrace/protocol/messages/offset_fetch.h"
#include "millrace/protocol/messages/produce.h"
#include "millrace/protocol/record_batch_builder.h"
#include "protocol_client.h"
#include "test_broker.h"

namespace millrace::broker {

constexpr int8_t kTopicResource = 2;
constexpr int8_t kBrokerResource = 4;

// Who a batch says that it is from.
struct BatchProducer {
  int64_t id = protocol::kNoProducerId;
  int16_t epoch = protocol::kNoProducerEpoch;
  int32_t sequence = protocol::kNoSequence;
};

// A broker with one client, and what an administrator's tests do all the time.
class AdminFixture : public BrokerFixture {
 protected:
  void StartClient(Settings settings = {}) {
    Start(std::move(settings));
    client_ = std::make_unique<ProtocolClient>(port());
  }
  void RestartClient(Settings settings = {}) {
    Restart(std::move(settings));
    client_ = std::make_unique<ProtocolClient>(port());
  }

  protocol::Uuid CreateTopic(const std::string& name, int32_t partitions = 1,
                             const std::map<std::string, std::string>& configs = {}) {
    protocol::CreateTopicsRequest request;
    auto& topic = request.topics.emplace_back();
    topic.name = name;
    topic.num_partitions = partitions;
    topic.replication_factor = 1;
    for (const auto& [key, value] : configs) topic.configs.push_back({.name = key, .value = value});
    const auto result = client_->Call(request, 7).topics.at(0);
    EXPECT_EQ(result.error_code, protocol::ErrorCode::kNone) << result.error_message.value_or("");
    return result.topic_id;
  }

  static protocol::ProduceRequest MakeProduce(const std::string& topic, const std::string& value,
                                              int64_t timestamp_ms = 1'700'000'000'000, BatchProducer producer = {}) {
    protocol::RecordBatchBuilder builder(
        {.producer_id = producer.id, .producer_epoch = producer.epoch, .base_sequence = producer.sequence});
    builder.Append({.timestamp = timestamp_ms, .value = value});
    std::string batch;
    EXPECT_TRUE(builder.Build(&batch).ok());
    protocol::ProduceRequest request{.acks = -1, .timeout_ms = 1000};
    auto& data = request.topic_data.emplace_back();
    data.name = topic;
    data.partition_data.push_back({.index = 0, .records = protocol::RecordsField::Owned(std::move(batch))});
    return request;
  }
  protocol::ErrorCode Produce(const std::string& topic, const std::string& value,
                              int64_t timestamp_ms = 1'700'000'000'000, BatchProducer producer = {}) {
    const auto response = client_->Call(MakeProduce(topic, value, timestamp_ms, producer), 9);
    return response.responses.at(0).partition_responses.at(0).error_code;
  }

  protocol::ErrorCode Commit(const std::string& group, const std::string& topic, int64_t offset) {
    protocol::OffsetCommitRequest request{.group_id = group};
    request.topics.push_back({.name = topic, .partitions = {{.partition_index = 0, .committed_offset = offset}}});
    return client_->Call(request, 7).topics.at(0).partitions.at(0).error_code;
  }
  // -1 for none.
  int64_t Committed(const std::string& group, const std::string& topic) {
    protocol::OffsetFetchRequest request{.group_id = group};
    request.topics.emplace().push_back({.name = topic, .partition_indexes = {0}});
    return client_->Call(request, 7).topics.at(0).partitions.at(0).committed_offset;
  }

  int64_t LogStart(const std::string& topic) {
    protocol::ListOffsetsRequest request{.replica_id = -1};
    request.topics.push_back({.name = topic, .partitions = {{.partition_index = 0, .timestamp = -2}}});
    return client_->Call(request, 9).topics.at(0).partitions.at(0).offset;
  }

  std::unique_ptr<ProtocolClient> client_;
};

}  // namespace millrace::broker
