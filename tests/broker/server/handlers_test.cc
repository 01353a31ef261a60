// Requests as bytes in, answers out: what the handlers say, version by version where that matters.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_cat.h"
#include "millrace/protocol/messages/alter_configs.h"
#include "millrace/protocol/messages/api_versions.h"
#include "millrace/protocol/messages/create_partitions.h"
#include "millrace/protocol/messages/create_topics.h"
#include "millrace/protocol/messages/delete_records.h"
#include "millrace/protocol/messages/delete_topics.h"
#include "millrace/protocol/messages/describe_configs.h"
#include "millrace/protocol/messages/fetch.h"
#include "millrace/protocol/messages/find_coordinator.h"
#include "millrace/protocol/messages/init_producer_id.h"
#include "millrace/protocol/messages/list_offsets.h"
#include "millrace/protocol/messages/metadata.h"
#include "millrace/protocol/messages/offset_commit.h"
#include "millrace/protocol/messages/offset_fetch.h"
#include "millrace/protocol/messages/produce.h"
#include "millrace/protocol/record_batch_builder.h"
#include "millrace/protocol/record_batch_reader.h"
#include "protocol_client.h"
#include "server/api_table.h"
#include "test_broker.h"

namespace millrace::broker {
namespace {

using protocol::ErrorCode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr int8_t kTopicResource = 2;
constexpr int8_t kBrokerResource = 4;

class HandlersTest : public BrokerFixture {
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

TEST_F(HandlersTest, ApiVersionsTellsTheTable) {
  StartClient();
  for (int16_t version = 0; version <= 4; ++version) {
    protocol::ApiVersionsRequest request{.client_software_name = "test", .client_software_version = "1.0"};
    const auto response = client_->Call(request, version);
    EXPECT_EQ(response.error_code, ErrorCode::kNone);
    ASSERT_EQ(response.api_keys.size(), ServedApis().size());
    for (size_t i = 0; i < response.api_keys.size(); ++i) {
      EXPECT_EQ(response.api_keys[i].api_key, static_cast<int16_t>(ServedApis()[i].key));
      EXPECT_EQ(response.api_keys[i].max_version, ServedApis()[i].versions.max);
    }
  }
}

TEST_F(HandlersTest, ANewerApiVersionsIsAnsweredInVersionZeroWithOurRange) {
  StartClient();
  // api key 18, version 99, correlation id 1, client id "x", no tags; what follows is not ours to know
  client_->SendBytes(std::string("\0\0\0\x10\0\x12\0\x63\0\0\0\1\0\1x\0\xff\xff\xff\xff", 20));
  const std::optional<std::string> frame = client_->ReceiveFrame();
  ASSERT_TRUE(frame.has_value());
  protocol::ApiVersionsResponse response;
  ASSERT_TRUE(protocol::Decode(std::string_view(*frame).substr(4), 0, &response).ok());
  EXPECT_EQ(response.error_code, ErrorCode::kUnsupportedVersion);
  ASSERT_THAT(response.api_keys, SizeIs(1));
  EXPECT_EQ(response.api_keys[0].api_key, 18);
  EXPECT_EQ(response.api_keys[0].max_version, 4);
}

TEST_F(HandlersTest, WhatIsNotServedOrMakesNoSenseClosesTheConnection) {
  StartClient();
  for (const std::string& bytes : {std::string("\0\0\0\x0a\0\3\0\x63\0\0\0\1\xff\xff", 14),  // Metadata 99
                                   std::string("\0\0\0\x0a\0\x63\0\0\0\0\0\1\xff\xff", 14),  // API 99
                                   std::string("\0\0\0\3\0\3\0", 7),                         // no whole header
                                   std::string("\0\0\0\x0e\0\3\0\0\0\0\0\1\xff\xff\x7f\xff\xff\xff", 18)}) {
    ProtocolClient client(port());
    client.SendBytes(bytes);
    EXPECT_EQ(client.ReceiveFrame(), std::nullopt);
  }
}

TEST_F(HandlersTest, TheTableIsInOrderAndWithinTheCodec) {
  int16_t last_key = -1;
  for (const ServedApi& api : ServedApis()) {
    const protocol::Api* known = protocol::FindApi(api.key);
    ASSERT_NE(known, nullptr);
    EXPECT_GT(static_cast<int16_t>(api.key), last_key);
    last_key = static_cast<int16_t>(api.key);
    EXPECT_GE(api.versions.min, known->versions.min) << known->name;
    EXPECT_LE(api.versions.max, known->versions.max) << known->name;
  }
}

TEST_F(HandlersTest, TopicsAreCreatedListedGrownAndDeleted) {
  StartClient();
  const auto created = CreateTopic("t", 3, {{"retention.ms", "1000"}});
  EXPECT_EQ(created.error_code, ErrorCode::kNone);
  EXPECT_EQ(created.num_partitions, 3);
  EXPECT_FALSE(created.topic_id.is_zero());
  EXPECT_EQ(CreateTopic("t").error_code, ErrorCode::kTopicAlreadyExists);

  protocol::MetadataRequest by_id;
  by_id.topics.emplace().push_back({.topic_id = created.topic_id});
  const auto found = client_->Call(by_id, 12).topics.at(0);
  EXPECT_EQ(found.name, "t");
  EXPECT_THAT(found.partitions, SizeIs(3));

  protocol::CreatePartitionsRequest grow;
  grow.topics.push_back({.name = "t", .count = 5});
  EXPECT_EQ(client_->Call(grow, 3).results.at(0).error_code, ErrorCode::kNone);
  EXPECT_EQ(client_->Call(grow, 3).results.at(0).error_code, ErrorCode::kInvalidPartitions);
  grow.topics[0].count = 4;
  EXPECT_THAT(*client_->Call(grow, 3).results.at(0).error_message, HasSubstr("would not be an increase"));

  Restart();
  client_ = std::make_unique<ProtocolClient>(port());
  EXPECT_THAT(client_->Call(by_id, 12).topics.at(0).partitions, SizeIs(5));

  protocol::DeleteTopicsRequest remove;
  remove.topics.push_back({.topic_id = created.topic_id});
  const auto removed = client_->Call(remove, 6).responses.at(0);
  EXPECT_EQ(removed.error_code, ErrorCode::kNone);
  EXPECT_EQ(removed.name, "t");
  EXPECT_EQ(client_->Call(remove, 6).responses.at(0).error_code, ErrorCode::kUnknownTopicId);
  protocol::DeleteTopicsRequest by_name{.topic_names = {"t"}};
  EXPECT_EQ(client_->Call(by_name, 1).responses.at(0).error_code, ErrorCode::kUnknownTopicOrPartition);
  EXPECT_EQ(client_->Call(by_id, 12).topics.at(0).error_code, ErrorCode::kUnknownTopicId);
}

TEST_F(HandlersTest, TopicsThatMakeNoSenseAreRefused) {
  StartClient();
  EXPECT_EQ(CreateTopic("no spaces").error_code, ErrorCode::kInvalidTopicException);
  EXPECT_EQ(CreateTopic("t", 0).error_code, ErrorCode::kInvalidPartitions);
  EXPECT_EQ(CreateTopic("t", 1, {}, 3).error_code, ErrorCode::kInvalidReplicationFactor);
  EXPECT_EQ(CreateTopic("t", 1, {{"retention.ms", "soon"}}).error_code, ErrorCode::kInvalidConfig);
  EXPECT_EQ(CreateTopic("t", 1, {{"no.such.setting", "1"}}).error_code, ErrorCode::kInvalidConfig);
  protocol::CreateTopicsRequest twice;
  twice.topics.resize(2);
  for (auto& topic : twice.topics) topic = {.name = "t", .num_partitions = 1, .replication_factor = 1};
  EXPECT_EQ(client_->Call(twice, 4).topics.at(0).error_code, ErrorCode::kInvalidRequest);
  twice.topics.resize(1);
  twice.validate_only = true;
  EXPECT_EQ(client_->Call(twice, 4).topics.at(0).error_code, ErrorCode::kNone);
  twice.validate_only = false;
  EXPECT_EQ(client_->Call(twice, 4).topics.at(0).error_code, ErrorCode::kNone) << "only looked at before";
  protocol::CreateTopicsRequest assigned;
  assigned.topics.push_back({.name = "u",
                             .num_partitions = -1,
                             .replication_factor = -1,
                             .assignments = {{.partition_index = 0, .broker_ids = {7}}}});
  EXPECT_EQ(client_->Call(assigned, 4).topics.at(0).error_code, ErrorCode::kInvalidReplicaAssignment);
  assigned.topics[0].assignments[0].broker_ids = {1};
  EXPECT_EQ(client_->Call(assigned, 4).topics.at(0).error_code, ErrorCode::kNone);
}

TEST_F(HandlersTest, MetadataCreatesTopicsUnlessToldNotTo) {
  StartClient({{"num.partitions", "2"}});
  protocol::MetadataRequest request{.allow_auto_topic_creation = false};
  request.topics.emplace().push_back({.name = "t"});
  EXPECT_EQ(client_->Call(request, 9).topics.at(0).error_code, ErrorCode::kUnknownTopicOrPartition);
  request.allow_auto_topic_creation = true;
  EXPECT_THAT(client_->Call(request, 9).topics.at(0).partitions, SizeIs(2));
  request.topics->at(0).name = "not/allowed";
  EXPECT_EQ(client_->Call(request, 9).topics.at(0).error_code, ErrorCode::kInvalidTopicException);
  Restart({{"auto.create.topics.enable", "false"}});
  client_ = std::make_unique<ProtocolClient>(port());
  request.topics->at(0).name = "u";
  EXPECT_EQ(client_->Call(request, 9).topics.at(0).error_code, ErrorCode::kUnknownTopicOrPartition);
}

TEST_F(HandlersTest, EveryVersionOfMetadataListsAllTopics) {
  StartClient();
  CreateTopic("t", 2);
  for (int16_t version = 0; version <= 12; ++version) {
    protocol::MetadataRequest all;
    if (version == 0) all.topics.emplace();
    const auto response = client_->Call(all, version);
    ASSERT_THAT(response.topics, SizeIs(1)) << version;
    EXPECT_THAT(response.topics[0].partitions, SizeIs(2));
    EXPECT_EQ(response.brokers.at(0).port, port());
    EXPECT_EQ(response.brokers.at(0).host, "127.0.0.1");
    protocol::MetadataRequest none;
    none.topics.emplace();
    if (version > 0) {
      EXPECT_THAT(client_->Call(none, version).topics, IsEmpty());
    }
  }
}

TEST_F(HandlersTest, BytesBehindARequestAreSkipped) {
  StartClient();
  CreateTopic("t", 2);
  // What librdkafka 2.15 sends to ask for all topics: the array's count was meant to take four bytes more.
  std::string frame;
  protocol::Writer out(&frame);
  protocol::EncodeFrame({.api_version = 12, .correlation_id = 1, .client_id = "test"}, protocol::MetadataRequest{},
                        &out);
  frame.append(4, '\0');
  frame[3] = static_cast<char>(frame[3] + 4);
  ProtocolClient client(port());
  client.SendBytes(frame);
  EXPECT_THAT(client.Receive<protocol::MetadataRequest>(12).topics, SizeIs(1));
}

TEST_F(HandlersTest, ClientsAreToldTheAdvertisedAddress) {
  StartClient({{"advertised.listeners", "broker.example:19092"}});
  const auto response = client_->Call(protocol::MetadataRequest{}, 12);
  EXPECT_EQ(response.brokers.at(0).host, "broker.example");
  EXPECT_EQ(response.brokers.at(0).port, 19092);
  const auto coordinator = client_->Call(protocol::FindCoordinatorRequest{.key = "g"}, 3);
  EXPECT_EQ(coordinator.host, "broker.example");
  protocol::FindCoordinatorRequest batch{.coordinator_keys = {"a", "b"}};
  EXPECT_THAT(client_->Call(batch, 4).coordinators, SizeIs(2));
}

TEST_F(HandlersTest, RecordsAreAppendedAndFetchedInEveryVersion) {
  StartClient();
  const auto topic = CreateTopic("t");
  int64_t next = 0;
  for (int16_t version = 3; version <= 11; ++version) {
    const auto response = client_->Call(MakeProduce("t", Batch({"a", "b"})), version);
    EXPECT_EQ(response.responses.at(0).partition_responses.at(0).error_code, ErrorCode::kNone);
    EXPECT_EQ(response.responses.at(0).partition_responses.at(0).base_offset, next);
    next += 2;
  }
  for (int16_t version = 4; version <= 17; ++version) {
    auto request = MakeFetch("t", 2);
    request.topics[0].topic_id = topic.topic_id;
    const auto data = client_->Call(request, version).responses.at(0).partitions.at(0);
    EXPECT_EQ(data.error_code, ErrorCode::kNone) << version;
    EXPECT_EQ(data.high_watermark, next);
    EXPECT_THAT(BaseOffsets(data.records), ElementsAre(2, 4, 6, 8, 10, 12, 14, 16)) << version;
  }
}

TEST_F(HandlersTest, ProduceRequestsThatMakeNoSenseAreRefused) {
  StartClient();
  CreateTopic("t");
  EXPECT_EQ(Produce("t", Batch({"a"}), 2).error_code, ErrorCode::kInvalidRequiredAcks);
  EXPECT_EQ(Produce("none", Batch({"a"})).error_code, ErrorCode::kUnknownTopicOrPartition);
  std::string damaged = Batch({"a"});
  damaged.back() ^= 1;
  EXPECT_EQ(Produce("t", damaged).error_code, ErrorCode::kCorruptMessage);
  CreateTopic("safe", 1, {{"min.insync.replicas", "2"}});
  EXPECT_EQ(Produce("safe", Batch({"a"})).error_code, ErrorCode::kNotEnoughReplicas);
  EXPECT_EQ(Produce("safe", Batch({"a"}), 1).error_code, ErrorCode::kNone);
  CreateTopic("small", 1, {{"max.message.bytes", "100"}});
  EXPECT_EQ(Produce("small", Batch({std::string(200, 'x')})).error_code, ErrorCode::kMessageTooLarge);
  // A group exists, so the internal topic does.
  protocol::OffsetCommitRequest commit{.group_id = "g"};
  commit.topics.push_back({.name = "t", .partitions = {{.partition_index = 0, .committed_offset = 0}}});
  EXPECT_EQ(client_->Call(commit, 7).topics.at(0).partitions.at(0).error_code, ErrorCode::kNone);
  EXPECT_EQ(Produce("__consumer_offsets", Batch({"a"})).error_code, ErrorCode::kInvalidTopicException);
}

TEST_F(HandlersTest, AcksZeroIsNotAnsweredAndAnErrorClosesTheConnection) {
  StartClient();
  CreateTopic("t");
  client_->Send(MakeProduce("t", Batch({"a"}), 0), 9);
  ProtocolClient other(port());
  other.Send(MakeProduce("none", Batch({"a"}), 0), 9);
  EXPECT_EQ(other.ReceiveFrame(), std::nullopt);
  EXPECT_THAT(
      BaseOffsets(ProtocolClient(port()).Call(MakeFetch("t", 0, 5'000), 11).responses.at(0).partitions.at(0).records),
      ElementsAre(0));
}

TEST_F(HandlersTest, AFetchAtTheEndWaitsForRecordsOrItsTime) {
  StartClient();
  CreateTopic("t");
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(Fetch("t", 0, 200).records.size(), 0u);
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(190));
  client_->Send(MakeFetch("t", 0, 20'000), 11);
  ProtocolClient producer(port());
  producer.Call(MakeProduce("t", Batch({"a"})), 9);
  EXPECT_THAT(BaseOffsets(client_->Receive<protocol::FetchRequest>(11).responses.at(0).partitions.at(0).records),
              ElementsAre(0));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(15));
}

TEST_F(HandlersTest, AFetchThatWaitsHearsOfTheEndOfItsTopic) {
  StartClient();
  CreateTopic("t");
  client_->Send(MakeFetch("t", 0, 20'000), 11);
  ProtocolClient admin(port());
  protocol::DeleteTopicsRequest remove{.topic_names = {"t"}};
  EXPECT_EQ(admin.Call(remove, 3).responses.at(0).error_code, ErrorCode::kNone);
  EXPECT_EQ(client_->Receive<protocol::FetchRequest>(11).responses.at(0).partitions.at(0).error_code,
            ErrorCode::kUnknownTopicOrPartition);
}

TEST_F(HandlersTest, AFetchWaitsItsWholeTime) {
  StartClient();
  CreateTopic("t");
  for (int i = 0; i < 20; ++i) {
    const auto start = std::chrono::steady_clock::now();
    Fetch("t", 0, 5);
    EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(5));
  }
}

TEST_F(HandlersTest, AFetchWaitsForThePartitionsThatThereAre) {
  StartClient();
  CreateTopic("t");
  auto request = MakeFetch("t", 0, 200);
  request.topics.push_back({.topic = "none", .partitions = {{.partition = 0, .partition_max_bytes = 1 << 20}}});
  const auto start = std::chrono::steady_clock::now();
  const auto response = client_->Call(request, 11);
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(200));
  EXPECT_EQ(response.responses.at(0).partitions.at(0).error_code, ErrorCode::kNone);
  EXPECT_EQ(response.responses.at(1).partitions.at(0).error_code, ErrorCode::kUnknownTopicOrPartition);
  // With nothing to wait for it is answered at once.
  request = MakeFetch("none", 0, 20'000);
  EXPECT_EQ(client_->Call(request, 11).responses.at(0).partitions.at(0).error_code,
            ErrorCode::kUnknownTopicOrPartition);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(15));
}

TEST_F(HandlersTest, FetchesStayWithinTheirBytesButGiveOneBatchAtLeast) {
  StartClient();
  CreateTopic("t", 2);
  const std::string batch = Batch({std::string(1'000, 'x')});
  for (int i = 0; i < 3; ++i) Produce("t", batch);
  auto request = MakeFetch("t", 0);
  request.topics[0].partitions[0].partition_max_bytes = 10;
  EXPECT_THAT(BaseOffsets(client_->Call(request, 11).responses.at(0).partitions.at(0).records), ElementsAre(0));
  request.topics[0].partitions[0].partition_max_bytes = 1 << 20;
  request.max_bytes = static_cast<int32_t>(2 * batch.size() + 10);
  EXPECT_THAT(BaseOffsets(client_->Call(request, 11).responses.at(0).partitions.at(0).records), ElementsAre(0, 1));
}

TEST_F(HandlersTest, WrongFetchesSaySo) {
  StartClient();
  CreateTopic("t");
  EXPECT_EQ(Fetch("t", 1).error_code, ErrorCode::kOffsetOutOfRange);
  EXPECT_EQ(Fetch("t", -1).error_code, ErrorCode::kOffsetOutOfRange);
  EXPECT_EQ(Fetch("none", 0).error_code, ErrorCode::kUnknownTopicOrPartition);
  auto request = MakeFetch("t", 0);
  request.topics[0].partitions[0].current_leader_epoch = 5;
  EXPECT_EQ(client_->Call(request, 11).responses.at(0).partitions.at(0).error_code, ErrorCode::kUnknownLeaderEpoch);
  EXPECT_EQ(client_->Call(MakeFetch("", 0), 13).responses.at(0).partitions.at(0).error_code,
            ErrorCode::kUnknownTopicId);
}

TEST_F(HandlersTest, OffsetsAreFoundByPlaceAndTime) {
  StartClient();
  CreateTopic("t");
  Produce("t", Batch({"a", "b"}, 1'000));
  Produce("t", Batch({"c"}, 5'000));
  Produce("t", Batch({"d"}, 3'000));
  const auto offset_of = [this](int64_t timestamp, int16_t version = 9) {
    protocol::ListOffsetsRequest request{.replica_id = -1};
    request.topics.push_back({.name = "t", .partitions = {{.partition_index = 0, .timestamp = timestamp}}});
    return client_->Call(request, version).topics.at(0).partitions.at(0);
  };
  EXPECT_EQ(offset_of(-1).offset, 4);
  EXPECT_EQ(offset_of(-2).offset, 0);
  EXPECT_EQ(offset_of(-3).offset, 2);
  EXPECT_EQ(offset_of(-3).timestamp, 5'000);
  EXPECT_EQ(offset_of(1'001).offset, 1);
  EXPECT_EQ(offset_of(1'002).offset, 2);
  EXPECT_EQ(offset_of(1'002).timestamp, 5'000);
  EXPECT_EQ(offset_of(5'001).offset, -1);
  EXPECT_EQ(offset_of(-9).error_code, ErrorCode::kUnsupportedForMessageFormat);
  EXPECT_THAT(offset_of(-1, 0).old_style_offsets, ElementsAre(4));

  protocol::DeleteRecordsRequest remove;
  remove.topics.push_back({.name = "t", .partitions = {{.partition_index = 0, .offset = 2}}});
  EXPECT_EQ(client_->Call(remove, 2).topics.at(0).partitions.at(0).low_watermark, 2);
  EXPECT_EQ(offset_of(-2).offset, 2);
  EXPECT_EQ(Fetch("t", 1).error_code, ErrorCode::kOffsetOutOfRange);
  remove.topics[0].partitions[0].offset = 9;
  EXPECT_EQ(client_->Call(remove, 2).topics.at(0).partitions.at(0).error_code, ErrorCode::kOffsetOutOfRange);
}

TEST_F(HandlersTest, CommittedOffsetsAreFetchedInEveryVersion) {
  StartClient();
  CreateTopic("t", 2);
  for (int16_t version = 0; version <= 9; ++version) {
    protocol::OffsetCommitRequest commit{.group_id = "g"};
    commit.topics.push_back(
        {.name = "t",
         .partitions = {{.partition_index = 1, .committed_offset = 10 + version, .committed_metadata = "m"}}});
    ASSERT_EQ(client_->Call(commit, version).topics.at(0).partitions.at(0).error_code, ErrorCode::kNone) << version;
    if (version >= 8) {
      protocol::OffsetFetchRequest fetch;
      auto& group = fetch.groups.emplace_back();
      group.group_id = "g";
      const auto response = client_->Call(fetch, version);
      EXPECT_EQ(response.groups.at(0).topics.at(0).partitions.at(0).committed_offset, 10 + version);
    } else {
      protocol::OffsetFetchRequest fetch{.group_id = "g"};
      fetch.topics.emplace().push_back({.name = "t", .partition_indexes = {0, 1}});
      const auto partitions = client_->Call(fetch, version).topics.at(0).partitions;
      EXPECT_EQ(partitions.at(0).committed_offset, -1);
      EXPECT_EQ(partitions.at(1).committed_offset, 10 + version);
      EXPECT_EQ(partitions.at(1).metadata, "m");
    }
  }
  protocol::OffsetCommitRequest unknown{.group_id = "g"};
  unknown.topics.push_back({.name = "none", .partitions = {{.partition_index = 0, .committed_offset = 1}}});
  EXPECT_EQ(client_->Call(unknown, 7).topics.at(0).partitions.at(0).error_code, ErrorCode::kUnknownTopicOrPartition);
}

TEST_F(HandlersTest, SettingsOfTopicsAreDescribedAndAltered) {
  StartClient({{"log.retention.hours", "1"}});
  CreateTopic("t", 1, {{"cleanup.policy", "compact"}});
  const auto describe = [this](const std::string& name) {
    protocol::DescribeConfigsRequest request{.include_synonyms = true, .include_documentation = true};
    request.resources.push_back({.resource_type = kTopicResource, .resource_name = "t"});
    request.resources[0].configuration_keys.emplace().push_back(name);
    const auto result = client_->Call(request, 4).results.at(0);
    EXPECT_EQ(result.error_code, ErrorCode::kNone);
    return result.configs.at(0);
  };
  EXPECT_EQ(describe("cleanup.policy").value, "compact");
  EXPECT_EQ(describe("cleanup.policy").config_source, 1);
  EXPECT_EQ(describe("retention.ms").value, "3600000");
  EXPECT_EQ(describe("retention.ms").config_source, 4);
  EXPECT_EQ(describe("segment.bytes").config_source, 5);
  EXPECT_TRUE(describe("segment.bytes").documentation.has_value());
  EXPECT_THAT(describe("cleanup.policy").synonyms, SizeIs(2));

  protocol::AlterConfigsRequest alter;
  alter.resources.push_back(
      {.resource_type = kTopicResource, .resource_name = "t", .configs = {{.name = "retention.ms", .value = "5"}}});
  EXPECT_EQ(client_->Call(alter, 2).responses.at(0).error_code, ErrorCode::kNone);
  EXPECT_EQ(describe("retention.ms").value, "5");
  EXPECT_EQ(describe("cleanup.policy").value, "delete") << "what is not named goes back to its default";
  Restart();
  client_ = std::make_unique<ProtocolClient>(port());
  EXPECT_EQ(describe("retention.ms").value, "5");
  alter.resources[0].configs[0].value = "never";
  EXPECT_EQ(client_->Call(alter, 2).responses.at(0).error_code, ErrorCode::kInvalidConfig);
  alter.resources[0].resource_name = "none";
  EXPECT_EQ(client_->Call(alter, 2).responses.at(0).error_code, ErrorCode::kUnknownTopicOrPartition);
}

TEST_F(HandlersTest, SettingsOfTheBrokerAreDescribed) {
  StartClient({{"num.partitions", "7"}});
  protocol::DescribeConfigsRequest request;
  request.resources.push_back({.resource_type = kBrokerResource, .resource_name = "1"});
  const auto result = client_->Call(request, 4).results.at(0);
  EXPECT_EQ(result.error_code, ErrorCode::kNone);
  const auto found = std::find_if(result.configs.begin(), result.configs.end(),
                                  [](const auto& config) { return config.name == "num.partitions"; });
  ASSERT_NE(found, result.configs.end());
  EXPECT_EQ(found->value, "7");
  EXPECT_TRUE(found->read_only);
  request.resources[0].resource_name = "2";
  EXPECT_EQ(client_->Call(request, 4).results.at(0).error_code, ErrorCode::kInvalidRequest);
}

TEST_F(HandlersTest, ProducerIdsAreDistinctOverRestarts) {
  StartClient();
  std::set<int64_t> ids;
  for (int start = 0; start < 2; ++start) {
    for (int i = 0; i < 3; ++i) {
      const auto response = client_->Call(protocol::InitProducerIdRequest{.transaction_timeout_ms = 1}, 4);
      EXPECT_EQ(response.error_code, ErrorCode::kNone);
      EXPECT_EQ(response.producer_epoch, 0);
      EXPECT_TRUE(ids.insert(response.producer_id).second);
    }
    Restart();
    client_ = std::make_unique<ProtocolClient>(port());
  }
}

TEST_F(HandlersTest, RequestsThatWaitDoNotKeepTheBrokerFromStopping) {
  StartClient();
  CreateTopic("t");
  client_->Send(MakeFetch("t", 0, 60'000), 11);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(broker_->Stop().ok());
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

}  // namespace
}  // namespace millrace::broker
