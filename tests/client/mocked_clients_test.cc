#include <string>
#include <vector>

#include "client/clients_fixture.h"
#include "client/mock_cluster.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "millrace/client/clients.h"

// What the clients make of a cluster's refusals, which librdkafka's cluster in the process can be told to give.

namespace millrace::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class MockedClientsTest : public ClientsTest {
 protected:
  MockCluster& cluster() override { return cluster_; }

 private:
  MockCluster cluster_;
};

TEST_F(MockedClientsTest, ACommitIsTriedAgainWhileTheCoordinatorMoves) {
  cluster().CreateTopic("orders", 1);
  TakeAll listener;
  auto consumer = OpenConsumer({.group_id = "g"});
  ASSERT_TRUE(consumer->Subscribe({{"orders"}}, &listener).ok());
  Values values;
  PollUntil(*consumer, &values, [&] { return !listener.owned.empty(); });
  cluster().MoveCoordinatorOnCommits(3);
  const absl::Status status = consumer->Commit({{{"orders", 0}, 4, ""}}, kPatience);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(consumer->Committed({{"orders", 0}}, kPatience)->at(0).offset, 4);
}

TEST_F(MockedClientsTest, ARecordThatTheLogRefusesFailsTheNextAwaitOnce) {
  cluster().CreateTopic("orders", 1);
  auto producer = OpenProducer();
  cluster().RefuseProduces(1);
  ASSERT_TRUE(producer->Send({.topic = "orders", .partition = 0, .value = "v", .timestamp_ms = 1}).ok());
  const absl::Status status = producer->AwaitAcknowledged(kPatience);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  EXPECT_THAT(status.message(), HasSubstr("'orders' partition 0"));
  EXPECT_EQ(producer->counts().failed, 1);
  EXPECT_TRUE(producer->AwaitAcknowledged(kPatience).ok());
}

TEST_F(MockedClientsTest, ARecordThatTheLogRefusesCanBeDealtWithByTheProgram) {
  cluster().CreateTopic("orders", 1);
  std::vector<std::string> failed;
  auto producer = OpenProducer({.on_failure = [&](const FailedDelivery& failure) {
    failed.push_back(std::string(failure.topic) + "/" + std::string(failure.value.value_or("null")));
    return true;
  }});
  cluster().RefuseProduces(1);
  ASSERT_TRUE(producer->Send({.topic = "orders", .partition = 0, .value = "v", .timestamp_ms = 1}).ok());
  EXPECT_TRUE(producer->AwaitAcknowledged(kPatience).ok());
  // Too large for the client itself.
  const std::string huge(2'000'000, 'x');
  EXPECT_TRUE(producer->Send({.topic = "orders", .partition = 0, .value = huge, .timestamp_ms = 1}).ok());
  EXPECT_THAT(failed, ElementsAre("orders/v", "orders/" + huge));
}

TEST_F(MockedClientsTest, ATransactionSendsRecordsAndOffsetsTogether) {
  cluster().CreateTopic("orders", 1);
  auto producer = OpenProducer({.transactional_id = "tx"});
  ASSERT_TRUE(producer->InitTransactions(kPatience).ok());
  ASSERT_TRUE(producer->BeginTransaction().ok());
  ASSERT_TRUE(producer->Send({.topic = "orders", .partition = 0, .value = "v", .timestamp_ms = 1}).ok());
  const absl::Status offsets = producer->SendOffsetsToTransaction(
      {{{"orders", 0}, 7, "note"}}, {.group_id = "g", .member_id = "", .generation_id = -1}, kPatience);
  EXPECT_TRUE(offsets.ok()) << offsets;
  const absl::Status commit = producer->CommitTransaction(kPatience);
  EXPECT_TRUE(commit.ok()) << commit;
  ASSERT_TRUE(producer->BeginTransaction().ok());
  EXPECT_TRUE(producer->AbortTransaction(kPatience).ok());
  EXPECT_TRUE(producer->BeginTransaction().ok());
}

}  // namespace
}  // namespace millrace::client
