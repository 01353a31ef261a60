// kill -9 of the real process under transactions: producers that commit, abort, die in the middle and come back, each
// with the position of its input; a read_committed consumer that reads all along. What they were told is compared with
// what is there afterwards:
//
//   - of a transaction that was committed every record is there, once; of one that was aborted, or that its dead
//     producer left to the one after it, none; of one whose end is not known all or none;
//   - the committed position of an input is that of its last transaction that is there;
//   - the consumer was given what stands there in the end, in that order, and no transaction hangs.
//
// MILLRACE_CRASH_ROUNDS sets how often the broker is killed; 5 unless told otherwise.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "broker_process.h"
#include "millrace/protocol/messages/list_offsets.h"
#include "millrace/protocol/messages/offset_fetch.h"
#include "protocol_client.h"
#include "rdkafka_client.h"
#include "seeds.h"
#include "test_broker.h"
#include "transaction_client.h"

namespace millrace::broker {
namespace {

constexpr int kPartitions = TransactionClient::kPartitions;
constexpr int kClients = 6;

// What a read_committed consumer is given of each partition: offset and value.
using Given = std::map<int32_t, std::vector<std::pair<int64_t, std::string>>>;

class Reader {
 public:
  explicit Reader(const std::string& address) : consumer_(address, "reader", Config()) {
    rd_kafka_topic_partition_list_t* all = rd_kafka_topic_partition_list_new(kPartitions);
    for (int32_t partition = 0; partition < kPartitions; ++partition) {
      rd_kafka_topic_partition_list_add(all, "out", partition)->offset = RD_KAFKA_OFFSET_BEGINNING;
    }
    rd_kafka_assign(consumer_.handle(), all);
    rd_kafka_topic_partition_list_destroy(all);
  }

  void ReadOne() {
    rd_kafka_message_t* message = rd_kafka_consumer_poll(consumer_.handle(), 50);
    if (message == nullptr) return;
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) at_end_.insert(message->partition);
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      given_[message->partition].emplace_back(message->offset,
                                              std::string(static_cast<const char*>(message->payload), message->len));
    }
    rd_kafka_message_destroy(message);
  }
  bool has_reached_all_ends() const { return at_end_.size() == kPartitions; }
  const Given& given() const { return given_; }

 private:
  static RdkafkaConfig Config() {
    RdkafkaConfig config = {
        {"isolation.level", "read_committed"}, {"enable.partition.eof", "true"}, {"enable.auto.commit", "false"}};
    for (const auto& name : {"reconnect.backoff.ms", "reconnect.backoff.max.ms", "log_level"}) {
      config[name] = TransactionClient::Impatient().at(name);
    }
    return config;
  }

  RdkafkaConsumer consumer_;
  std::set<int32_t> at_end_;
  Given given_;
};

class TransactionCrashTest : public testing::Test {
 protected:
  std::unique_ptr<BrokerProcess> StartBroker() {
    const std::vector<std::string> settings = {
        absl::StrCat("num.partitions=", kPartitions), "segment.bytes=100000",     "offsets.topic.segment.bytes=20000",
        "transaction.state.log.segment.bytes=20000",  "log.cleaner.backoff.ms=1", "log.cleaner.min.dirty.bytes=5000",
        "log.cleaner.min.cleanable.ratio=0.05",
        "log.cleaner.max.compaction.lag.ms=50",  // not left to idle time
        "log.cleaner.delete.retention.ms=100"};
    auto process = std::make_unique<BrokerProcess>(directory_.path(), port_, settings);
    EXPECT_TRUE(process->is_ready()) << process->ReadErrors();
    port_ = process->port();
    return process;
  }

  int64_t EndOffset(int32_t partition, int8_t isolation_level) {
    protocol::ListOffsetsRequest request{.replica_id = -1, .isolation_level = isolation_level};
    request.topics.push_back({.name = "out", .partitions = {{.partition_index = partition, .timestamp = -1}}});
    return ProtocolClient(port_).Call(request, 5).topics.at(0).partitions.at(0).offset;
  }

  int64_t CommittedPosition(int client) {
    protocol::OffsetFetchRequest request{.group_id = absl::StrCat("g-", client), .require_stable = true};
    request.topics.emplace().push_back({.name = "in", .partition_indexes = {0}});
    const auto response = ProtocolClient(port_).Call(request, 7);
    EXPECT_EQ(response.topics.at(0).partitions.at(0).error_code, protocol::ErrorCode::kNone);
    return response.topics.at(0).partitions.at(0).committed_offset;
  }

  Given ReadAll(const std::string& address) {
    for (int32_t partition = 0; partition < kPartitions; ++partition) {
      EXPECT_EQ(EndOffset(partition, 1), EndOffset(partition, 0)) << "a transaction hangs in partition " << partition;
    }
    Reader reader(address);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!reader.has_reached_all_ends() && std::chrono::steady_clock::now() < deadline) reader.ReadOne();
    EXPECT_TRUE(reader.has_reached_all_ends()) << "not all was read in time";
    return reader.given();
  }

  void CheckClient(int number, const TransactionClient& client, const std::map<int, std::multiset<int>>& found) {
    int last = -1;
    for (const auto& [attempt_number, attempt] : client.attempts()) {
      SCOPED_TRACE(absl::StrCat("client ", number, " transaction ", attempt_number));
      const auto at = found.find(attempt_number);
      const bool is_there = at != found.end();
      const bool should_be_there = attempt.fate == Fate::kUnknown ? is_there : attempt.fate == Fate::kCommitted;
      EXPECT_EQ(is_there, should_be_there);
      ++counts_[attempt.fate];
      if (!is_there) continue;
      last = attempt_number;
      std::multiset<int> whole;
      for (int i = 0; i < attempt.records; ++i) whole.insert(i);
      EXPECT_EQ(at->second, whole);
    }
    EXPECT_EQ(CommittedPosition(number), last) << "the position of client " << number;
  }

  // Of the coordinators' topics, as the broker's log lines tell of them.
  void CountCompactions(const std::string& log_lines) {
    for (const absl::string_view line : absl::StrSplit(log_lines, '\n')) {
      if (absl::StrContains(line, "compacted __")) ++compactions_;
    }
  }

  TestDirectory directory_;
  uint16_t port_ = 0;
  std::map<Fate, int> counts_;
  int compactions_ = 0;
};

TEST_F(TransactionCrashTest, KillNineLeavesEveryTransactionWholeOrGone) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  std::unique_ptr<BrokerProcess> process = StartBroker();
  const std::string address = process->address();
  {
    RdkafkaProducer first(address);
    first.Produce("in", "", "the topic is there", 0);
    first.Produce("out", "", absl::StrCat(kClients, ":0:0"), 0);  // of none of the clients
    ASSERT_TRUE(first.Flush());
  }
  std::vector<std::unique_ptr<TransactionClient>> clients;
  std::vector<std::thread> threads;
  for (int i = 0; i < kClients; ++i) {
    clients.push_back(std::make_unique<TransactionClient>(i, address, seed + static_cast<uint32_t>(i)));
    threads.emplace_back([client = clients.back().get()] { client->Run(); });
  }
  std::atomic<bool> is_over = false;
  Reader reader(address);
  std::thread reading([&] {
    while (!is_over) reader.ReadOne();
  });

  const uint64_t rounds = FromEnvironment("MILLRACE_CRASH_ROUNDS", 5);
  for (uint64_t round = 0; round < rounds; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(300 + random() % 900));
    process->Kill();
    CountCompactions(process->ReadErrors());
    process = StartBroker();
  }
  for (const auto& client : clients) client->Stop();
  for (std::thread& thread : threads) thread.join();
  is_over = true;
  reading.join();

  const Given all = ReadAll(address);
  std::map<int, std::map<int, std::multiset<int>>> found;  // by client and transaction
  for (const auto& [partition, records] : all) {
    for (const auto& [offset, value] : records) {
      const std::vector<std::string> parts = absl::StrSplit(value, ':');
      found[std::stoi(parts.at(0))][std::stoi(parts.at(1))].insert(std::stoi(parts.at(2)));
    }
    const auto& given = reader.given().at(partition);
    ASSERT_LE(given.size(), records.size());
    EXPECT_TRUE(std::equal(given.begin(), given.end(), records.begin())) << "partition " << partition;
  }
  int restarts = 0;
  for (int i = 0; i < kClients; ++i) {
    CheckClient(i, *clients[static_cast<size_t>(i)], found[i]);
    restarts += clients[static_cast<size_t>(i)]->restarts();
  }
  EXPECT_GT(counts_[Fate::kCommitted], 0);
  EXPECT_GT(counts_[Fate::kAborted], 0);
  RecordProperty("committed", counts_[Fate::kCommitted]);
  RecordProperty("aborted", counts_[Fate::kAborted]);
  RecordProperty("unknown", counts_[Fate::kUnknown]);
  EXPECT_GT(compactions_, 0);
  RecordProperty("client_restarts", restarts);
  RecordProperty("compactions", compactions_);
  EXPECT_EQ(process->Stop(), 0);
}

}  // namespace
}  // namespace millrace::broker
