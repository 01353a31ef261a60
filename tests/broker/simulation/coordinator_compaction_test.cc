// What the coordinators know survives the compaction of their topics: random work with offsets committed in
// transactions and without, some pending, some aborted, some deleted; the cleaner at any time; then a stop, a kill or a
// power cut. What stands after the start is what stood before it, and open transactions end as they would have.
//
// MILLRACE_TXN_SEEDS sets how many seeds are run, MILLRACE_TXN_SEED runs that one alone.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "coordinator_snapshot.h"
#include "millrace/base/log.h"
#include "seeds.h"
#include "simulated_broker.h"
#include "txn/request_gate.h"

namespace millrace::broker {
namespace {

constexpr int kProducers = 5;
constexpr int kGroups = 3;
constexpr int kPartitions = 3;
constexpr int64_t kDayMs = int64_t{24} * 3'600'000;

class CoordinatorRun {
 public:
  explicit CoordinatorRun(uint64_t seed) : random_(seed * 104'729 + 17), disk_(seed) {}

  void Run() {
    Start();
    for (int life = 0; life < 6 && !::testing::Test::HasFailure(); ++life) {
      const int steps = 20 + static_cast<int>(Below(150));
      for (int i = 0; i < steps && !::testing::Test::HasFailure(); ++i) Step();
      LiveOn();
    }
    EndAll();
  }

  int compactions() const { return compactions_; }

 private:
  using Offsets = std::map<std::pair<std::string, TopicPartition>, int64_t>;

  // A transactional producer, and the offsets that its open transaction has; in the order of all commits.
  struct Producer {
    ProducerIdentity identity;
    bool is_open = false;
    std::map<std::pair<std::string, TopicPartition>, std::pair<int64_t, int64_t>> pending;  // order, offset
  };

  uint64_t Below(uint64_t bound) { return random_() % bound; }
  bool Chance(uint64_t in) { return Below(in) == 0; }
  std::string AnyGroup() { return absl::StrCat("g", Below(kGroups)); }
  TopicPartition AnyPartition() { return {Chance(2) ? "a" : "b", static_cast<int32_t>(Below(kPartitions))}; }
  static std::string IdOf(size_t producer) { return absl::StrCat("tx-", producer); }

  // When one seed is looked at alone, it tells what it does.
  template <class... Args>
  static void Tell(const absl::FormatSpec<Args...>& format, const Args&... args) {
    if (std::getenv("MILLRACE_TXN_SEED") != nullptr) absl::PrintF("%s\n", absl::StrFormat(format, args...));
  }

  void Step() {
    const size_t at = Below(kProducers);
    switch (Below(20)) {
      case 0:
        return CommitPlainly(AnyGroup(), AnyPartition());
      case 1:
        return Chance(3) ? DeleteOffsets(AnyGroup(), AnyPartition()) : DeleteGroup(AnyGroup());
      case 2:
        return Chance(10) ? ForgetTopic(Chance(2) ? "a" : "b") : MemberComesAndGoes(AnyGroup());
      case 3:
        return Advance(static_cast<int64_t>(Below(3'000)));
      case 4:
        return Chance(30) ? Advance(kDayMs * static_cast<int64_t>(1 + Below(8))) : Advance(10);
      case 5:
      case 6:
        return Compact();
      case 7:
        return Init(at);
      case 8:
      case 9:
      case 10:
        return End(at);
      default:
        return CommitInTransaction(at, AnyGroup(), AnyPartition());
    }
  }

  // --- requests, each with its answer

  template <class Reply, class Ask>
  Reply Answer(Ask ask) {
    std::optional<Reply> answer;
    ask([&answer](Reply reply) { answer = std::move(reply); });
    broker_->RunAll();
    for (int i = 0; i < 10 && !answer.has_value(); ++i) {  // held back for a moment
      clock_.AdvanceMs(50);
      broker_->RunAll();
    }
    EXPECT_TRUE(answer.has_value()) << "a request has no answer";
    return answer.value_or(Reply());
  }

  void Init(size_t at) {
    const InitProducer request{.transactional_id = IdOf(at), .timeout_ms = 60'000};
    for (int tries = 0; tries < 5; ++tries) {  // an open transaction is aborted first
      const auto reply =
          Answer<TransactionReply>([&](auto done) { broker_->transactions().Init(request, std::move(done)); });
      producers_[at] = {.identity = reply.producer};
      if (reply.error == ErrorCode::kNone) return Tell("init %s: %d", IdOf(at), reply.producer.epoch);
      ASSERT_EQ(reply.error, ErrorCode::kConcurrentTransactions);
    }
    FAIL() << "the transaction before does not end";
  }

  void CommitInTransaction(size_t at, const std::string& group, const TopicPartition& partition) {
    if (producers_[at].identity.id < 0) Init(at);
    Producer& producer = producers_[at];
    const AddPartitions add{.transactional_id = IdOf(at),
                            .producer = producer.identity,
                            .partitions = {broker_->OffsetsPartitionOf(group)}};
    const auto added = Answer<TransactionReply>([&](auto done) { broker_->transactions().Add(add, std::move(done)); });
    if (added.error != ErrorCode::kNone) {  // its time was up, or its id has expired
      producer = {};
      return;
    }
    producer.is_open = true;
    const int64_t offset = ++last_offset_;
    CommitOffsets commit = MakeCommit(group, partition, offset);
    commit.transaction =
        OffsetsTransaction{.producer_id = producer.identity.id, .producer_epoch = producer.identity.epoch};
    auto gate = std::make_shared<RequestGate>(&broker_->transactions(), IdOf(at), /*knows_abortable=*/false);
    const auto reply = Answer<CommitOffsetsReply>(
        [&](auto done) { broker_->groups().CommitInTransaction(commit, gate, std::move(done)); });
    ASSERT_EQ(reply.errors.at(0), ErrorCode::kNone);
    producer.pending[{group, partition}] = {offset, offset};
    Tell("%s: %s %s at %d, pending", IdOf(at), group, partition.ToString(), offset);
  }

  void End(size_t at) {
    Producer& producer = producers_[at];
    if (!producer.is_open) return;
    const bool commit = !Chance(3);
    const EndTransaction request{.transactional_id = IdOf(at), .producer = producer.identity, .commit = commit};
    const auto reply =
        Answer<TransactionReply>([&](auto done) { broker_->transactions().End(request, std::move(done)); });
    Tell("%s: %s: %s", IdOf(at), commit ? "commit" : "abort", protocol::ErrorName(reply.error));
    const auto pending = std::exchange(producer.pending, {});
    producer.is_open = false;
    if (reply.error != ErrorCode::kNone) {  // its time was up
      producer = {};
      return;
    }
    broker_->RunAll();
    for (const auto& [of, written] : pending) {
      if (commit && order_[of] < written.first) Note(of, written.second);
    }
    CheckOffsets();
  }

  static CommitOffsets MakeCommit(const std::string& group, const TopicPartition& partition, int64_t offset) {
    CommitOffsets commit{.group_id = group};
    commit.offsets.push_back({.partition = partition,
                              .offset = offset,
                              .leader_epoch = static_cast<int32_t>(offset % 3),
                              .metadata = std::string(static_cast<size_t>(offset % 50), 'm')});
    return commit;
  }

  void CommitPlainly(const std::string& group, const TopicPartition& partition) {
    const int64_t offset = ++last_offset_;
    const auto reply = Answer<CommitOffsetsReply>(
        [&](auto done) { broker_->groups().Commit(MakeCommit(group, partition, offset), std::move(done)); });
    ASSERT_EQ(reply.errors.at(0), ErrorCode::kNone);
    Note({group, partition}, offset);
    Tell("%s %s at %d", group, partition.ToString(), offset);
  }

  void DeleteOffsets(const std::string& group, const TopicPartition& partition) {
    Answer<DeleteOffsetsReply>([&](auto done) {
      broker_->groups().DeleteOffsets({.group_id = group, .partitions = {partition}}, std::move(done));
    });
    Tell("%s %s deleted", group, partition.ToString());
    Forget([&](const auto& of) { return of.first == group && of.second == partition; });
  }

  void DeleteGroup(const std::string& group) {
    Answer<DeleteGroupReply>([&](auto done) { broker_->groups().DeleteGroup(group, std::move(done)); });
    Tell("%s deleted", group);
    Forget([&](const auto& of) { return of.first == group; });
  }

  void ForgetTopic(const std::string& topic) {
    broker_->groups().ForgetTopic(topic);
    broker_->RunAll();
    Tell("topic %s deleted", topic);
    Forget([&](const auto& of) { return of.second.topic == topic; });
  }

  // So that the group's own record is written, anew in each generation.
  void MemberComesAndGoes(const std::string& group) {
    const JoinGroup join{.group_id = group,
                         .client_id = "client",
                         .client_host = "/127.0.0.1",
                         .session_timeout_ms = 10'000,
                         .rebalance_timeout_ms = 60'000,
                         .protocol_type = "connect",
                         .protocols = {{.name = "p", .metadata = "m"}}};
    const auto joined = Answer<JoinGroupReply>([&](auto done) { broker_->groups().Join(join, std::move(done)); });
    ASSERT_EQ(joined.error, ErrorCode::kNone);
    const SyncGroup sync{.group_id = group,
                         .member_id = joined.member_id,
                         .generation = joined.generation,
                         .assignments = {{.member_id = joined.member_id, .assignment = "all"}}};
    Answer<SyncGroupReply>([&](auto done) { broker_->groups().Sync(sync, std::move(done)); });
    const LeaveGroup leave{.group_id = group, .members = {{.member_id = joined.member_id}}};
    Answer<LeaveGroupReply>([&](auto done) { broker_->groups().Leave(leave, std::move(done)); });
    Tell("%s had a member in generation %d", group, joined.generation);
  }

  // --- time, compaction, death

  void Advance(int64_t ms) {
    clock_.AdvanceMs(ms);
    broker_->RunAll();
    broker_->logs().RunMaintenance();
    if (ms < 1'000) return;
    Tell("%d ms later", ms);
    if (ms >= kDayMs) TakeOverOffsets();
  }

  void Compact() {
    const int compacted = broker_->Compact();
    compactions_ += compacted;
    if (compacted > 0) Tell("compacted %d", compacted);
  }

  void Start() {
    broker_ = std::make_unique<SimulatedBroker>(&disk_, &clock_);
    const absl::Status started = broker_->Start();
    ASSERT_TRUE(started.ok()) << started;
    broker_->RunAll();
  }

  void Die() {
    const uint64_t how = Below(3);
    Tell("%s", how == 0 ? "stop" : how == 1 ? "kill" : "power cut");
    if (how == 0) {
      EXPECT_TRUE(broker_->Stop().ok());
    }
    how == 1 ? disk_.KillProcess() : disk_.CutPowerAfter(0);
    broker_.reset();
    if (how != 1) disk_.Restart();
  }

  void LiveOn() {
    Advance(100);  // what is overdue is done
    const std::set<std::string> before = CoordinatorSnapshot(*broker_);
    if (Chance(2)) Compact();
    Die();
    Start();
    if (::testing::Test::HasFailure()) return;
    EXPECT_THAT(CoordinatorSnapshot(*broker_), ::testing::ElementsAreArray(before));
    CheckOffsets();
  }

  void EndAll() {
    for (size_t at = 0; at < kProducers && !::testing::Test::HasFailure(); ++at) End(at);
    if (::testing::Test::HasFailure()) return;
    Advance(120'000);  // what nobody ended is aborted
    broker_->groups().Ask([](const GroupCoordinator& groups) {
      for (int group = 0; group < kGroups; ++group) {
        for (int32_t partition = 0; partition < kPartitions; ++partition) {
          EXPECT_FALSE(groups.IsOffsetUnstable(absl::StrCat("g", group), {"a", partition}));
          EXPECT_FALSE(groups.IsOffsetUnstable(absl::StrCat("g", group), {"b", partition}));
        }
      }
    });
    broker_->RunAll();
    LiveOn();
  }

  // --- the offsets that count, as the test knows them

  void Note(const std::pair<std::string, TopicPartition>& of, int64_t offset) {
    offsets_[of] = offset;
    order_[of] = offset;  // offsets only grow
  }

  template <class Is>
  void Forget(Is is) {
    std::erase_if(offsets_, [&](const auto& each) { return is(each.first); });
    for (Producer& producer : producers_)
      std::erase_if(producer.pending, [&](const auto& each) { return is(each.first); });
    CheckOffsets();
  }

  Offsets AllOffsets() {
    Offsets all;
    broker_->groups().Ask([&all](const GroupCoordinator& groups) {
      for (const GroupListing& group : groups.ListGroups()) {
        for (const auto& [partition, offset] : groups.AllOffsets(group.group_id)) {
          all[{group.group_id, partition}] = offset.offset;
        }
      }
    });
    broker_->RunAll();
    return all;
  }

  void CheckOffsets() { EXPECT_THAT(AllOffsets(), ::testing::ContainerEq(offsets_)); }
  // Some have expired.
  void TakeOverOffsets() { offsets_ = AllOffsets(); }

  std::mt19937_64 random_;
  testing::FaultyFileSystem disk_;
  ManualClock clock_{1'700'000'000'000};
  std::unique_ptr<SimulatedBroker> broker_;
  std::vector<Producer> producers_{kProducers};
  Offsets offsets_;
  Offsets order_;
  int64_t last_offset_ = 0;
  int compactions_ = 0;
};

TEST(CoordinatorCompactionTest, WhatStoodBeforeStandsAfterIt) {
  const bool is_alone = std::getenv("MILLRACE_TXN_SEED") != nullptr;
  if (!is_alone) SetLogSink([](LogSeverity, std::string_view, std::string_view) {});
  int compactions = 0;
  ForEachSeed("MILLRACE_TXN_SEED", 100, [&](uint64_t seed) {
    CoordinatorRun run(seed);
    run.Run();
    compactions += run.compactions();
  });
  SetLogSink({});
  EXPECT_TRUE(compactions > 0 || is_alone);
  RecordProperty("compactions", compactions);
}

}  // namespace
}  // namespace millrace::broker
