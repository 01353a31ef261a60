// kill -9 of the real process while it compacts under load: of each key the last acknowledged value is there, or a
// later one that was on its way.
//
// MILLRACE_CRASH_ROUNDS sets how often it is killed; 5 unless told otherwise.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <map>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "broker_process.h"
#include "rdkafka_client.h"
#include "test_broker.h"

namespace millrace::broker {
namespace {

constexpr int kKeys = 30;

int Rounds() {
  const char* rounds = std::getenv("MILLRACE_CRASH_ROUNDS");
  return rounds == nullptr ? 5 : std::atoi(rounds);
}

std::string KeyOf(int64_t value) { return absl::StrCat("key-", value % kKeys); }

class CompactionCrashTest : public testing::Test {
 protected:
  void ProduceUntilKilled(BrokerProcess* process, int64_t run_ms) {
    RdkafkaProducer producer(process->address(),
                             {{"acks", "all"}, {"linger.ms", "1"}, {"message.timeout.ms", "60000"}});
    std::thread killer([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(run_ms));
      process->Kill();
    });
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(run_ms + 20);
    while (std::chrono::steady_clock::now() < end) {
      for (int i = 0; i < 20; ++i, ++next_value_) {
        producer.Produce("t", KeyOf(next_value_), absl::StrCat(next_value_, std::string(100, '.')), 0);
      }
      producer.Poll(1);
    }
    killer.join();
    rd_kafka_purge(producer.handle(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    producer.Flush(10'000);
    for (const ProducedRecord& report : producer.reports()) {
      if (report.error != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
      const int64_t value = std::stoll(report.value);
      acknowledged_[KeyOf(value)] = std::max(acknowledged_[KeyOf(value)], value);
      ++acknowledged_count_;
    }
  }

  void ExpectTheLastOfEachKey(const BrokerProcess& process) {
    RdkafkaConsumer consumer(process.address(), absl::StrCat("check-", next_value_),
                             {{"enable.partition.eof", "true"}});
    consumer.Subscribe({"t"});
    std::map<std::string, int64_t> last;
    size_t read = 0;
    bool at_end = false;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!at_end && std::chrono::steady_clock::now() < deadline) {
      rd_kafka_message_t* message = rd_kafka_consumer_poll(consumer.handle(), 100);
      if (message == nullptr) continue;
      at_end = message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
      if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        ++read;
        last[std::string(static_cast<const char*>(message->key), message->key_len)] =
            std::stoll(std::string(static_cast<const char*>(message->payload), message->len));
      }
      rd_kafka_message_destroy(message);
    }
    ASSERT_TRUE(at_end);
    for (const auto& [key, value] : acknowledged_) EXPECT_GE(last[key], value) << key;
    EXPECT_LT(read, acknowledged_count_) << "something was compacted";
  }

  TestDirectory directory_;
  std::map<std::string, int64_t> acknowledged_;
  size_t acknowledged_count_ = 0;
  int64_t next_value_ = 1;
};

TEST_F(CompactionCrashTest, KillNineWhileCompactingLosesNoKey) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  const std::vector<std::string> settings = {
      "cleanup.policy=compact", "log.cleaner.backoff.ms=1",       "log.cleaner.min.dirty.bytes=5000",
      "segment.bytes=100000",   "min.cleanable.dirty.ratio=0.05", "max.compaction.lag.ms=50"};  // not left to idle time
  uint16_t port = 0;
  for (int round = 0; round < Rounds(); ++round) {
    BrokerProcess process(directory_.path(), port, settings);
    ASSERT_TRUE(process.is_ready()) << process.ReadErrors();
    port = process.port();
    ProduceUntilKilled(&process, 300 + static_cast<int64_t>(random() % 700));
  }
  BrokerProcess process(directory_.path(), port, settings);
  ASSERT_TRUE(process.is_ready()) << process.ReadErrors();
  ASSERT_EQ(acknowledged_.size(), static_cast<size_t>(kKeys));
  ExpectTheLastOfEachKey(process);
  EXPECT_EQ(process.Stop(), 0);
}

}  // namespace
}  // namespace millrace::broker
