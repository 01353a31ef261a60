#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>

#include "rdkafka_client.h"
#include "transactional_producer.h"

namespace millrace::broker {

// One transaction of a client: its number is the position of the input that it commits.
enum class Fate { kUnknown, kCommitted, kAborted };
struct Attempt {
  int records = 0;
  Fate fate = Fate::kUnknown;
};

// A process that writes transactions until it is told to stop, and dies now and then: to the partitions of "out" the
// records "<client>:<transaction>:<record>", with its position in "in" for a group of its own, "g-<client>". It
// remembers what it was told of each. Confined to one thread, but for Stop().
class TransactionClient {
 public:
  static constexpr int kPartitions = 3;
  // So that it is soon back after the broker was killed.
  static const RdkafkaConfig& Impatient();

  TransactionClient(int number, std::string address, uint32_t seed)
      : number_(number), address_(std::move(address)), random_(seed) {}

  void Run();
  void Stop() { is_stopped_ = true; }
  const std::map<int, Attempt>& attempts() const { return attempts_; }
  int restarts() const { return restarts_; }

 private:
  bool Chance(uint32_t in) { return random_() % in == 0; }
  // As a new process with the same transactional id: whatever was open is aborted before it writes.
  void Restart();
  void LetGo();
  void RunTransaction();
  void Produce(int number, int records);
  void Abort(Attempt* attempt);
  // Asks again as long as that may help.
  template <class Call>
  bool Settle(Call call);

  const int number_;
  const std::string address_;
  std::mt19937 random_;
  std::atomic<bool> is_stopped_ = false;
  std::unique_ptr<TransactionalProducer> producer_;
  std::map<int, Attempt> attempts_;
  bool end_was_asked_for_ = false;
  int restarts_ = 0;
};

}  // namespace millrace::broker
