// kill -9 of the real process under load: what was acknowledged is compared with what is there afterwards.
//
// MILLRACE_CRASH_ROUNDS sets how often it is killed; 5 unless told otherwise.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "broker_process.h"
#include "millrace/protocol/messages/offset_commit.h"
#include "millrace/protocol/messages/offset_fetch.h"
#include "protocol_client.h"
#include "rdkafka_client.h"
#include "test_broker.h"

namespace millrace::broker {
namespace {

int Rounds() {
  const char* rounds = std::getenv("MILLRACE_CRASH_ROUNDS");
  return rounds == nullptr ? 5 : std::atoi(rounds);
}

constexpr int kPartitions = 3;

class BrokerCrashTest : public testing::Test {
 protected:
  // Everything that the broker ever acknowledged.
  struct Ledger {
    std::map<std::string, std::pair<int32_t, int64_t>> records;  // value -> partition and offset
    int64_t committed = -1;                                      // the last offset that the group committed
  };

  void Produce(BrokerProcess* process, int64_t run_ms, bool idempotent) {
    RdkafkaProducer producer(process->address(), {{"acks", "all"},
                                                  {"enable.idempotence", idempotent ? "true" : "false"},
                                                  {"linger.ms", "1"},
                                                  {"message.timeout.ms", "60000"}});
    std::thread killer([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(run_ms));
      process->Kill();
    });
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(run_ms + 20);
    while (std::chrono::steady_clock::now() < end) {
      for (int i = 0; i < 20; ++i) producer.Produce("t", "", absl::StrCat("value-", next_value_++));
      producer.Poll(1);
    }
    killer.join();
    rd_kafka_purge(producer.handle(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    producer.Flush(10'000);
    for (const ProducedRecord& report : producer.reports()) {
      if (report.error == RD_KAFKA_RESP_ERR_NO_ERROR) {
        ledger_.records[report.value] = {report.partition, report.offset};
      }
    }
  }

  // Commits ever larger offsets for a group until the broker is gone.
  void CommitUntilTheEnd(uint16_t port) {
    ProtocolClient client(port);
    for (;;) {
      protocol::OffsetCommitRequest request{.group_id = "committer"};
      request.topics.push_back(
          {.name = "t", .partitions = {{.partition_index = 0, .committed_offset = ++last_tried_}}});
      const auto response = client.TryCall(request, 7);
      if (!response.has_value()) return;
      if (response->topics.at(0).partitions.at(0).error_code == protocol::ErrorCode::kNone) {
        ledger_.committed = last_tried_;
      }
    }
  }

  void ExpectAllIsThere(const BrokerProcess& process) {
    RdkafkaConsumer consumer(process.address(), absl::StrCat("check-", next_value_),
                             {{"enable.partition.eof", "true"}});
    consumer.Subscribe({"t"});
    std::map<std::string, std::set<std::pair<int32_t, int64_t>>> found;
    std::map<int32_t, int64_t> last_offset;
    std::set<int32_t> at_end;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (at_end.size() < kPartitions && std::chrono::steady_clock::now() < deadline) {
      rd_kafka_message_t* message = rd_kafka_consumer_poll(consumer.handle(), 100);
      if (message == nullptr) continue;
      if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) at_end.insert(message->partition);
      if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        auto [last, is_first] = last_offset.try_emplace(message->partition, -1);
        EXPECT_GT(message->offset, last->second) << "offsets of a partition ascend";
        last->second = message->offset;
        found[std::string(static_cast<const char*>(message->payload), message->len)].emplace(message->partition,
                                                                                             message->offset);
      }
      rd_kafka_message_destroy(message);
    }
    ASSERT_EQ(at_end.size(), static_cast<size_t>(kPartitions)) << "not all was read in time";
    size_t lost = 0;
    for (const auto& [value, where] : ledger_.records) {
      const auto at = found.find(value);
      if (at == found.end() || at->second.count(where) == 0) ++lost;
    }
    EXPECT_EQ(lost, 0u) << "of " << ledger_.records.size() << " acknowledged records";
  }

  int64_t CommittedOffset(const BrokerProcess& process) {
    protocol::OffsetFetchRequest request{.group_id = "committer"};
    request.topics.emplace().push_back({.name = "t", .partition_indexes = {0}});
    return ProtocolClient(process.port()).Call(request, 7).topics.at(0).partitions.at(0).committed_offset;
  }

  TestDirectory directory_;
  Ledger ledger_;
  int64_t next_value_ = 0;
  int64_t last_tried_ = 0;
};

TEST_F(BrokerCrashTest, NothingAcknowledgedIsLostByKillNine) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  const std::vector<std::string> settings = {absl::StrCat("num.partitions=", kPartitions), "segment.bytes=100000"};
  uint16_t port = 0;
  for (int round = 0; round < Rounds(); ++round) {
    BrokerProcess process(directory_.path(), port, settings);
    ASSERT_TRUE(process.is_ready()) << process.ReadErrors();
    port = process.port();
    if (round > 0) {
      EXPECT_GE(CommittedOffset(process), ledger_.committed);
    }
    std::thread committer([&, port] { CommitUntilTheEnd(port); });
    Produce(&process, 200 + static_cast<int64_t>(random() % 800), /*idempotent=*/round % 2 == 0);
    committer.join();
    if (HasFatalFailure()) return;
  }
  BrokerProcess process(directory_.path(), port, settings);
  ASSERT_TRUE(process.is_ready()) << process.ReadErrors();
  EXPECT_GT(ledger_.records.size(), 0u);
  EXPECT_GT(ledger_.committed, 0);
  EXPECT_GE(CommittedOffset(process), ledger_.committed);
  ExpectAllIsThere(process);
  EXPECT_EQ(process.Stop(), 0);
  RecordProperty("acknowledged", static_cast<int>(ledger_.records.size()));
}

}  // namespace
}  // namespace millrace::broker
