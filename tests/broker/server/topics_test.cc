// Topics and what metadata tells of them, version by version where that matters.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "handlers_fixture.h"
#include "millrace/protocol/messages/alter_configs.h"
#include "millrace/protocol/messages/create_partitions.h"
#include "millrace/protocol/messages/create_topics.h"
#include "millrace/protocol/messages/delete_topics.h"
#include "millrace/protocol/messages/describe_configs.h"
#include "millrace/protocol/messages/find_coordinator.h"
#include "millrace/protocol/messages/metadata.h"

namespace millrace::broker {
namespace {

using protocol::ErrorCode;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr int8_t kTopicResource = 2;
constexpr int8_t kBrokerResource = 4;

class TopicsTest : public HandlersFixture {};

TEST_F(TopicsTest, TopicsAreCreatedListedGrownAndDeleted) {
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

TEST_F(TopicsTest, TopicsThatMakeNoSenseAreRefused) {
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

TEST_F(TopicsTest, MetadataCreatesTopicsUnlessToldNotTo) {
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

TEST_F(TopicsTest, EveryVersionOfMetadataListsAllTopics) {
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

TEST_F(TopicsTest, ClientsAreToldTheAdvertisedAddress) {
  StartClient({{"advertised.listeners", "broker.example:19092"}});
  const auto response = client_->Call(protocol::MetadataRequest{}, 12);
  EXPECT_EQ(response.brokers.at(0).host, "broker.example");
  EXPECT_EQ(response.brokers.at(0).port, 19092);
  const auto coordinator = client_->Call(protocol::FindCoordinatorRequest{.key = "g"}, 3);
  EXPECT_EQ(coordinator.host, "broker.example");
  protocol::FindCoordinatorRequest batch{.coordinator_keys = {"a", "b"}};
  EXPECT_THAT(client_->Call(batch, 4).coordinators, SizeIs(2));
}

TEST_F(TopicsTest, SettingsOfTopicsAreDescribedAndAltered) {
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

TEST_F(TopicsTest, SettingsOfTheBrokerAreDescribed) {
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

}  // namespace
}  // namespace millrace::broker
