// What disappears: old records, old offsets, and topics under the hands of those who use them.

#include <gmock/gmock.h>

#include <chrono>
#include <functional>
#include <thread>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "admin_fixture.h"
#include "millrace/protocol/messages/create_partitions.h"
#include "millrace/protocol/messages/delete_records.h"
#include "millrace/protocol/messages/delete_topics.h"
#include "millrace/protocol/messages/list_groups.h"
#include "millrace/protocol/messages/metadata.h"

namespace millrace::broker {
namespace {

using protocol::ErrorCode;
using testing::ElementsAre;

class TopicLifecycleTest : public AdminFixture {
 protected:
  static bool Eventually(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return true;
  }

  static ErrorCode Delete(ProtocolClient& client, const std::string& topic) {
    return client.Call(protocol::DeleteTopicsRequest{.topic_names = {topic}}, 3).responses.at(0).error_code;
  }

  protocol::FetchResponse::PartitionData Fetch(const std::string& topic, int64_t offset) {
    protocol::FetchRequest request{.max_wait_ms = 0, .min_bytes = 1};
    request.topics.push_back(
        {.topic = topic, .partitions = {{.fetch_offset = offset, .partition_max_bytes = 1 << 20}}});
    return client_->Call(request, 11).responses.at(0).partitions.at(0);
  }

  static int64_t LogEnd(ProtocolClient& client, const std::string& topic) {
    protocol::ListOffsetsRequest request{.replica_id = -1};
    request.topics.push_back({.name = topic, .partitions = {{.partition_index = 0, .timestamp = -1}}});
    return client.Call(request, 9).topics.at(0).partitions.at(0).offset;
  }

  const Settings kQuickRetention = {{"log.retention.check.interval.ms", "20"}};
};

TEST_F(TopicLifecycleTest, RetentionBySizeDropsTheOldestSegments) {
  StartClient(kQuickRetention);
  CreateTopic("t", 1, {{"segment.bytes", "1000"}, {"retention.bytes", "2500"}, {"retention.ms", "-1"}});
  for (int i = 0; i < 10; ++i) ASSERT_EQ(Produce("t", std::string(900, 'x')), ErrorCode::kNone);
  EXPECT_TRUE(Eventually([this] { return LogStart("t") == 7; })) << LogStart("t");
  EXPECT_EQ(Fetch("t", 6).error_code, ErrorCode::kOffsetOutOfRange);
  EXPECT_EQ(Fetch("t", 7).error_code, ErrorCode::kNone);
  EXPECT_EQ(Fetch("t", 7).log_start_offset, 7);
  RestartClient(kQuickRetention);
  EXPECT_EQ(LogStart("t"), 7);
}

TEST_F(TopicLifecycleTest, RetentionByTimeGoesByTheRecordsTimestamps) {
  StartClient(kQuickRetention);
  CreateTopic("t", 1, {{"segment.bytes", "200"}, {"retention.ms", "3600000"}});
  const int64_t now_ms = absl::ToUnixMillis(absl::Now());
  ASSERT_EQ(Produce("t", std::string(90, 'x'), now_ms - 7'200'000), ErrorCode::kNone);
  ASSERT_EQ(Produce("t", std::string(90, 'x'), now_ms), ErrorCode::kNone);
  EXPECT_TRUE(Eventually([this] { return LogStart("t") == 1; })) << LogStart("t");
  EXPECT_EQ(Fetch("t", 1).error_code, ErrorCode::kNone);
}

TEST_F(TopicLifecycleTest, CommittedOffsetsExpireAndTheEmptyGroupGoesWithThem) {
  const Settings settings = {{"offsets.retention.check.interval.ms", "20"}};
  StartClient(settings);
  CreateTopic("t");
  ASSERT_EQ(Commit("stays", "t", 7), ErrorCode::kNone);
  protocol::OffsetCommitRequest commit{.group_id = "expires", .retention_time_ms = 1};
  commit.topics.push_back({.name = "t", .partitions = {{.partition_index = 0, .committed_offset = 5}}});
  ASSERT_EQ(client_->Call(commit, 4).topics.at(0).partitions.at(0).error_code, ErrorCode::kNone);
  EXPECT_TRUE(Eventually([this] { return Committed("expires", "t") == -1; }));
  const auto groups = [this] {
    std::vector<std::string> ids;
    for (const auto& group : client_->Call(protocol::ListGroupsRequest(), 4).groups) ids.push_back(group.group_id);
    return ids;
  };
  EXPECT_THAT(groups(), ElementsAre("stays"));
  RestartClient(settings);
  EXPECT_THAT(groups(), ElementsAre("stays"));
  EXPECT_EQ(Committed("stays", "t"), 7);
  EXPECT_EQ(Committed("expires", "t"), -1);
}

TEST_F(TopicLifecycleTest, RecordsOfCompactedTopicsAreNotDeletedByOffset) {
  StartClient();
  CreateTopic("compacted", 1, {{"cleanup.policy", "compact"}});
  CreateTopic("both", 1, {{"cleanup.policy", "compact,delete"}});
  protocol::DeleteRecordsRequest request;
  for (const char* topic : {"compacted", "both"}) {
    request.topics.push_back({.name = topic, .partitions = {{.partition_index = 0, .offset = 0}}});
  }
  const auto topics = client_->Call(request, 2).topics;
  EXPECT_EQ(topics.at(0).partitions.at(0).error_code, ErrorCode::kPolicyViolation);
  EXPECT_EQ(topics.at(1).partitions.at(0).error_code, ErrorCode::kNone);
}

TEST_F(TopicLifecycleTest, NamesThatMetricsWouldMistakeForEachOtherAreRefused) {
  StartClient();
  CreateTopic("page.views");
  protocol::CreateTopicsRequest request;
  request.topics.push_back({.name = "page_views", .num_partitions = 1, .replication_factor = 1});
  EXPECT_EQ(client_->Call(request, 7).topics.at(0).error_code, ErrorCode::kInvalidTopicException);
  protocol::MetadataRequest metadata{.allow_auto_topic_creation = true};
  metadata.topics.emplace().push_back({.name = "page_views"});
  EXPECT_NE(client_->Call(metadata, 12).topics.at(0).error_code, ErrorCode::kNone);
  CreateTopic("page-views");
}

TEST_F(TopicLifecycleTest, TheTopicOfOffsetsDoesNotGrow) {
  StartClient();
  CreateTopic("t");
  ASSERT_EQ(Commit("g", "t", 1), ErrorCode::kNone);
  protocol::CreatePartitionsRequest request;
  for (const char* topic : {"__consumer_offsets", "t"}) request.topics.push_back({.name = topic, .count = 50});
  const auto results = client_->Call(request, 3).results;
  EXPECT_EQ(results.at(0).error_code, ErrorCode::kInvalidRequest);
  EXPECT_EQ(results.at(1).error_code, ErrorCode::kNone);
}

TEST_F(TopicLifecycleTest, ATopicThatIsDeletedWhileItIsWrittenToRefusesTheRest) {
  StartClient({{"auto.create.topics.enable", "false"}});
  CreateTopic("t");
  ProtocolClient admin(port());
  std::thread deleter([&] {
    EXPECT_TRUE(Eventually([&] { return LogEnd(admin, "t") >= 20; }));
    EXPECT_EQ(Delete(admin, "t"), ErrorCode::kNone);
  });
  ErrorCode error = ErrorCode::kNone;
  const bool refused = Eventually([&] { return (error = Produce("t", "x")) != ErrorCode::kNone; });
  deleter.join();
  ASSERT_TRUE(refused);
  // Between the two there is a moment in which the log is closed already and the topic is still known.
  EXPECT_TRUE(error == ErrorCode::kUnknownTopicOrPartition || error == ErrorCode::kKafkaStorageError ||
              error == ErrorCode::kNotLeaderOrFollower)
      << protocol::ErrorName(error);
  EXPECT_EQ(Produce("t", "x"), ErrorCode::kUnknownTopicOrPartition);
  EXPECT_EQ(Fetch("t", 0).error_code, ErrorCode::kUnknownTopicOrPartition);
}

TEST_F(TopicLifecycleTest, ANewTopicOfTheSameNameStartsAfresh) {
  StartClient({{"auto.create.topics.enable", "false"}, {"file.delete.delay.ms", "0"}});
  const protocol::Uuid first = CreateTopic("t");
  ASSERT_EQ(Produce("t", "a"), ErrorCode::kNone);
  ASSERT_EQ(Commit("g", "t", 1), ErrorCode::kNone);
  ASSERT_EQ(Delete(*client_, "t"), ErrorCode::kNone);
  const protocol::Uuid second = CreateTopic("t");
  EXPECT_NE(first, second);
  EXPECT_EQ(Fetch("t", 0).high_watermark, 0);
  EXPECT_TRUE(Eventually([this] { return Committed("g", "t") == -1; })) << "offsets are of the deleted topic";
  ASSERT_EQ(Produce("t", "b"), ErrorCode::kNone);
  RestartClient();
  EXPECT_EQ(Fetch("t", 0).high_watermark, 1);
}

}  // namespace
}  // namespace millrace::broker
