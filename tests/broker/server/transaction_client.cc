#include "transaction_client.h"

#include <gtest/gtest.h>

#include <chrono>

#include "absl/strings/str_cat.h"

namespace millrace::broker {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kPatience(60);

}  // namespace

const RdkafkaConfig& TransactionClient::Impatient() {
  static const RdkafkaConfig* const config = new RdkafkaConfig{{"reconnect.backoff.ms", "10"},
                                                               {"reconnect.backoff.max.ms", "100"},
                                                               {"retry.backoff.ms", "20"},
                                                               {"topic.metadata.refresh.fast.interval.ms", "50"},
                                                               {"log_level", "0"}};
  return *config;
}

void TransactionClient::Run() {
  while (!is_stopped_) RunTransaction();
  Restart();  // ends what is open
}

void TransactionClient::Restart() {
  if (producer_ != nullptr) LetGo();
  RdkafkaConfig config = Impatient();
  config["transaction.timeout.ms"] = "60000";
  config["message.timeout.ms"] = "50000";
  const auto deadline = Clock::now() + kPatience;
  for (bool is_ready = false; !is_ready;) {
    ASSERT_LT(Clock::now(), deadline) << "client " << number_ << " cannot start";
    producer_ = std::make_unique<TransactionalProducer>(address_, absl::StrCat("tx-", number_), config);
    is_ready = producer_->Init() == "OK";
  }
  ++restarts_;
  Attempt* last = attempts_.empty() ? nullptr : &attempts_.rbegin()->second;
  if (last != nullptr && last->fate == Fate::kUnknown && !end_was_asked_for_) last->fate = Fate::kAborted;
}

// librdkafka ends the whole process if it hears of a partition while it lets go of the transaction: it is given the
// time to hear of all before.
void TransactionClient::LetGo() {
  if (!producer_->must_abort()) producer_->Flush();
  producer_->Purge();
}

void TransactionClient::Produce(int number, int records) {
  for (int i = 0; i < records; ++i) {
    producer_->Produce("out", absl::StrCat(number_, ":", number, ":", i),
                       static_cast<int32_t>(random_() % kPartitions));
  }
}

void TransactionClient::RunTransaction() {
  if (producer_ == nullptr) Restart();
  if (producer_->Begin() != "OK") return Restart();
  const int number = static_cast<int>(attempts_.size()) + 1;
  Attempt& attempt = attempts_[number];
  end_was_asked_for_ = false;
  attempt.records = 1 + static_cast<int>(random_() % 6);
  Produce(number, attempt.records);
  if (Chance(40)) return Restart();
  if (!Settle([&] { return producer_->SendOffsets(absl::StrCat("g-", number_), "in", {{0, number}}); })) {
    return Abort(&attempt);
  }
  if (Chance(40)) return Restart();
  if (Chance(4)) {
    producer_->Flush();  // see LetGo()
    return Abort(&attempt);
  }
  end_was_asked_for_ = true;
  if (Settle([&] { return producer_->Commit(); })) {
    attempt.fate = Fate::kCommitted;
  } else if (producer_->must_abort()) {
    Abort(&attempt);
  } else {
    Restart();
  }
}

void TransactionClient::Abort(Attempt* attempt) {
  if (!Settle([&] { return producer_->Abort(); })) return Restart();
  attempt->fate = Fate::kAborted;
}

template <class Call>
bool TransactionClient::Settle(Call call) {
  const auto deadline = Clock::now() + kPatience;
  std::string outcome = call();
  while (outcome != "OK" && producer_->may_ask_again() && Clock::now() < deadline) outcome = call();
  return outcome == "OK";
}

}  // namespace millrace::broker
