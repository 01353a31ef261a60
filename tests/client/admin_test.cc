#include "millrace/client/admin.h"

#include <memory>

#include "client/bundled_cluster.h"
#include "client/clients_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace millrace::client {
namespace {

using testing::HasSubstr;

class AdminTest : public ClientsTest {
 protected:
  AdminTest() : admin_(*cluster_.NewClients()->NewAdmin("test-admin")) {}
  TestCluster& cluster() override { return cluster_; }
  Admin& admin() { return *admin_; }

 private:
  BundledCluster cluster_;
  const std::unique_ptr<Admin> admin_;
};

TEST_F(AdminTest, ATopicIsCreatedWithItsSettingsListedAndDeleted) {
  const auto created = admin().CreateTopics(
      {{.name = "orders", .partitions = 3, .configs = {{"cleanup.policy", "compact"}, {"segment.bytes", "1048576"}}}},
      kPatience);
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_TRUE(created->at(0).status.ok()) << created->at(0).status;
  const auto topics = admin().ListTopics(kPatience);
  ASSERT_TRUE(topics.ok()) << topics.status();
  ASSERT_EQ(topics->size(), 1u);
  EXPECT_EQ(topics->at(0).name, "orders");
  EXPECT_EQ(topics->at(0).partitions, 3);
  const auto configs = admin().TopicConfigs("orders", kPatience);
  ASSERT_TRUE(configs.ok()) << configs.status();
  EXPECT_EQ(configs->at("cleanup.policy"), "compact");
  EXPECT_EQ(configs->at("segment.bytes"), "1048576");
  const auto deleted = admin().DeleteTopics({"orders", "customers"}, kPatience);
  ASSERT_TRUE(deleted.ok()) << deleted.status();
  EXPECT_TRUE(deleted->at(0).status.ok()) << deleted->at(0).status;
  EXPECT_EQ(deleted->at(1).status.code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(admin().ListTopics(kPatience)->empty());
}

TEST_F(AdminTest, ATopicThatIsThereAlreadyIsToldApartFromOtherFailures) {
  cluster().CreateTopic("orders", 1);
  const auto created =
      admin().CreateTopics({{.name = "orders"}, {.name = "bad name"}, {.name = "customers"}}, kPatience);
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->at(0).status.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(created->at(0).status.message(), HasSubstr("'orders'"));
  EXPECT_EQ(created->at(1).status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(created->at(2).status.ok()) << created->at(2).status;
}

TEST_F(AdminTest, RecordsAreDeletedUpToAnOffset) {
  cluster().CreateTopic("orders", 2);
  Append("orders", 0, 10);
  Append("orders", 1, 10);
  const absl::Status status = admin().DeleteRecords({{{"orders", 0}, 4}, {{"orders", 1}, 10}}, kPatience);
  ASSERT_TRUE(status.ok()) << status;
  const auto beginnings = admin().BeginningOffsets({{"orders", 0}, {"orders", 1}}, kPatience);
  ASSERT_TRUE(beginnings.ok()) << beginnings.status();
  EXPECT_EQ(beginnings->at(0).offset, 4);
  EXPECT_EQ(beginnings->at(1).offset, 10);
  const auto ends = admin().EndOffsets({{"orders", 0}}, kPatience);
  ASSERT_TRUE(ends.ok()) << ends.status();
  EXPECT_EQ(ends->at(0).offset, 10);
}

TEST_F(AdminTest, WhatAGroupHasCommittedIsReadFromOutside) {
  cluster().CreateTopic("orders", 2);
  auto consumer = OpenConsumer({.group_id = "g"});
  ASSERT_TRUE(consumer->Commit({{{"orders", 1}, 7, "note"}}, kPatience).ok());
  const auto offsets = admin().GroupOffsets("g", {{"orders", 0}, {"orders", 1}}, true, kPatience);
  ASSERT_TRUE(offsets.ok()) << offsets.status();
  ASSERT_EQ(offsets->size(), 1u);
  EXPECT_EQ(offsets->at(0), (CommittedOffset{{"orders", 1}, 7, "note"}));
}

TEST_F(AdminTest, OffsetsAreFoundByTime) {
  cluster().CreateTopic("orders", 1);
  Append("orders", 0, 10);
  auto consumer = OpenConsumer({});
  // Append stamps its records 1000, 1001, ...
  const auto offsets = consumer->OffsetsForTime({{"orders", 0}}, 1004, kPatience);
  ASSERT_TRUE(offsets.ok()) << offsets.status();
  EXPECT_EQ(offsets->at(0).offset, 4);
  const auto later = consumer->OffsetsForTime({{"orders", 0}}, 5000, kPatience);
  ASSERT_TRUE(later.ok()) << later.status();
  EXPECT_EQ(later->at(0).offset, 10);
}

}  // namespace
}  // namespace millrace::client
