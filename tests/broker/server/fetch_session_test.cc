// Incremental fetches (KIP-227): what a session remembers, tells and refuses, and which sessions are kept.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "data_path_fixture.h"
#include "fetch/fetch_sessions.h"
#include "millrace/base/clock.h"
#include "millrace/protocol/messages/delete_topics.h"

namespace millrace::broker {
namespace {

using protocol::ErrorCode;
using protocol::FetchRequest;
using protocol::FetchResponse;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr int16_t kByName = 12;
constexpr int16_t kById = 17;

class FetchSessionTest : public DataPathFixture {
 protected:
  static FetchRequest Incremental(int32_t session_id, int32_t epoch, int32_t max_wait_ms = 0) {
    return {.max_wait_ms = max_wait_ms, .min_bytes = 1, .session_id = session_id, .session_epoch = epoch};
  }
  // A full request for partitions of topic "t" from their beginning, which asks for a session.
  static FetchRequest Full(const std::vector<int32_t>& partitions, int32_t session_id = 0) {
    FetchRequest request = Incremental(session_id, 0);
    for (const int32_t partition : partitions) Add(&request, partition, 0);
    return request;
  }
  static void Add(FetchRequest* request, int32_t partition, int64_t offset) {
    if (request->topics.empty()) request->topics.push_back({.topic = "t"});
    request->topics[0].partitions.push_back(
        {.partition = partition, .fetch_offset = offset, .partition_max_bytes = 1 << 20});
  }
  FetchResponse Call(const FetchRequest& request, int16_t version = kByName) { return client_->Call(request, version); }
  static std::vector<int32_t> Told(const FetchResponse& response) {
    std::vector<int32_t> partitions;
    for (const auto& topic : response.responses) {
      for (const PartitionData& data : topic.partitions) partitions.push_back(data.partition_index);
    }
    return partitions;
  }
  void ProduceOne(int32_t partition) {
    EXPECT_EQ(Produce("t", Batch({"a"}), 9, partition).error_code, ErrorCode::kNone);
  }
};

TEST_F(FetchSessionTest, OnlyWhatChangedIsAskedAndTold) {
  StartClient();
  CreateTopic("t", 3);
  const FetchResponse full = Call(Full({0, 1, 2}));
  EXPECT_NE(full.session_id, 0);
  EXPECT_THAT(Told(full), ElementsAre(0, 1, 2));

  const FetchResponse nothing = Call(Incremental(full.session_id, 1));
  EXPECT_EQ(nothing.error_code, ErrorCode::kNone);
  EXPECT_EQ(nothing.session_id, full.session_id);
  EXPECT_THAT(Told(nothing), IsEmpty());

  ProduceOne(1);
  const FetchResponse news = Call(Incremental(full.session_id, 2));
  EXPECT_THAT(Told(news), ElementsAre(1));
  EXPECT_THAT(Values(news.responses[0].partitions[0].records.bytes()), ElementsAre("a"));

  EXPECT_THAT(Told(Call(Incremental(full.session_id, 3))), ElementsAre(1)) << "its offset did not move";
  FetchRequest moved = Incremental(full.session_id, 4);
  Add(&moved, 1, 1);
  EXPECT_THAT(Told(Call(moved)), IsEmpty());
  ProduceOne(1);
  EXPECT_THAT(Told(Call(Incremental(full.session_id, 5))), ElementsAre(1));
}

TEST_F(FetchSessionTest, PartitionsAreAddedAndForgotten) {
  StartClient();
  CreateTopic("t", 3);
  const int32_t id = Call(Full({0})).session_id;
  FetchRequest request = Incremental(id, 1);
  Add(&request, 2, 0);
  request.forgotten_topics_data.push_back({.topic = "t", .partitions = {0}});
  EXPECT_THAT(Told(Call(request)), ElementsAre(2)) << "new in the session";
  for (const int32_t partition : {0, 1, 2}) ProduceOne(partition);
  EXPECT_THAT(Told(Call(Incremental(id, 2))), ElementsAre(2));
  FetchRequest last = Incremental(id, 3);
  last.forgotten_topics_data.push_back({.topic = "t", .partitions = {2}});
  EXPECT_EQ(Call(last).session_id, 0) << "an empty session is closed";
  EXPECT_EQ(Call(Incremental(id, 4)).error_code, ErrorCode::kFetchSessionIdNotFound);
}

TEST_F(FetchSessionTest, SessionsWorkByTopicId) {
  StartClient();
  const protocol::Uuid id = CreateTopic("t", 2);
  FetchRequest full = Full({0, 1});
  full.topics[0].topic_id = id;
  const int32_t session = Call(full, kById).session_id;
  EXPECT_NE(session, 0);
  ProduceOne(1);
  const FetchResponse news = Call(Incremental(session, 1), kById);
  EXPECT_THAT(Told(news), ElementsAre(1));
  EXPECT_EQ(news.responses[0].topic_id, id);
  EXPECT_EQ(Call(Incremental(session, 2), kByName).error_code, ErrorCode::kFetchSessionTopicIdError);
  FetchRequest forget = Incremental(session, 2);
  forget.forgotten_topics_data.push_back({.topic_id = id, .partitions = {1}});
  EXPECT_THAT(Told(Call(forget, kById)), IsEmpty());
}

TEST_F(FetchSessionTest, WrongSessionsAndEpochsAreRefused) {
  StartClient();
  CreateTopic("t", 1);
  const int32_t id = Call(Full({0})).session_id;
  const int32_t other = id == 1 ? 2 : id - 1;
  const FetchResponse unknown = Call(Incremental(other, 1));
  EXPECT_EQ(unknown.error_code, ErrorCode::kFetchSessionIdNotFound);
  EXPECT_EQ(unknown.session_id, 0);
  EXPECT_EQ(Call(Incremental(id, 2)).error_code, ErrorCode::kInvalidFetchSessionEpoch);
  EXPECT_EQ(Call(Incremental(id, 1)).error_code, ErrorCode::kNone);
  EXPECT_EQ(Call(Incremental(id, 1)).error_code, ErrorCode::kInvalidFetchSessionEpoch) << "sent twice";
  EXPECT_EQ(Call(Incremental(id, 2)).error_code, ErrorCode::kNone) << "a refused request changes nothing";
}

TEST_F(FetchSessionTest, AFullRequestEndsTheSessionThatItNames) {
  StartClient();
  CreateTopic("t", 2);
  const int32_t first = Call(Full({0})).session_id;
  const int32_t second = Call(Full({0, 1}, first)).session_id;
  EXPECT_NE(second, 0);
  EXPECT_EQ(Call(Incremental(first, 1)).error_code, ErrorCode::kFetchSessionIdNotFound);
  FetchRequest final = Full({0, 1}, second);
  final.session_epoch = -1;
  const FetchResponse closed = Call(final);
  EXPECT_EQ(closed.session_id, 0);
  EXPECT_THAT(Told(closed), ElementsAre(0, 1));
  EXPECT_EQ(Call(Incremental(second, 1)).error_code, ErrorCode::kFetchSessionIdNotFound);
}

TEST_F(FetchSessionTest, ARequestThatNamesNothingWaitsForWhatItsSessionKnows) {
  StartClient();
  CreateTopic("t", 2);
  const int32_t id = Call(Full({0, 1})).session_id;
  const auto start = std::chrono::steady_clock::now();
  client_->Send(Incremental(id, 1, 20'000), kByName);
  ProtocolClient producer(port());
  protocol::ProduceRequest produce{.acks = 1, .timeout_ms = 1000};
  produce.topic_data.push_back({.name = "t"});
  produce.topic_data[0].partition_data.push_back(
      {.index = 1, .records = protocol::RecordsField::Owned(Batch({"late"}))});
  producer.Call(produce, 9);
  const FetchResponse response = client_->Receive<FetchRequest>(kByName);
  EXPECT_THAT(Told(response), ElementsAre(1));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(15));
}

TEST_F(FetchSessionTest, ErrorsAreToldAgainAndAgain) {
  StartClient();
  CreateTopic("t", 1);
  const int32_t id = Call(Full({0, 5})).session_id;
  for (int32_t epoch = 1; epoch <= 3; ++epoch) {
    const FetchResponse response = Call(Incremental(id, epoch));
    ASSERT_THAT(Told(response), ElementsAre(5));
    EXPECT_EQ(response.responses[0].partitions[0].error_code, ErrorCode::kUnknownTopicOrPartition);
  }
}

TEST_F(FetchSessionTest, PartitionsTakeTurnsWhereAnAnswerCannotHoldAll) {
  StartClient();
  CreateTopic("t", 3);
  for (const int32_t partition : {0, 1, 2}) ProduceOne(partition);
  FetchRequest full = Full({0, 1, 2});
  full.max_bytes = 1;
  const FetchResponse first = Call(full);
  EXPECT_THAT(first.responses.at(0).partitions.at(0).records.size(), Batch({"a"}).size());
  std::vector<int32_t> with_records;
  for (int32_t epoch = 1; epoch <= 6; ++epoch) {
    FetchRequest request = Incremental(first.session_id, epoch);
    request.max_bytes = 1;
    for (const int32_t partition : Told(Call(request))) with_records.push_back(partition);
  }
  EXPECT_THAT(with_records, ElementsAre(0, 1, 2, 0, 1, 2));
}

TEST_F(FetchSessionTest, ClientsGoOnWithoutASessionWhenThereIsNoSlot) {
  StartClient({{"max.incremental.fetch.session.cache.slots", "1"}});
  CreateTopic("t", 1);
  const int32_t id = Call(Full({0})).session_id;
  EXPECT_NE(id, 0);
  const FetchResponse second = Call(Full({0}));
  EXPECT_EQ(second.session_id, 0);
  EXPECT_THAT(Told(second), ElementsAre(0));
  EXPECT_EQ(Call(Incremental(id, 1)).error_code, ErrorCode::kNone) << "the first session is still there";
}

// The slots alone.
class FetchSessionsTest : public testing::Test {
 protected:
  std::shared_ptr<FetchSession> Create(int32_t partitions) {
    FetchRequest::FetchTopic topic{.topic = "t"};
    for (int32_t i = 0; i < partitions; ++i) topic.partitions.push_back({.partition = i});
    std::vector<FetchResponse::PartitionData> told(static_cast<size_t>(partitions));
    return sessions_.Create(/*uses_topic_ids=*/false, TakeTargets({topic}), told);
  }
  bool Has(const std::shared_ptr<FetchSession>& session) const { return sessions_.Find(session->id()) != nullptr; }

  ManualClock clock_;
  FetchSessions sessions_{2, &clock_};
};

TEST_F(FetchSessionsTest, ASessionThatWasNotUsedForLongGivesWay) {
  const auto first = Create(5);
  const auto second = Create(5);
  EXPECT_EQ(Create(5), nullptr);
  clock_.AdvanceMs(FetchSessions::kEvictionMs);
  sessions_.Touch(*first);
  EXPECT_EQ(Create(5), nullptr);
  clock_.AdvanceMs(1);
  EXPECT_NE(Create(1), nullptr);
  EXPECT_TRUE(Has(first));
  EXPECT_FALSE(Has(second));
  EXPECT_EQ(sessions_.size(), 2u);
}

TEST_F(FetchSessionsTest, ASmallSessionThatHadItsTimeGivesWayToALargerOne) {
  const auto small = Create(2);
  const auto large = Create(9);
  EXPECT_EQ(Create(20), nullptr) << "both are too new";
  clock_.AdvanceMs(FetchSessions::kEvictionMs + 1);
  sessions_.Touch(*small);
  sessions_.Touch(*large);
  EXPECT_EQ(Create(2), nullptr) << "no larger than the smallest";
  EXPECT_NE(Create(3), nullptr);
  EXPECT_FALSE(Has(small));
  EXPECT_TRUE(Has(large));
}

TEST_F(FetchSessionsTest, ARemovedSessionFreesItsSlot) {
  const auto first = Create(1);
  Create(1);
  sessions_.Remove(first->id());
  EXPECT_FALSE(Has(first));
  EXPECT_NE(Create(1), nullptr);
  sessions_.Touch(*first);
  EXPECT_EQ(sessions_.size(), 2u) << "a session that is gone does not come back";
}

TEST(FetchSessionEpochTest, GoesRoundWithoutTheNumbersThatMeanSomething) {
  EXPECT_EQ(NextSessionEpoch(0), 1);
  EXPECT_EQ(NextSessionEpoch(2'147'483'647), 1);
  EXPECT_EQ(NextSessionEpoch(-1), -1);
}

}  // namespace
}  // namespace millrace::broker
