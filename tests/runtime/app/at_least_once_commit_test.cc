#include "thread/at_least_once_commit.h"

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "membership/lead_topic_membership.h"
#include "millrace/base/clock.h"
#include "millrace/streams/topology_builder.h"
#include "runtime/app/fake_clients.h"
#include "thread/producer_collector.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr int64_t kDayMs = int64_t{24} * 3600 * 1000;

absl::StatusOr<Topology> TwoInputsToOneOutput() {
  TopologyBuilder builder;
  builder.AddSource<std::string, std::string>("source", {"a", "b"});
  builder.AddSink<std::string, std::string>("sink", "out", {"source"});
  return builder.Build();
}

class AtLeastOnceCommitTest : public testing::Test {
 protected:
  AtLeastOnceCommitTest() {
    auto consumer = std::make_unique<FakeConsumer>(&events_);
    consumer_ = consumer.get();
    membership_ = std::make_unique<LeadTopicMembership>(plan_, std::move(consumer));
    commit_ = std::make_unique<AtLeastOnceCommit>(producer_, *membership_, purge_, clock_);
    collector_.Use(&producer_);
    task_.task = std::make_unique<Task>(topology_, std::vector<const SubTopology*>{&topology_.subtopologies()[0]},
                                        TaskOptions{.id = {0, 0}, .application_id = "app", .max_task_idle_ms = -1},
                                        TaskSurroundings{.clock = &clock_, .collector = &collector_});
    EXPECT_TRUE(task_.task->OpenState().ok());
    for (const char* topic : {"a", "b"}) {
      task_.inputs.push_back({.partition = {topic, 0}, .number = *task_.task->AddInput(topic, 0)});
    }
    EXPECT_TRUE(task_.task->Start().ok());
    task_.phase = AssignedTask::Phase::kRunning;
  }

  void Process(size_t input, int64_t offset) {
    static constexpr client::RecordOwnerTable kNobody = {.release = [](void*) {},
                                                         .read_headers = [](const void*) { return Headers(); }};
    client::FetchedRecord record({.key = "k", .value = "v", .offset = offset, .timestamp_ms = 1}, this, kNobody);
    EXPECT_TRUE(task_.task->AddRecords(task_.inputs[input].number, std::span(&record, 1)).ok());
    EXPECT_TRUE(*task_.task->ProcessOne());
    events_.clear();
  }
  absl::Status Commit() { return commit_->Commit({&task_}, absl::Seconds(1)); }
  Events TakeEvents() { return std::exchange(events_, {}); }

  Events events_;
  ManualClock clock_;
  const Topology topology_ = *TwoInputsToOneOutput();
  TopicPlan plan_;
  FakeProducer producer_{&events_};
  FakeConsumer* consumer_ = nullptr;
  std::unique_ptr<Membership> membership_;
  RepartitionPurge purge_;
  ProducerCollector collector_;
  std::unique_ptr<AtLeastOnceCommit> commit_;
  AssignedTask task_{TaskId{0, 0}};
};

TEST_F(AtLeastOnceCommitTest, OffsetsAreCommittedAfterAllThatWasProducedIsAcknowledged) {
  Process(0, 5);
  EXPECT_TRUE(Commit().ok());
  EXPECT_THAT(TakeEvents(), ElementsAre("await", "commit a-0@6"));
  EXPECT_FALSE(task_.task->commit_needed());
}

TEST_F(AtLeastOnceCommitTest, NothingIsCommittedForRecordsThatAreNotAcknowledged) {
  Process(0, 5);
  producer_.acknowledged = absl::DeadlineExceededError("on their way");
  EXPECT_EQ(Commit().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(TakeEvents(), ElementsAre("await"));
  EXPECT_TRUE(task_.task->commit_needed());
}

TEST_F(AtLeastOnceCommitTest, ACommitWithAnUnknownOutcomeIsDoneAgainWithWhatCameSince) {
  Process(0, 5);
  consumer_->commit_outcome = absl::DeadlineExceededError("no answer");
  EXPECT_EQ(Commit().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_TRUE(task_.task->commit_needed());
  consumer_->commit_outcome = absl::OkStatus();
  Process(0, 6);
  Process(1, 9);
  EXPECT_TRUE(Commit().ok());
  EXPECT_THAT(TakeEvents(), ElementsAre("await", "commit a-0@7 b-0@10"));
}

TEST_F(AtLeastOnceCommitTest, PositionsOfInputsThatStandStillAreCommittedAgainEveryDay) {
  Process(0, 5);
  Process(1, 2);
  EXPECT_TRUE(Commit().ok());
  TakeEvents();
  clock_.AdvanceMs(kDayMs - 1);
  EXPECT_TRUE(Commit().ok());
  EXPECT_THAT(TakeEvents(), ElementsAre("await", "commit"));
  clock_.AdvanceMs(1);
  EXPECT_TRUE(Commit().ok());
  EXPECT_THAT(TakeEvents(), ElementsAre("await", "commit a-0@6 b-0@3"));
}

}  // namespace
}  // namespace millrace
