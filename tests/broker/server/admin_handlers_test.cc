// What administrators ask for apart from settings.

#include <gmock/gmock.h>

#include <filesystem>

#include "admin_fixture.h"
#include "millrace/protocol/messages/describe_cluster.h"
#include "millrace/protocol/messages/describe_groups.h"
#include "millrace/protocol/messages/describe_log_dirs.h"
#include "millrace/protocol/messages/describe_producers.h"
#include "millrace/protocol/messages/describe_topic_partitions.h"
#include "millrace/protocol/messages/elect_leaders.h"
#include "millrace/protocol/messages/find_coordinator.h"
#include "millrace/protocol/messages/init_producer_id.h"
#include "millrace/protocol/messages/metadata.h"
#include "millrace/protocol/messages/offset_delete.h"
#include "millrace/protocol/messages/offset_for_leader_epoch.h"

namespace millrace::broker {
namespace {

using protocol::ErrorCode;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

using AdminHandlersTest = AdminFixture;

TEST_F(AdminHandlersTest, CommittedOffsetsAreDeletedOneByOne) {
  StartClient();
  CreateTopic("t");
  CreateTopic("u");
  EXPECT_EQ(Commit("g", "t", 5), ErrorCode::kNone);
  EXPECT_EQ(Commit("g", "u", 6), ErrorCode::kNone);
  protocol::OffsetDeleteRequest request{.group_id = "g"};
  request.topics.push_back({.name = "none", .partitions = {{.partition_index = 0}}});
  request.topics.push_back({.name = "t", .partitions = {{.partition_index = 9}, {.partition_index = 0}}});
  const auto response = client_->Call(request, 0);
  EXPECT_EQ(response.error_code, ErrorCode::kNone);
  EXPECT_EQ(response.topics.at(0).partitions.at(0).error_code, ErrorCode::kUnknownTopicOrPartition);
  EXPECT_EQ(response.topics.at(1).partitions.at(0).error_code, ErrorCode::kUnknownTopicOrPartition);
  EXPECT_EQ(response.topics.at(1).partitions.at(1).error_code, ErrorCode::kNone);
  EXPECT_EQ(Committed("g", "t"), -1);
  EXPECT_EQ(Committed("g", "u"), 6);
  request.group_id = "none";
  EXPECT_EQ(client_->Call(request, 0).error_code, ErrorCode::kGroupIdNotFound);
}

TEST_F(AdminHandlersTest, ALeaderEpochEndsAtTheEndOfTheLog) {
  StartClient();
  CreateTopic("t");
  const auto ask = [this](const std::string& topic, int32_t epoch, int16_t version, int32_t current = -1) {
    protocol::OffsetForLeaderEpochRequest request;
    request.topics.push_back(
        {.topic = topic, .partitions = {{.partition = 0, .current_leader_epoch = current, .leader_epoch = epoch}}});
    return client_->Call(request, version).topics.at(0).partitions.at(0);
  };
  EXPECT_EQ(ask("t", 0, 4).leader_epoch, 0);
  EXPECT_EQ(ask("t", 0, 4).end_offset, 0);
  Produce("t", "a");
  Produce("t", "b");
  for (int16_t version = 0; version <= 4; ++version) EXPECT_EQ(ask("t", 0, version).end_offset, 2) << version;
  EXPECT_EQ(ask("t", 1, 4).end_offset, -1);
  EXPECT_EQ(ask("t", 1, 4).leader_epoch, -1);
  EXPECT_EQ(ask("t", 0, 4, 3).error_code, ErrorCode::kUnknownLeaderEpoch);
  EXPECT_EQ(ask("none", 0, 4).error_code, ErrorCode::kUnknownTopicOrPartition);
}

TEST_F(AdminHandlersTest, NoElectionIsEverNeeded) {
  StartClient();
  CreateTopic("t", 2);
  protocol::ElectLeadersRequest request;
  request.topic_partitions.emplace().push_back({.topic = "t", .partitions = {0, 1, 2}});
  request.topic_partitions->push_back({.topic = "none", .partitions = {0}});
  for (int16_t version = 0; version <= 2; ++version) {
    const auto results = client_->Call(request, version).replica_election_results;
    ASSERT_THAT(results, SizeIs(2));
    EXPECT_EQ(results[0].partition_result.at(1).error_code, ErrorCode::kElectionNotNeeded);
    EXPECT_EQ(results[0].partition_result.at(2).error_code, ErrorCode::kUnknownTopicOrPartition);
    EXPECT_EQ(results[1].partition_result.at(0).error_code, ErrorCode::kUnknownTopicOrPartition);
  }
  request.topic_partitions.reset();
  const auto all = client_->Call(request, 2).replica_election_results;
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_THAT(all[0].partition_result, IsEmpty()) << "of all partitions, only changes are told";
  request.election_type = 7;
  EXPECT_EQ(client_->Call(request, 2).error_code, ErrorCode::kInvalidRequest);
}

TEST_F(AdminHandlersTest, TheClusterIsThisBroker) {
  StartClient();
  protocol::DescribeClusterRequest request{.include_cluster_authorized_operations = true};
  const auto response = client_->Call(request, 1);
  EXPECT_EQ(response.error_code, ErrorCode::kNone);
  EXPECT_FALSE(response.cluster_id.empty());
  EXPECT_EQ(response.controller_id, 1);
  ASSERT_THAT(response.brokers, SizeIs(1));
  EXPECT_EQ(response.brokers[0].port, port());
  EXPECT_EQ(response.cluster_authorized_operations, 8096) << "all that Kafka knows for a cluster";
  EXPECT_EQ(client_->Call(protocol::DescribeClusterRequest(), 0).cluster_authorized_operations,
            std::numeric_limits<int32_t>::min());
  request.endpoint_type = 2;
  EXPECT_EQ(client_->Call(request, 1).error_code, ErrorCode::kMismatchedEndpointType);
  request.endpoint_type = 3;
  EXPECT_EQ(client_->Call(request, 1).error_code, ErrorCode::kUnsupportedEndpointType);
}

TEST_F(AdminHandlersTest, WhatAClientMayDoIsToldWhenItAsks) {
  StartClient();
  CreateTopic("t");
  protocol::MetadataRequest metadata{.include_topic_authorized_operations = true};
  EXPECT_EQ(client_->Call(metadata, 12).topics.at(0).topic_authorized_operations, 3576);
  metadata.include_topic_authorized_operations = false;
  EXPECT_EQ(client_->Call(metadata, 12).topics.at(0).topic_authorized_operations, std::numeric_limits<int32_t>::min());
  EXPECT_EQ(Commit("g", "t", 1), ErrorCode::kNone);
  const protocol::DescribeGroupsRequest groups{.groups = {"g"}, .include_authorized_operations = true};
  EXPECT_NE(client_->Call(groups, 5).groups.at(0).authorized_operations, std::numeric_limits<int32_t>::min());
}

TEST_F(AdminHandlersTest, ActiveProducersAreDescribed) {
  StartClient();
  CreateTopic("t");
  EXPECT_EQ(Produce("t", "a", 1'700'000'000'000, {.id = 42, .epoch = 3, .sequence = 0}), ErrorCode::kNone);
  EXPECT_EQ(Produce("t", "b", 1'700'000'000'001, {.id = 42, .epoch = 3, .sequence = 1}), ErrorCode::kNone);
  protocol::DescribeProducersRequest request;
  request.topics.push_back({.name = "t", .partition_indexes = {0, 1}});
  const auto partitions = client_->Call(request, 0).topics.at(0).partitions;
  ASSERT_THAT(partitions.at(0).active_producers, SizeIs(1));
  const auto& producer = partitions[0].active_producers[0];
  EXPECT_EQ(producer.producer_id, 42);
  EXPECT_EQ(producer.producer_epoch, 3);
  EXPECT_EQ(producer.last_sequence, 1);
  EXPECT_EQ(producer.last_timestamp, 1'700'000'000'001);
  EXPECT_EQ(producer.current_txn_start_offset, -1);
  EXPECT_EQ(partitions.at(1).error_code, ErrorCode::kUnknownTopicOrPartition);
}

TEST_F(AdminHandlersTest, TheDataDirectoryIsDescribedWithWhatIsInIt) {
  StartClient();
  CreateTopic("t", 2);
  CreateTopic("u");
  Produce("t", std::string(1'000, 'x'));
  protocol::DescribeLogDirsRequest request;
  const auto all = client_->Call(request, 4);
  ASSERT_THAT(all.results, SizeIs(1));
  EXPECT_EQ(all.results[0].log_dir, std::filesystem::path(directory_.path()).lexically_normal().string());
  EXPECT_GT(all.results[0].usable_bytes, 0);
  EXPECT_GE(all.results[0].total_bytes, all.results[0].usable_bytes);
  ASSERT_THAT(all.results[0].topics, SizeIs(2));
  EXPECT_GT(all.results[0].topics[0].partitions.at(0).partition_size, 1'000);
  EXPECT_EQ(all.results[0].topics[0].partitions.at(1).partition_size, 0);

  request.topics.emplace().push_back({.topic = "t", .partitions = {1, 7}});
  request.topics->push_back({.topic = "none", .partitions = {0}});
  for (int16_t version = 0; version <= 4; ++version) {
    const auto some = client_->Call(request, version).results.at(0).topics;
    ASSERT_THAT(some, SizeIs(1)) << "what does not exist has no directory";
    ASSERT_THAT(some[0].partitions, SizeIs(1));
    EXPECT_EQ(some[0].partitions[0].partition_index, 1);
  }
}

TEST_F(AdminHandlersTest, PartitionsAreDescribedPageByPage) {
  StartClient();
  const protocol::Uuid id = CreateTopic("a", 3);
  CreateTopic("b", 2);
  protocol::DescribeTopicPartitionsRequest request{.response_partition_limit = 2};
  std::vector<std::pair<std::string, int32_t>> seen;
  int pages = 0;
  while (pages < 10) {
    ++pages;
    const auto response = client_->Call(request, 0);
    for (const auto& topic : response.topics) {
      EXPECT_EQ(topic.error_code, ErrorCode::kNone);
      for (const auto& partition : topic.partitions) {
        EXPECT_EQ(partition.leader_id, 1);
        EXPECT_THAT(partition.isr_nodes, ElementsAre(1));
        seen.emplace_back(topic.name.value_or(""), partition.partition_index);
      }
    }
    if (!response.next_cursor.has_value()) break;
    request.cursor = {.topic_name = response.next_cursor->topic_name,
                      .partition_index = response.next_cursor->partition_index};
  }
  EXPECT_EQ(pages, 3);
  EXPECT_THAT(
      seen, ElementsAre(std::pair("a", 0), std::pair("a", 1), std::pair("a", 2), std::pair("b", 0), std::pair("b", 1)));

  protocol::DescribeTopicPartitionsRequest named;
  named.topics = {{.name = "none"}, {.name = "a"}, {.name = "not/allowed"}};
  const auto response = client_->Call(named, 0);
  ASSERT_THAT(response.topics, SizeIs(3));
  EXPECT_EQ(response.topics[0].topic_id, id);
  EXPECT_EQ(response.topics[0].topic_authorized_operations, 3576);
  EXPECT_EQ(response.topics[1].error_code, ErrorCode::kUnknownTopicOrPartition);
  EXPECT_EQ(response.topics[2].error_code, ErrorCode::kInvalidTopicException);
  EXPECT_FALSE(response.next_cursor.has_value());
  named.cursor = {.topic_name = "a", .partition_index = -1};
  EXPECT_EQ(client_->Call(named, 0).topics.at(0).error_code, ErrorCode::kInvalidRequest);
}

TEST_F(AdminHandlersTest, TagsThatAreNotKnownAreSkipped) {
  StartClient();
  CreateTopic("t");
  protocol::MetadataRequest request{.unknown_tags = {{.tag = 900, .value = "later"}, {.tag = 901, .value = ""}}};
  request.topics.emplace().push_back({.name = "t", .unknown_tags = {{.tag = 7, .value = std::string(300, 'x')}}});
  std::string frame;
  protocol::Writer out(&frame);
  protocol::EncodeFrame({.api_version = 12,
                         .correlation_id = 1,
                         .client_id = "test",
                         .unknown_tags = {{.tag = 0, .value = "a header's"}}},
                        request, &out);
  client_ = std::make_unique<ProtocolClient>(port());
  client_->SendBytes(frame);
  const auto response = client_->Receive<protocol::MetadataRequest>(12);
  ASSERT_THAT(response.topics, SizeIs(1));
  EXPECT_EQ(response.topics[0].error_code, ErrorCode::kNone);
}

}  // namespace
}  // namespace millrace::broker
