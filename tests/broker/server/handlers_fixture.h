#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "millrace/protocol/messages/create_topics.h"
#include "millrace/protocol/messages/fetch.h"
#include "millrace/protocol/messages/produce.h"
#include "millrace/protocol/record_batch_builder.h"
#include "millrace/protocol/record_batch_reader.h"
#include "protocol_client.h"
#include "test_broker.h"

namespace millrace::broker {

// Requests as bytes in, answers out: what the handlers say.
class HandlersFixture : public BrokerFixture {
 protected:
  void StartClient(Settings settings = {}) {
    Start(std::move(settings));
    client_ = std::make_unique<ProtocolClient>(port());
  }

  protocol::CreateTopicsResponse::CreatableTopicResult CreateTopic(const std::string& name, int32_t partitions = 1,
                                                                   std::map<std::string, std::string> configs = {},
                                                                   int16_t replication_factor = 1) {
    protocol::CreateTopicsRequest request;
    auto& topic = request.topics.emplace_back();
    topic.name = name;
    topic.num_partitions = partitions;
    topic.replication_factor = replication_factor;
    for (const auto& [key, value] : configs) topic.configs.push_back({.name = key, .value = value});
    return client_->Call(request, 7).topics.at(0);
  }

  static std::string Batch(const std::vector<std::string>& values, int64_t timestamp = 1'700'000'000'000) {
    protocol::RecordBatchBuilder builder;
    for (const std::string& value : values) builder.Append({.timestamp = timestamp++, .value = value});
    std::string bytes;
    EXPECT_TRUE(builder.Build(&bytes).ok());
    return bytes;
  }
  protocol::ProduceRequest MakeProduce(const std::string& topic, std::string batch, int16_t acks = -1) {
    protocol::ProduceRequest request{.acks = acks, .timeout_ms = 1000};
    auto& data = request.topic_data.emplace_back();
    data.name = topic;
    data.partition_data.push_back({.index = 0, .records = protocol::RecordsField::Owned(std::move(batch))});
    return request;
  }
  protocol::ProduceResponse::PartitionProduceResponse Produce(const std::string& topic, std::string batch,
                                                              int16_t acks = -1) {
    return client_->Call(MakeProduce(topic, std::move(batch), acks), 9).responses.at(0).partition_responses.at(0);
  }

  static protocol::FetchRequest MakeFetch(const std::string& topic, int64_t offset, int32_t max_wait_ms = 0) {
    protocol::FetchRequest request{.max_wait_ms = max_wait_ms, .min_bytes = 1};
    auto& wanted = request.topics.emplace_back();
    wanted.topic = topic;
    wanted.partitions.push_back({.fetch_offset = offset, .partition_max_bytes = 1 << 20});
    return request;
  }
  protocol::FetchResponse::PartitionData Fetch(const std::string& topic, int64_t offset, int32_t max_wait_ms = 0) {
    return client_->Call(MakeFetch(topic, offset, max_wait_ms), 11).responses.at(0).partitions.at(0);
  }
  static std::vector<int64_t> BaseOffsets(const protocol::RecordsField& records) {
    std::vector<int64_t> offsets;
    protocol::RecordBatchReader reader(records.bytes());
    protocol::RecordBatchView batch;
    while (reader.Next(&batch) == protocol::RecordBatchReader::Step::kBatch) {
      EXPECT_TRUE(batch.HasRightCrc());
      offsets.push_back(batch.header().base_offset);
    }
    return offsets;
  }

  std::unique_ptr<ProtocolClient> client_;
};

}  // namespace millrace::broker
