#include "membership/lead_topic_membership.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/app/fake_clients.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class LeadTopicMembershipTest : public testing::Test, private TaskListener {
 protected:
  LeadTopicMembershipTest() {
    // Orders lead customers; clicks are alone; the global table is nobody's task.
    plan_.subtopologies = {
        {.id = 0, .tasks = 3, .sources = {{"orders", 3}, {"customers", 2}}, .lead_topic = "orders"},
        {.id = 1, .global = true, .tasks = 1, .sources = {{"rates", 1}}, .lead_topic = "rates"},
        {.id = 2, .tasks = 1, .sources = {{"clicks", 1}}, .lead_topic = "clicks"},
    };
    auto consumer = std::make_unique<FakeConsumer>(&events_);
    consumer_ = consumer.get();
    membership_ = std::make_unique<LeadTopicMembership>(plan_, std::move(consumer));
    EXPECT_TRUE(membership_->Join(this).ok());
  }

  void Poll() {
    client::PolledBatch batch;
    EXPECT_TRUE(membership_->Poll(absl::ZeroDuration(), 1, &batch).ok());
  }
  Events TakeEvents() { return std::exchange(events_, {}); }

  Events events_;
  FakeConsumer* consumer_ = nullptr;
  TopicPlan plan_;
  std::unique_ptr<LeadTopicMembership> membership_;

 private:
  void Note(const std::string& what, const std::vector<TaskId>& tasks) {
    std::string names;
    for (const TaskId& task : tasks) names += " " + task.ToString();
    events_.push_back(what + names);
  }
  void OnTasksAssigned(const std::vector<TaskId>& tasks) override { Note("assigned", tasks); }
  void OnTasksRevoked(const std::vector<TaskId>& tasks) override { Note("revoked", tasks); }
  void OnTasksLost(const std::vector<TaskId>& tasks) override { Note("lost", tasks); }
};

TEST_F(LeadTopicMembershipTest, SubscribesToTheLeadTopicOfEachSubTopologyThatHasTasks) {
  std::vector<std::string> topics = {"subscribe clicks orders", "subscribe orders clicks"};
  ASSERT_EQ(events_.size(), 1u);
  EXPECT_THAT(topics, testing::Contains(events_[0]));
}

TEST_F(LeadTopicMembershipTest, APartitionOfALeadTopicIsATaskThatFetchesNothingUntilItIsReady) {
  TakeEvents();
  consumer_->assigned = {{"orders", 2}, {"clicks", 0}};
  Poll();
  EXPECT_THAT(TakeEvents(), ElementsAre("assigned 0_2 2_0", "fetch"));
  EXPECT_TRUE(
      membership_->StartFetching({0, 1}, {{{"orders", 1}, 5}, {{"customers", 1}, client::kOffsetBeginning}}).ok());
  EXPECT_THAT(TakeEvents(), ElementsAre("fetch orders-1@5 customers-1@-2"));
}

TEST_F(LeadTopicMembershipTest, ATaskThatIsTakenAwayStopsFetchingAllThatItFetched) {
  consumer_->assigned = {{"orders", 1}, {"orders", 2}};
  Poll();
  EXPECT_TRUE(membership_->StartFetching({0, 1}, {{{"orders", 1}, 5}, {{"customers", 1}, 0}}).ok());
  TakeEvents();
  consumer_->revoked = {{"orders", 1}, {"orders", 2}};
  Poll();
  EXPECT_THAT(TakeEvents(), ElementsAre("revoked 0_1 0_2", "stop orders-1 customers-1"));
}

TEST_F(LeadTopicMembershipTest, LostTasksAreToldApartFromThoseThatCanCommitOnceMore) {
  consumer_->assigned = {{"clicks", 0}};
  Poll();
  TakeEvents();
  consumer_->lost = {{"clicks", 0}};
  Poll();
  EXPECT_THAT(TakeEvents(), ElementsAre("lost 2_0", "stop"));
}

TEST_F(LeadTopicMembershipTest, ATaskThatIsRestartedStopsFetchingAndCanStartAgain) {
  EXPECT_TRUE(membership_->StartFetching({2, 0}, {{{"clicks", 0}, 5}}).ok());
  TakeEvents();
  EXPECT_TRUE(membership_->StopFetching({2, 0}).ok());
  EXPECT_TRUE(membership_->StopFetching({2, 0}).ok());
  EXPECT_TRUE(membership_->StartFetching({2, 0}, {{{"clicks", 0}, 3}}).ok());
  EXPECT_THAT(TakeEvents(), ElementsAre("stop clicks-0", "fetch clicks-0@3"));
}

TEST_F(LeadTopicMembershipTest, PartitionsThatALeadTopicGotAfterTheStartAreNoTasks) {
  TakeEvents();
  consumer_->assigned = {{"orders", 3}};
  Poll();
  EXPECT_THAT(TakeEvents(), ElementsAre("assigned", "fetch"));
}

}  // namespace
}  // namespace millrace
