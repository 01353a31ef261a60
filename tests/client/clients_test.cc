#include "millrace/client/clients.h"

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "client/both_clusters.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

// What a consumer, a producer and an administrator promise, each alone.

namespace millrace::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

INSTANTIATE_TEST_SUITE_P(Clusters, ClientContractTest, testing::Values(kMock, kBundled),
                         [](const auto& cluster) { return std::string(cluster.param.name); });

TEST_P(ClientContractTest, ARecordComesBackAsItWasSent) {
  cluster().CreateTopic("orders", 1);
  auto producer = OpenProducer();
  Headers headers;
  headers.Add("trace", "abc");
  headers.Add("empty", "");
  headers.Add("null", std::nullopt);
  ASSERT_TRUE(
      producer
          ->Send(
              {.topic = "orders", .partition = 0, .key = "k", .value = "v", .timestamp_ms = 1234, .headers = &headers})
          .ok());
  ASSERT_TRUE(producer->Send({.topic = "orders", .partition = 0, .key = "", .value = "", .timestamp_ms = 1235}).ok());
  ASSERT_TRUE(producer->Send({.topic = "orders", .partition = 0, .timestamp_ms = 0}).ok());
  ASSERT_TRUE(producer->AwaitAcknowledged(kPatience).ok());
  EXPECT_EQ(producer->LastOffset("orders", 0), 2);
  EXPECT_EQ(producer->LastOffset("orders", 1), std::nullopt);
  EXPECT_EQ(producer->counts().acknowledged, 3);

  auto consumer = OpenConsumer({});
  ASSERT_TRUE(consumer->Assign({{{"orders", 0}, kOffsetBeginning}}).ok());
  std::vector<FetchedRecord> records;
  PolledBatch batch;
  while (records.size() < 3) {
    ASSERT_TRUE(consumer->Poll(kPatience, 10, &batch).ok());
    for (FetchedRecord& record : batch.records) records.push_back(std::move(record));
  }
  EXPECT_EQ(records[0].key(), "k");
  EXPECT_EQ(records[0].value(), "v");
  EXPECT_EQ(records[0].offset(), 0);
  EXPECT_EQ(records[0].timestamp_ms(), 1234);
  EXPECT_EQ(records[0].ReadHeaders(), headers);
  EXPECT_EQ(records[1].key(), "");
  EXPECT_EQ(records[1].value(), "");
  EXPECT_TRUE(records[1].ReadHeaders().empty());
  EXPECT_EQ(records[2].key(), std::nullopt);
  EXPECT_EQ(records[2].value(), std::nullopt);
  // librdkafka would read 0 as "now".
  EXPECT_EQ(records[2].timestamp_ms(), 1);
  records.clear();
  batch.Clear();
  EXPECT_TRUE(consumer->Close(kPatience).ok());
}

TEST_P(ClientContractTest, RecordsOfAPartitionComeInOrderAndAtMostAsManyAsAskedFor) {
  cluster().CreateTopic("orders", 2);
  Append("orders", 0, 1000);
  Append("orders", 1, 1000);
  auto consumer = OpenConsumer({});
  ASSERT_TRUE(consumer->Assign({{{"orders", 0}, kOffsetBeginning}, {{"orders", 1}, 990}}).ok());
  PolledBatch batch;
  Values values;
  while (Count(values) < 1010) {
    ASSERT_TRUE(consumer->Poll(kPatience, 7, &batch).ok());
    EXPECT_LE(batch.records.size(), 7u);
    for (const auto& run : batch.runs) {
      for (size_t i = run.begin; i < run.end; ++i) {
        values[run.partition].push_back(std::string(*batch.records[i].value()));
      }
    }
  }
  EXPECT_EQ((values[{"orders", 0}]), Numbers(0, 1000));
  EXPECT_EQ((values[{"orders", 1}]), Numbers(990, 10));
}

TEST_P(ClientContractTest, APollWithNothingThereReturnsAtItsTimeoutOrWhenItIsWoken) {
  cluster().CreateTopic("orders", 1);
  auto consumer = OpenConsumer({});
  ASSERT_TRUE(consumer->Assign({{{"orders", 0}, kOffsetBeginning}}).ok());
  PolledBatch batch;
  ASSERT_TRUE(consumer->Poll(absl::Milliseconds(20), 10, &batch).ok());
  EXPECT_THAT(batch.records, IsEmpty());
  std::thread other([&] { consumer->Wakeup(); });
  const absl::Time before = absl::Now();
  ASSERT_TRUE(consumer->Poll(kPatience, 10, &batch).ok());
  EXPECT_LT(absl::Now() - before, kPatience);
  other.join();
}

TEST_P(ClientContractTest, APausedPartitionIsPassedOverAndLosesNothing) {
  cluster().CreateTopic("orders", 2);
  Append("orders", 0, 100);
  Append("orders", 1, 100);
  auto consumer = OpenConsumer({});
  ASSERT_TRUE(consumer->Assign({{{"orders", 0}, kOffsetBeginning}, {{"orders", 1}, kOffsetBeginning}}).ok());
  consumer->Pause({"orders", 0});
  Values values;
  PollUntil(*consumer, &values, [&] { return Count(values) >= 100; });
  EXPECT_TRUE((values[{"orders", 0}].empty()));
  EXPECT_EQ((values[{"orders", 1}]), Numbers(0, 100));
  consumer->Resume({"orders", 0});
  PollUntil(*consumer, &values, [&] { return Count(values) >= 200; });
  EXPECT_EQ((values[{"orders", 0}]), Numbers(0, 100));
}

TEST_P(ClientContractTest, SeekGoesBackAndWhatWasFetchedBeforeIsNotReturned) {
  cluster().CreateTopic("orders", 1);
  Append("orders", 0, 100);
  auto consumer = OpenConsumer({});
  ASSERT_TRUE(consumer->Assign({{{"orders", 0}, kOffsetBeginning}}).ok());
  PolledBatch batch;
  ASSERT_TRUE(consumer->Poll(kPatience, 10, &batch).ok());
  ASSERT_EQ(batch.records.size(), 10u);
  const absl::Status sought = consumer->Seek({"orders", 0}, 5);
  ASSERT_TRUE(sought.ok()) << sought;
  Values values;
  PollUntil(*consumer, &values, [&] { return Count(values) >= 95; });
  EXPECT_EQ((values[{"orders", 0}]), Numbers(5, 95));
}

TEST_P(ClientContractTest, APartitionCanBeGivenUpAndTakenAgain) {
  cluster().CreateTopic("orders", 2);
  Append("orders", 0, 500);
  Append("orders", 1, 500);
  auto consumer = OpenConsumer({});
  for (int round = 0; round < 5; ++round) {
    ASSERT_TRUE(consumer->IncrementalAssign({{{"orders", 0}, kOffsetBeginning}}).ok());
    ASSERT_TRUE(consumer->IncrementalAssign({{{"orders", 1}, 100}}).ok());
    Values values;
    PollUntil(*consumer, &values, [&] { return values[{"orders", 0}].size() + values[{"orders", 1}].size() >= 300; });
    ASSERT_TRUE(consumer->IncrementalUnassign({{"orders", 0}}).ok());
    PollUntil(*consumer, &values, [&] { return values[{"orders", 1}].size() >= 400; });
    const auto& first = values[{"orders", 0}];
    EXPECT_EQ(first, Numbers(0, static_cast<int>(first.size())));
    EXPECT_EQ((values[{"orders", 1}]), Numbers(100, 400));
    ASSERT_TRUE(consumer->IncrementalUnassign({{"orders", 1}}).ok());
  }
}

TEST_P(ClientContractTest, TheEndOfAPartitionIsToldAfterItsLastRecord) {
  cluster().CreateTopic("orders", 1);
  Append("orders", 0, 10);
  auto consumer = OpenConsumer({.partition_ends = true});
  ASSERT_TRUE(consumer->Assign({{{"orders", 0}, kOffsetBeginning}}).ok());
  size_t count = 0;
  PolledBatch batch;
  do {
    ASSERT_TRUE(consumer->Poll(kPatience, 3, &batch).ok());
    count += batch.records.size();
  } while (batch.ends.empty());
  EXPECT_EQ(count, 10u);
  EXPECT_EQ(batch.ends[0].partition, (TopicPartition{"orders", 0}));
  EXPECT_EQ(batch.ends[0].offset, 10);
}

TEST_P(ClientContractTest, APositionOutsideOfTheLogIsAFailureOfThatPartitionWhereNothingSaysWhereToGoOn) {
  cluster().CreateTopic("orders", 2);
  Append("orders", 0, 10);
  Append("orders", 1, 10);
  auto consumer = OpenConsumer({.offset_reset = OffsetReset::kFail});
  ASSERT_TRUE(consumer->Assign({{{"orders", 0}, 500}, {{"orders", 1}, 0}}).ok());
  PolledBatch batch;
  size_t records = 0;
  std::vector<PolledBatch::Failure> failures;
  while (records < 10 || failures.empty()) {
    ASSERT_TRUE(consumer->Poll(kPatience, 100, &batch).ok());
    records += batch.records.size();
    for (auto& failure : batch.failures) failures.push_back(failure);
  }
  EXPECT_EQ(failures[0].partition, (TopicPartition{"orders", 0}));
  EXPECT_EQ(failures[0].status.code(), absl::StatusCode::kOutOfRange);
  EXPECT_THAT(failures[0].status.message(), HasSubstr("auto.offset.reset"));
}

TEST_P(ClientContractTest, OffsetsOfBeginningAndEndComeInTheOrderAskedFor) {
  cluster().CreateTopic("orders", 3);
  Append("orders", 1, 7);
  Append("orders", 2, 3);
  auto consumer = OpenConsumer({});
  const std::vector<TopicPartition> partitions = {{"orders", 2}, {"orders", 0}, {"orders", 1}};
  const auto ends = consumer->EndOffsets(partitions, kPatience);
  ASSERT_TRUE(ends.ok()) << ends.status();
  EXPECT_THAT(*ends, ElementsAre(PartitionOffset{{"orders", 2}, 3}, PartitionOffset{{"orders", 0}, 0},
                                 PartitionOffset{{"orders", 1}, 7}));
  const auto beginnings = consumer->BeginningOffsets(partitions, kPatience);
  ASSERT_TRUE(beginnings.ok()) << beginnings.status();
  EXPECT_EQ(beginnings->at(2).offset, 0);
}

TEST_P(ClientContractTest, ConsumerAndProducerGoOnWhenTheBrokerIsBack) {
  cluster().CreateTopic("orders", 1);
  Append("orders", 0, 5);
  auto consumer = OpenConsumer({});
  auto producer = OpenProducer();
  ASSERT_TRUE(consumer->Assign({{{"orders", 0}, kOffsetBeginning}}).ok());
  Values values;
  PollUntil(*consumer, &values, [&] { return Count(values) == 5; });
  cluster().StopBroker();
  ASSERT_TRUE(producer->Send({.topic = "orders", .partition = 0, .value = "5", .timestamp_ms = 1}).ok());
  const absl::Status down = producer->AwaitAcknowledged(absl::Milliseconds(200));
  EXPECT_EQ(down.code(), absl::StatusCode::kDeadlineExceeded) << down;
  PolledBatch batch;
  EXPECT_TRUE(consumer->Poll(absl::Milliseconds(200), 10, &batch).ok());
  cluster().StartBroker();
  EXPECT_TRUE(producer->AwaitAcknowledged(kPatience).ok());
  PollUntil(*consumer, &values, [&] { return Count(values) == 6; });
  EXPECT_EQ((values[{"orders", 0}]), Numbers(0, 6));
}

TEST_P(ClientContractTest, KeysGoToTheirPartitionAsWithKafkasJavaProducer) {
  cluster().CreateTopic("orders", 4);
  auto producer = OpenProducer();
  EXPECT_EQ(*producer->PartitionCount("orders"), 4);
  // murmur2("21") = 0xc6227b97 (as unsigned), "foobar" = 0xd0e1cd6a... the partition is that, positive, modulo 4.
  for (const char* key : {"21", "foobar", "a-little-bit-long-string"}) {
    ASSERT_TRUE(producer->Send({.topic = "orders", .key = key, .value = key, .timestamp_ms = 1}).ok());
  }
  ASSERT_TRUE(producer->AwaitAcknowledged(kPatience).ok());
  auto consumer = OpenConsumer({});
  std::vector<StartPosition> positions;
  for (int partition = 0; partition < 4; ++partition) positions.push_back({{"orders", partition}, kOffsetBeginning});
  ASSERT_TRUE(consumer->Assign(positions).ok());
  Values values;
  PollUntil(*consumer, &values, [&] { return Count(values) == 3; });
  // Kafka's own test vectors: -973932308, -790332482, -985981536.
  EXPECT_THAT((values[{"orders", (-973932308 & 0x7fffffff) % 4}]), testing::Contains("21"));
  EXPECT_THAT((values[{"orders", (-790332482 & 0x7fffffff) % 4}]), testing::Contains("foobar"));
  EXPECT_THAT((values[{"orders", (-985981536 & 0x7fffffff) % 4}]), testing::Contains("a-little-bit-long-string"));
}

TEST_P(ClientContractTest, AnUnreachableBrokerIsOneClearError) {
  auto config = ClientConfig::FromSettings({{"bootstrap.servers", "127.0.0.1:1"}});
  auto admin = NewKafkaClients(*config)->NewAdmin("test");
  ASSERT_TRUE(admin.ok()) << admin.status();
  const absl::Status status = CheckReachable(**admin, "127.0.0.1:1", absl::Milliseconds(300));
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(status.message(), "broker 127.0.0.1:1 unreachable after 300ms: is it running? check bootstrap.servers");
}

TEST_P(ClientContractTest, TopicsAreListedByName) {
  cluster().CreateTopic("orders", 1);
  const auto admin = cluster().NewClients()->NewAdmin("test");
  const auto topics = (*admin)->ListTopics(kPatience);
  ASSERT_TRUE(topics.ok()) << topics.status();
  ASSERT_EQ(topics->size(), 1u);
  EXPECT_EQ(topics->at(0).name, "orders");
  EXPECT_EQ(topics->at(0).partitions, 1);
}

}  // namespace
}  // namespace millrace::client
