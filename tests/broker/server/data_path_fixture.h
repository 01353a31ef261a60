#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "millrace/protocol/compression.h"
#include "millrace/protocol/messages/fetch.h"
#include "millrace/protocol/messages/produce.h"
#include "millrace/protocol/record_batch.h"
#include "millrace/protocol/uuid.h"
#include "protocol_client.h"
#include "test_broker.h"

namespace millrace::broker {

// Records in and out of a broker, request by request.
class DataPathFixture : public BrokerFixture {
 protected:
  using PartitionResponse = protocol::ProduceResponse::PartitionProduceResponse;
  using PartitionData = protocol::FetchResponse::PartitionData;
  using Configs = std::map<std::string, std::string>;

  void StartClient(Settings settings = {});

  // Returns the topic's id.
  protocol::Uuid CreateTopic(const std::string& name, int32_t partitions = 1, const Configs& configs = {});

  static std::string Batch(const std::vector<std::string>& values, protocol::Codec codec = protocol::Codec::kNone);
  PartitionResponse Produce(const std::string& topic, std::string records, int16_t version = 9, int32_t partition = 0);

  static protocol::FetchRequest MakeFetch(const std::string& topic, int64_t offset, int32_t partition = 0);
  PartitionData Fetch(const std::string& topic, int64_t offset, int16_t version = 11);

  // The batches in an answer, which holds their bytes.
  static std::vector<protocol::RecordBatchView> Batches(std::string_view records);
  static std::vector<std::string> Values(std::string_view records);

  std::unique_ptr<ProtocolClient> client_;
};

}  // namespace millrace::broker
