// Exactly once under a seed: several transactional producers, some with the same transactional id, and read_committed
// consumers, over a broker whose disk crashes at any change of a file and which compacts its internal topics.
// Afterwards:
//
//   - no aborted record was ever read, by a consumer that reads all along or by one that reads at the end;
//   - no committed one is lost, and none is there twice: the outputs of an input are those of its records up to the
//     committed offset, each once;
//   - transactions are whole, and the broker keeps to what it said of them;
//   - nothing hangs: the last stable offset reaches the end of every partition.
//
// MILLRACE_TXN_SEEDS sets how many seeds are run, MILLRACE_TXN_SEED runs that one alone.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "committed_reader.h"
#include "millrace/base/log.h"
#include "seeds.h"
#include "simulated_broker.h"
#include "transactional_client.h"

namespace millrace::broker {
namespace {

constexpr int kInputs = 3;
constexpr int kClients = 5;  // so that some share an input

// When one seed is looked at alone, it tells what it does.
template <class... Args>
void Tell(const absl::FormatSpec<Args...>& format, const Args&... args) {
  if (std::getenv("MILLRACE_TXN_SEED") != nullptr) absl::PrintF("%s\n", absl::StrFormat(format, args...));
}

class TransactionRun {
 public:
  explicit TransactionRun(uint64_t seed) : random_(seed * 7919 + 3), disk_(seed) {
    for (int i = 0; i < kClients; ++i) {
      clients_.push_back(std::make_unique<TransactionalClient>(i % kInputs, &random_, &ledger_, &clock_));
    }
  }

  void Run() {
    for (int life = 0; life < 5; ++life) {
      if (!StartOnDisk(/*may_crash=*/true)) continue;
      if (disk_.has_power() && !Chance(4)) {
        disk_.CutPowerAfter(1 + static_cast<int64_t>(random_() % (Chance(4) ? 3'000 : 400)));
      }
      Live();
      if (::testing::Test::HasFatalFailure()) return;
      Die();
    }
    ASSERT_TRUE(StartOnDisk(/*may_crash=*/false));
    FinishAll();
    if (::testing::Test::HasFatalFailure()) return;
    CheckEverything();
  }

  const Ledger& ledger() const { return ledger_; }
  // Of the internal topics, how often.
  int compactions() const { return compactions_; }

 private:
  bool Chance(uint64_t in) { return random_() % in == 0; }

  bool StartOnDisk(bool may_crash) {
    if (may_crash && Chance(3)) disk_.CutPowerAfter(1 + static_cast<int64_t>(random_() % 60));
    broker_ = std::make_unique<SimulatedBroker>(&disk_, &clock_);
    const absl::Status started = broker_->Start();
    Tell("start: %s", started.ToString());
    if (started.ok()) return true;
    EXPECT_TRUE(may_crash && !disk_.has_power()) << "a start fails though the disk is well: " << started;
    Die();
    return false;
  }

  void Live() {
    int steps_left = 4'000;
    for (; steps_left > 0 && disk_.has_power(); --steps_left) {
      switch (random_() % 16) {
        case 0:
        case 1:
        case 2:
          broker_->RunGroups();
          break;
        case 3:
        case 4:
        case 5:
          broker_->RunTransactions();
          break;
        case 6:
        case 7:
          broker_->logs().RunFlushes();
          break;
        case 8:
          ReadSome();
          break;
        case 9:
          clock_.AdvanceMs(Chance(100) ? 70'000 : static_cast<int64_t>(random_() % 20));
          if (Chance(20)) broker_->logs().RunMaintenance();
          if (Chance(20)) compactions_ += broker_->Compact();
          break;
        case 10:
          if (Chance(40)) AnyClient().Restart();
          if (Chance(400)) return;
          if (Chance(400)) {
            Tell("a sync fails");
            disk_.FailOperation(testing::FileOperation::kSync);
            steps_left = std::min(steps_left, 300);  // logs that took part need a new start
          }
          break;
        default:
          AnyClient().Step(broker_.get());
      }
      if (::testing::Test::HasFatalFailure()) return;
    }
  }

  TransactionalClient& AnyClient() { return *clients_[random_() % clients_.size()]; }

  // The process ends: cleanly, killed, or with the machine.
  void Die() {
    if (disk_.has_power() && broker_ != nullptr && Chance(4)) Tell("stop: %s", broker_->Stop().ToString());
    const bool is_kill = disk_.has_power() && Chance(2);
    Tell("%s", is_kill ? "kill" : "power cut");
    if (is_kill) {
      disk_.KillProcess();
    } else {
      disk_.CutPowerAfter(0);
    }
    broker_.reset();
    if (!is_kill) disk_.Restart();
    for (const auto& client : clients_) client->LoseConnection();
  }

  void ReadSome() {
    const auto partition = static_cast<int32_t>(random_() % SimulatedBroker::kPartitions);
    const PartitionLog& log = broker_->partition(partition)->log();
    CommittedReader& reader = readers_[partition];
    const bool is_inside = reader.ReadOn(log, 100 + static_cast<int64_t>(random_() % 2000));
    ASSERT_TRUE(is_inside || !disk_.has_power())
        << "the consumer stands at " << reader.position() << " of a log that ends at " << log.log_end_offset();
  }

  // All come to rest: open transactions are ended by their producers, or by newer ones of the same id.
  void FinishAll() {
    for (const auto& client : clients_) client->Finish();
    const auto is_finished = [](const auto& client) { return client->is_finished(); };
    for (int step = 0; step < 20'000 && !std::all_of(clients_.begin(), clients_.end(), is_finished); ++step) {
      AnyClient().Step(broker_.get());
      broker_->RunAll();
      clock_.AdvanceMs(5);
    }
    for (const auto& client : clients_) ASSERT_TRUE(client->is_finished()) << client->Describe();
    // A zombie may have begun nothing since it was fenced; whoever got through left nothing open. One more look at the
    // time ends what no client came back for.
    for (int i = 0; i < 20; ++i) {
      clock_.AdvanceMs(10'000);
      broker_->RunAll();
    }
  }

  void CheckEverything() {
    std::map<int, std::map<int64_t, int>> outputs;    // input -> record -> how often
    std::map<int, std::set<std::string>> by_attempt;  // attempt -> records
    for (int32_t partition = 0; partition < SimulatedBroker::kPartitions; ++partition) {
      const PartitionLog& log = broker_->partition(partition)->log();
      ASSERT_EQ(log.last_stable_offset(), log.log_end_offset()) << "a transaction hangs in partition " << partition;
      CommittedReader all;
      while (all.position() < log.log_end_offset()) {
        const int64_t before = all.position();
        ASSERT_TRUE(all.ReadOn(log, 1 << 20));
        if (all.position() == before) break;  // a gap at the end
      }
      for (const auto& [offset, value] : all.records()) {
        const std::vector<std::string> parts = absl::StrSplit(value, ':');
        ++outputs[std::stoi(parts.at(0))][std::stoll(parts.at(1))];
        by_attempt[std::stoi(parts.at(2))].insert(value);
      }
      CheckReader(partition, all);
    }
    CheckAttempts(by_attempt);
    for (int input = 0; input < kInputs; ++input) CheckInput(input, outputs[input]);
  }

  // A consumer that read all along, through the crashes, was given what stands there in the end.
  void CheckReader(int32_t partition, const CommittedReader& all) {
    const auto& given = readers_[partition].records();
    for (size_t i = 0; i < given.size(); ++i) {
      ASSERT_LT(i, all.records().size()) << "a consumer was given more than there is in partition " << partition;
      ASSERT_EQ(given[i], all.records()[i]) << "a consumer of partition " << partition << " was given something else";
    }
  }

  void CheckAttempts(const std::map<int, std::set<std::string>>& by_attempt) {
    for (const auto& [attempt, records] : by_attempt) {
      ASSERT_EQ(ledger_.aborted.count(attempt), 0u) << "attempt " << attempt << " was aborted, but is read";
      const std::set<std::string> sent(ledger_.sent[attempt].begin(), ledger_.sent[attempt].end());
      ASSERT_EQ(records, sent) << "attempt " << attempt << " is there in part";
    }
    for (const int attempt : ledger_.committed) {
      ASSERT_TRUE(ledger_.sent[attempt].empty() || by_attempt.count(attempt) > 0)
          << "attempt " << attempt << " was committed, but is not there";
    }
  }

  void CheckInput(int input, const std::map<int64_t, int>& outputs) {
    int64_t committed = 0;
    broker_->groups().Ask([&](const GroupCoordinator& groups) {
      const CommittedOffset* offset =
          groups.FindOffset(TransactionalClient::kGroup, TransactionalClient::InputOf(input));
      if (offset != nullptr) committed = offset->offset;
      EXPECT_FALSE(groups.IsOffsetUnstable(TransactionalClient::kGroup, TransactionalClient::InputOf(input)));
    });
    broker_->RunAll();
    ASSERT_GE(committed, ledger_.committed_position[input]) << "an acknowledged commit of input " << input;
    for (int64_t k = 0; k < committed; ++k) {
      const auto found = outputs.find(k);
      ASSERT_TRUE(found != outputs.end())
          << "record " << k << " of input " << input << " has no output, though " << committed << " are committed";
      ASSERT_EQ(found->second, 1) << "record " << k << " of input " << input << " has several outputs";
    }
    ASSERT_EQ(static_cast<int64_t>(outputs.size()), committed)
        << "input " << input << " has outputs behind its committed offset";
  }

  std::mt19937_64 random_;
  testing::FaultyFileSystem disk_;
  ManualClock clock_{1'700'000'000'000};
  Ledger ledger_;
  std::vector<std::unique_ptr<TransactionalClient>> clients_;
  std::map<int32_t, CommittedReader> readers_;
  std::unique_ptr<SimulatedBroker> broker_;
  int compactions_ = 0;
};

TEST(TransactionSimulationTest, EverySeedIsExactlyOnce) {
  const bool is_alone = std::getenv("MILLRACE_TXN_SEED") != nullptr;
  if (!is_alone) SetLogSink([](LogSeverity, std::string_view, std::string_view) {});
  size_t commits = 0;
  size_t aborts = 0;
  int compactions = 0;
  ForEachSeed("MILLRACE_TXN_SEED", 200, [&](uint64_t seed) {
    TransactionRun run(seed);
    run.Run();
    commits += run.ledger().committed.size();
    aborts += run.ledger().aborted.size();
    compactions += run.compactions();
  });
  SetLogSink({});
  EXPECT_GT(commits, 0u);
  EXPECT_GT(aborts, 0u);
  EXPECT_TRUE(compactions > 0 || is_alone);
  RecordProperty("acknowledged_commits", static_cast<int>(commits));
  RecordProperty("acknowledged_aborts", static_cast<int>(aborts));
  RecordProperty("compactions", compactions);
}

}  // namespace
}  // namespace millrace::broker
