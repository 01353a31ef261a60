#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "simulated_broker.h"

namespace millrace::broker {

// What all clients of a run know of how their transactions ended. An attempt is one transaction of one producer; its
// records say which it is.
struct Ledger {
  int next_attempt = 1;
  std::map<int, std::vector<std::string>> sent;  // by attempt: every record that may have reached the broker
  std::set<int> committed;                       // the broker said so
  std::set<int> aborted;
  std::map<int, int64_t> committed_position;  // by input: up to where a commit was acknowledged
};

// A process that reads an input, writes an output and moves on, exactly once: it gets its producer's identity, asks for
// the committed position of its input, then for each few records of the input opens a transaction, produces an output
// for each, commits the new position with it, and ends it. Each of its requests may get lost, as may each answer; it
// then asks again. Several of them may share an input and its transactional id: the newest fences the others.
//
// The input is not stored: record k of it is the number k, and its output "input:k:attempt". Confined to one thread.
class TransactionalClient {
 public:
  static constexpr const char* kGroup = "g";
  static TopicPartition InputOf(int input) { return {"in", input}; }

  TransactionalClient(int input, std::mt19937_64* random, Ledger* ledger, const ManualClock* clock)
      : input_(input), random_(*random), ledger_(*ledger), clock_(*clock) {}

  // Does one thing: sends the request that is next, or nothing while one is under way.
  void Step(SimulatedBroker* broker);
  // The broker has died: what was under way is lost.
  void LoseConnection();
  // As if the process was started anew.
  void Restart();
  int input() const { return input_; }
  // Only commits from now on, so that the run comes to an end; a new transaction is not begun.
  void Finish() { is_finishing_ = true; }
  bool is_finished() const { return is_finishing_ && phase_ == Phase::kBegin; }
  std::string Describe() const;

 private:
  enum class Phase : uint8_t {
    kInit,
    kFetchPosition,
    kBegin,
    kAddPartitions,
    kProduce,
    kAddOffsets,
    kCommitOffsets,
    kEnd
  };

  struct Batch {
    int32_t partition = 0;
    int32_t sequence = 0;
    std::vector<std::string> values;
  };

  bool Chance(uint64_t in) { return random_() % in == 0; }
  // The callback of a request: ignored when the client has given up on it.
  template <class Reply, class Take>
  auto Expect(Take take);
  void Begin();
  void Init(SimulatedBroker* broker);
  void FetchPosition(SimulatedBroker* broker);
  void Add(SimulatedBroker* broker, std::vector<TopicPartition> partitions, Phase next);
  void Produce(SimulatedBroker* broker);
  void CommitOffsets(SimulatedBroker* broker);
  void End(SimulatedBroker* broker);
  // False: asked again, or started anew.
  bool IsDone(ErrorCode error);

  const int input_;
  std::mt19937_64& random_;
  Ledger& ledger_;
  const ManualClock& clock_;
  bool is_finishing_ = false;

  Phase phase_ = Phase::kInit;
  bool is_waiting_ = false;
  uint64_t request_ = 0;  // counts them: answers to earlier ones are too late
  ProducerIdentity producer_;
  std::optional<ProducerIdentity> claimed_;  // for an InitProducer that goes on after an error
  std::map<int32_t, int32_t> sequences_;     // by partition: the next one
  int64_t position_ = 0;                     // of the input
  int64_t next_position_ = 0;
  int attempt_ = 0;
  bool will_commit_ = true;
  std::vector<Batch> batches_;
  size_t next_batch_ = 0;
};

}  // namespace millrace::broker
