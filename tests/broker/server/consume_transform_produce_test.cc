// The loop that transactions are for: read, transform, write, commit the positions with it. Its process dies again and
// again in the middle; the one that takes over finishes the work, and every input has one output.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "rdkafka_client.h"
#include "test_broker.h"
#include "transactional_producer.h"

namespace millrace::broker {
namespace {

constexpr int kPartitions = 3;
constexpr int kRecords = 600;

// One life of the process, with the transactional id of those before it.
class Worker {
 public:
  explicit Worker(const std::string& address)
      : consumer_(address, "g", {{"enable.auto.commit", "false"}}), producer_(address, "worker") {
    EXPECT_EQ(producer_.Init(), "OK");
    consumer_.Subscribe({"in"});
  }

  void ReadAndWrite(size_t count) {
    const std::vector<ConsumedRecord> records = consumer_.Consume(count);
    ASSERT_EQ(records.size(), count);
    ASSERT_EQ(producer_.Begin(), "OK");
    for (const ConsumedRecord& record : records) {
      producer_.Produce("out", "of " + record.value, record.partition);
      positions_[record.partition] = record.offset + 1;
    }
  }
  std::string SendOffsets() { return producer_.SendOffsets(&consumer_, "in", std::exchange(positions_, {})); }
  TransactionalProducer& producer() { return producer_; }

 private:
  RdkafkaConsumer consumer_;
  TransactionalProducer producer_;
  TransactionalProducer::Offsets positions_;
};

class ConsumeTransformProduceTest : public BrokerFixture {
 protected:
  void WriteInput() {
    RdkafkaProducer producer(address());
    for (int i = 0; i < kRecords; ++i) producer.Produce("in", "", absl::StrCat(i), i % kPartitions);
    ASSERT_TRUE(producer.Flush());
  }

  // Value and how often it is there, as read_committed sees it.
  std::map<std::string, int> ReadOutput() {
    RdkafkaConsumer consumer(address(), "check", {{"enable.partition.eof", "true"}});
    consumer.Subscribe({"out"});
    std::map<std::string, int> counts;
    std::set<int32_t> at_end;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (at_end.size() < kPartitions && std::chrono::steady_clock::now() < deadline) {
      rd_kafka_message_t* message = rd_kafka_consumer_poll(consumer.handle(), 100);
      if (message == nullptr) continue;
      if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) at_end.insert(message->partition);
      if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        ++counts[std::string(static_cast<const char*>(message->payload), message->len)];
      }
      rd_kafka_message_destroy(message);
    }
    EXPECT_EQ(at_end.size(), static_cast<size_t>(kPartitions)) << "the output was not read in time";
    return counts;
  }

  // How a life ends: in the middle of a transaction, most of the time.
  enum class End { kBeforeOffsets, kBeforeCommit, kAfterAbort, kBetween };

  void LiveAndDie(End end, int transactions) {
    Worker worker(address());
    const auto some = [this] { return std::min<size_t>(1 + random_() % 20, static_cast<size_t>(kRecords - done_)); };
    for (int i = 0; i < transactions && done_ < kRecords; ++i) {
      const size_t count = some();
      ASSERT_NO_FATAL_FAILURE(worker.ReadAndWrite(count));
      ASSERT_EQ(worker.SendOffsets(), "OK");
      ASSERT_EQ(worker.producer().Commit(), "OK");
      done_ += static_cast<int>(count);
    }
    if (done_ == kRecords || end == End::kBetween) return;
    ASSERT_NO_FATAL_FAILURE(worker.ReadAndWrite(some()));
    if (end != End::kBeforeOffsets) {
      ASSERT_EQ(worker.SendOffsets(), "OK");
    }
    if (end == End::kAfterAbort) {
      ASSERT_EQ(worker.producer().Abort(), "OK");
    } else {
      ASSERT_TRUE(worker.producer().Flush());
    }
  }

  std::mt19937 random_;
  int done_ = 0;
};

TEST_F(ConsumeTransformProduceTest, EveryInputHasOneOutputThoughTheProcessDies) {
  Start({{"num.partitions", absl::StrCat(kPartitions)}});
  WriteInput();
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  random_.seed(seed);
  for (int life = 0; life < 8; ++life) {
    ASSERT_NO_FATAL_FAILURE(LiveAndDie(static_cast<End>(life % 4), static_cast<int>(random_() % 4)));
  }
  ASSERT_NO_FATAL_FAILURE(LiveAndDie(End::kBetween, kRecords));
  const std::map<std::string, int> output = ReadOutput();
  EXPECT_EQ(output.size(), static_cast<size_t>(kRecords));
  for (int i = 0; i < kRecords; ++i) {
    const auto found = output.find(absl::StrCat("of ", i));
    ASSERT_TRUE(found != output.end()) << "input " << i << " has no output";
    ASSERT_EQ(found->second, 1) << "input " << i;
  }
}

// The process was only slow: it comes back when another one has taken over.
TEST_F(ConsumeTransformProduceTest, AZombieCannotFinishWhatItBegan) {
  Start({{"num.partitions", absl::StrCat(kPartitions)}});
  WriteInput();
  std::vector<std::unique_ptr<TransactionalProducer>> zombies;
  std::set<std::string> committed;
  for (int life = 0; life < 4; ++life) {
    auto producer = std::make_unique<TransactionalProducer>(address(), "worker");
    ASSERT_EQ(producer->Init(), "OK");
    ASSERT_EQ(producer->Begin(), "OK");
    for (int i = 0; i < 10; ++i) producer->Produce("out", absl::StrCat("life ", life, " record ", i), i % kPartitions);
    ASSERT_EQ(producer->SendOffsets("g", "in", {{0, life + 1}}), "OK");
    ASSERT_TRUE(producer->Flush());
    for (const auto& zombie : zombies) EXPECT_NE(zombie->Commit(), "OK");
    if (life % 2 == 1) {
      ASSERT_EQ(producer->Commit(), "OK");
      for (int i = 0; i < 10; ++i) committed.insert(absl::StrCat("life ", life, " record ", i));
    }
    zombies.push_back(std::move(producer));
  }
  std::set<std::string> read;
  for (const auto& [value, count] : ReadOutput()) {
    EXPECT_EQ(count, 1) << value;
    read.insert(value);
  }
  EXPECT_EQ(read, committed);
}

}  // namespace
}  // namespace millrace::broker
