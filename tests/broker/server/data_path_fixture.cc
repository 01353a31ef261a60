#include "data_path_fixture.h"

#include <utility>

#include "millrace/protocol/messages/create_topics.h"
#include "millrace/protocol/record_batch_builder.h"
#include "millrace/protocol/record_batch_reader.h"
#include "millrace/protocol/record_iterator.h"

namespace millrace::broker {

void DataPathFixture::StartClient(Settings settings) {
  Start(std::move(settings));
  client_ = std::make_unique<ProtocolClient>(port());
}

protocol::Uuid DataPathFixture::CreateTopic(const std::string& name, int32_t partitions, const Configs& configs) {
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

std::string DataPathFixture::Batch(const std::vector<std::string>& values, protocol::Codec codec) {
  protocol::RecordBatchBuilder builder({.codec = codec});
  int64_t timestamp = 1'700'000'000'000;
  for (const std::string& value : values) builder.Append({.timestamp = timestamp++, .value = value});
  std::string bytes;
  EXPECT_TRUE(builder.Build(&bytes).ok());
  return bytes;
}

DataPathFixture::PartitionResponse DataPathFixture::Produce(const std::string& topic, std::string records,
                                                            int16_t version, int32_t partition) {
  protocol::ProduceRequest request{.acks = -1, .timeout_ms = 1000};
  auto& data = request.topic_data.emplace_back();
  data.name = topic;
  data.partition_data.push_back({.index = partition, .records = protocol::RecordsField::Owned(std::move(records))});
  return client_->Call(request, version).responses.at(0).partition_responses.at(0);
}

protocol::FetchRequest DataPathFixture::MakeFetch(const std::string& topic, int64_t offset, int32_t partition) {
  protocol::FetchRequest request{.max_wait_ms = 0, .min_bytes = 1};
  auto& wanted = request.topics.emplace_back();
  wanted.topic = topic;
  wanted.partitions.push_back({.partition = partition, .fetch_offset = offset, .partition_max_bytes = 1 << 20});
  return request;
}

DataPathFixture::PartitionData DataPathFixture::Fetch(const std::string& topic, int64_t offset, int16_t version) {
  return client_->Call(MakeFetch(topic, offset), version).responses.at(0).partitions.at(0);
}

std::vector<protocol::RecordBatchView> DataPathFixture::Batches(std::string_view records) {
  std::vector<protocol::RecordBatchView> batches;
  protocol::RecordBatchReader reader(records);
  protocol::RecordBatchView batch;
  while (reader.Next(&batch) == protocol::RecordBatchReader::Step::kBatch) {
    EXPECT_TRUE(batch.HasRightCrc());
    batches.push_back(batch);
  }
  EXPECT_EQ(reader.fault(), protocol::BatchFault::kNone);
  return batches;
}

std::vector<std::string> DataPathFixture::Values(std::string_view records) {
  std::vector<std::string> values;
  for (const protocol::RecordBatchView& batch : Batches(records)) {
    protocol::ScratchBuffer scratch;
    protocol::RecordIterator iterator(batch, &scratch);
    protocol::RecordView record;
    while (iterator.Next(&record) == protocol::RecordIterator::Step::kRecord) {
      values.emplace_back(record.value.value_or("null"));
    }
    EXPECT_EQ(iterator.fault(), protocol::BatchFault::kNone);
  }
  return values;
}

}  // namespace millrace::broker
