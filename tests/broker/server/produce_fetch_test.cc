// Records in and out, and the offsets at which they stand, version by version where that matters.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "handlers_fixture.h"
#include "millrace/protocol/messages/delete_records.h"
#include "millrace/protocol/messages/delete_topics.h"
#include "millrace/protocol/messages/fetch.h"
#include "millrace/protocol/messages/init_producer_id.h"
#include "millrace/protocol/messages/list_offsets.h"
#include "millrace/protocol/messages/offset_commit.h"
#include "millrace/protocol/messages/offset_fetch.h"

namespace millrace::broker {
namespace {

using protocol::ErrorCode;
using testing::ElementsAre;

class ProduceFetchTest : public HandlersFixture {};

TEST_F(ProduceFetchTest, RecordsAreAppendedAndFetchedInEveryVersion) {
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

TEST_F(ProduceFetchTest, ProduceRequestsThatMakeNoSenseAreRefused) {
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

TEST_F(ProduceFetchTest, AcksZeroIsNotAnsweredAndAnErrorClosesTheConnection) {
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

TEST_F(ProduceFetchTest, AFetchAtTheEndWaitsForRecordsOrItsTime) {
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

TEST_F(ProduceFetchTest, AFetchThatWaitsHearsOfTheEndOfItsTopic) {
  StartClient();
  CreateTopic("t");
  client_->Send(MakeFetch("t", 0, 20'000), 11);
  ProtocolClient admin(port());
  protocol::DeleteTopicsRequest remove{.topic_names = {"t"}};
  EXPECT_EQ(admin.Call(remove, 3).responses.at(0).error_code, ErrorCode::kNone);
  EXPECT_EQ(client_->Receive<protocol::FetchRequest>(11).responses.at(0).partitions.at(0).error_code,
            ErrorCode::kUnknownTopicOrPartition);
}

TEST_F(ProduceFetchTest, AFetchWaitsItsWholeTime) {
  StartClient();
  CreateTopic("t");
  for (int i = 0; i < 20; ++i) {
    const auto start = std::chrono::steady_clock::now();
    Fetch("t", 0, 5);
    EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(5));
  }
}

TEST_F(ProduceFetchTest, AFetchWaitsForThePartitionsThatThereAre) {
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

TEST_F(ProduceFetchTest, FetchesStayWithinTheirBytesButGiveOneBatchAtLeast) {
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

TEST_F(ProduceFetchTest, WrongFetchesSaySo) {
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

TEST_F(ProduceFetchTest, OffsetsAreFoundByPlaceAndTime) {
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

TEST_F(ProduceFetchTest, CommittedOffsetsAreFetchedInEveryVersion) {
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

TEST_F(ProduceFetchTest, ProducerIdsAreDistinctOverRestarts) {
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

}  // namespace
}  // namespace millrace::broker
