#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/both_clusters.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "millrace/client/clients.h"

// What the consumers of a group promise: where they go on, who reads what, and how they leave.

namespace millrace::client {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class GroupTest : public ClientContractTest {};

INSTANTIATE_TEST_SUITE_P(Clusters, GroupTest, testing::Values(kMock, kBundled),
                         [](const auto& cluster) { return std::string(cluster.param.name); });

TEST_P(GroupTest, AGroupGoesOnWhereItsLastCommitStands) {
  cluster().CreateTopic("orders", 1);
  Append("orders", 0, 10);
  const std::vector<CommittedOffset> commit = {{{"orders", 0}, 4, "note"}};
  TakeAll listener;
  {
    auto consumer = OpenConsumer({.group_id = "g"});
    ASSERT_TRUE(consumer->Subscribe({{"orders"}}, &listener).ok());
    Values values;
    PollUntil(*consumer, &values, [&] { return Count(values) == 10; });
    const absl::Status committed = consumer->Commit(commit, kPatience);
    ASSERT_TRUE(committed.ok()) << committed;
    const auto group = consumer->Group();
    ASSERT_TRUE(group.ok()) << group.status();
    EXPECT_EQ(group->group_id, "g");
    EXPECT_FALSE(group->member_id.empty());
    EXPECT_GE(group->generation_id, 0);
    EXPECT_TRUE(consumer->Close(kPatience).ok());
  }
  auto consumer = OpenConsumer({.group_id = "g"});
  const auto committed = consumer->Committed({{"orders", 0}}, kPatience);
  ASSERT_TRUE(committed.ok()) << committed.status();
  EXPECT_EQ(*committed, commit);
  ASSERT_TRUE(consumer->Subscribe({{"orders"}}, &listener).ok());
  Values values;
  PollUntil(*consumer, &values, [&] { return Count(values) == 6; });
  EXPECT_EQ((values[{"orders", 0}]), Numbers(4, 6));
}

TEST_P(GroupTest, ACommitWithoutAnAnswerFailsAtItsDeadline) {
  cluster().CreateTopic("orders", 1);
  auto consumer = OpenConsumer({.group_id = "g"});
  cluster().StopBroker();
  const absl::Status status = consumer->Commit({{{"orders", 0}, 4, ""}}, absl::Milliseconds(300));
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded) << status;
  EXPECT_THAT(status.message(), HasSubstr("bootstrap.servers"));
}

class RebalanceTest : public ClientsTest, public testing::WithParamInterface<std::tuple<NamedCluster, const char*>> {
 protected:
  TestCluster& cluster() override { return *cluster_; }
  std::unique_ptr<Consumer> Join(RebalanceListener* listener) {
    auto consumer =
        OpenConsumer({.group_id = "g"}, {{"consumer.partition.assignment.strategy", std::get<1>(GetParam())}});
    EXPECT_TRUE(consumer->Subscribe({{"orders"}}, listener).ok());
    return consumer;
  }

 private:
  const std::unique_ptr<TestCluster> cluster_ = std::get<0>(GetParam()).make();
};

TEST_P(RebalanceTest, PartitionsMoveToANewMemberAndBackWhenItLeaves) {
  cluster().CreateTopic("orders", 4);
  for (int partition = 0; partition < 4; ++partition) Append("orders", partition, 50);
  TakeAll first_listener;
  TakeAll second_listener;
  auto first = Join(&first_listener);
  Values values;
  PollUntil(*first, &values, [&] { return Count(values) == 200; });
  std::vector<CommittedOffset> all;
  for (int partition = 0; partition < 4; ++partition) all.push_back({{"orders", partition}, 50, ""});
  ASSERT_TRUE(first->Commit(all, kPatience).ok());
  // Requests inside of the listener work: it is called outside of the client library's callback.
  absl::Status in_listener = absl::UnknownError("not called");
  first_listener.on_revoked = [&] { in_listener = first->Committed({{"orders", 0}}, kPatience).status(); };
  auto second = Join(&second_listener);
  Values of_second;
  PollUntil(*second, &of_second, [&] {
    Values ignored;
    PolledBatch batch;
    EXPECT_TRUE(first->Poll(kTick, 100, &batch).ok());
    return first_listener.owned.size() == 2 && second_listener.owned.size() == 2;
  });
  EXPECT_TRUE(in_listener.ok()) << in_listener;
  EXPECT_THAT(of_second, IsEmpty()) << "the first member has committed all of it";
  first_listener.on_revoked = nullptr;
  EXPECT_TRUE(second->Close(kPatience).ok());
  EXPECT_TRUE(second_listener.owned.empty());
  PollUntil(*first, &values, [&] { return first_listener.owned.size() == 4; });
  EXPECT_TRUE(first->Close(kPatience).ok());
}

INSTANTIATE_TEST_SUITE_P(Protocols, RebalanceTest,
                         testing::Combine(testing::Values(kMock, kBundled),
                                          testing::Values("cooperative-sticky", "range")),
                         [](const auto& which) {
                           return std::string(std::get<0>(which.param).name) +
                                  (std::string(std::get<1>(which.param)) == "range" ? "Range" : "CooperativeSticky");
                         });

// Owns, for each lead partition, the same partition of another topic too, and takes both later than the group gives
// them: as tasks do.
class TakeTasksLater : public RebalanceListener {
 public:
  std::vector<StartPosition> OnAssigned(const std::vector<TopicPartition>& partitions) override {
    waiting.insert(waiting.end(), partitions.begin(), partitions.end());
    return {};
  }
  std::vector<TopicPartition> OnRevoked(const std::vector<TopicPartition>& partitions) override {
    std::vector<TopicPartition> given_up;
    for (const auto& partition : partitions) {
      if (std::erase(waiting, partition) > 0) continue;
      for (const char* topic : {"orders", "customers"}) {
        given_up.push_back({topic, partition.partition});
        running.erase(given_up.back());
      }
    }
    return given_up;
  }
  std::vector<TopicPartition> OnLost(const std::vector<TopicPartition>& partitions) override {
    return OnRevoked(partitions);
  }
  void StartWaiting(Consumer& consumer) {
    std::vector<StartPosition> positions;
    for (const auto& partition : waiting) {
      for (const char* topic : {"orders", "customers"}) {
        positions.push_back({{topic, partition.partition}, 0});
        running.insert(positions.back().partition);
      }
    }
    waiting.clear();
    if (!positions.empty()) {
      const absl::Status status = consumer.IncrementalAssign(positions);
      EXPECT_TRUE(status.ok()) << status;
    }
  }

  std::vector<TopicPartition> waiting;
  std::set<TopicPartition> running;
};

TEST_P(GroupTest, AMemberFetchesAndCommitsMoreThanTheGroupGaveItAndLaterThanItGave) {
  cluster().CreateTopic("orders", 4);
  cluster().CreateTopic("customers", 4);
  for (int partition = 0; partition < 4; ++partition) {
    Append("orders", partition, 10);
    Append("customers", partition, 10);
  }
  TakeTasksLater first_listener;
  TakeTasksLater second_listener;
  auto first = OpenConsumer({.group_id = "g"});
  ASSERT_TRUE(first->Subscribe({{"orders"}}, &first_listener).ok());
  Values values;
  PollUntil(*first, &values, [&] { return first_listener.waiting.size() == 4; });
  EXPECT_THAT(values, IsEmpty());
  first_listener.StartWaiting(*first);
  PollUntil(*first, &values, [&] { return Count(values) == 80; });
  const absl::Status committed = first->Commit({{{"orders", 3}, 10, ""}, {{"customers", 3}, 10, ""}}, kPatience);
  EXPECT_TRUE(committed.ok()) << committed;

  auto second = OpenConsumer({.group_id = "g"});
  ASSERT_TRUE(second->Subscribe({{"orders"}}, &second_listener).ok());
  Values of_second;
  PollUntil(*second, &of_second, [&] {
    second_listener.StartWaiting(*second);
    PolledBatch batch;
    EXPECT_TRUE(first->Poll(kTick, 100, &batch).ok());
    return first_listener.running.size() == 4 && Count(of_second) == 40;
  });
  EXPECT_EQ(second_listener.running.size(), 4u);
  EXPECT_TRUE(second->Close(kPatience).ok());
  PollUntil(*first, &values, [&] { return first_listener.waiting.size() == 2; });
  EXPECT_TRUE(first->Close(kPatience).ok());
}

TEST_P(GroupTest, AMemberCanBeClosedAtAnyMomentOfItsJoining) {
  cluster().CreateTopic("orders", 1);
  for (int round = 0; round < 30; ++round) {
    TakeAll listener;
    auto consumer = OpenConsumer({.group_id = absl::StrCat("g", round)});
    ASSERT_TRUE(consumer->Subscribe({{"orders"}}, &listener).ok());
    PolledBatch batch;
    ASSERT_TRUE(consumer->Poll(absl::Milliseconds(round), 1, &batch).ok());
    EXPECT_TRUE(consumer->Close(kPatience).ok());
    EXPECT_THAT(listener.owned, IsEmpty()) << "what came while it left is nobody's task";
  }
}

}  // namespace
}  // namespace millrace::client
