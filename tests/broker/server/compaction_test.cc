// Compaction as clients see it: they write, wait until the topic is small, and read what is left.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <map>
#include <thread>

#include "absl/strings/str_cat.h"
#include "millrace/protocol/messages/offset_commit.h"
#include "millrace/protocol/messages/offset_fetch.h"
#include "protocol_client.h"
#include "rdkafka_client.h"
#include "test_broker.h"

namespace millrace::broker {
namespace {

class CompactionTest : public BrokerFixture {
 protected:
  static Settings EagerSettings() {
    return {{"cleanup.policy", "compact"},
            {"log.cleaner.backoff.ms", "20"},
            {"log.cleaner.min.dirty.bytes", "2000"},
            {"max.compaction.lag.ms", "200"},  // not left to idle time
            {"file.delete.delay.ms", "0"}};
  }

  int64_t BytesOf(const std::string& topic) const {
    int64_t bytes = 0;
    for (const auto& directory : std::filesystem::directory_iterator(directory_.path())) {
      if (directory.path().filename().string().rfind(topic + "-", 0) != 0) continue;
      for (const auto& file : std::filesystem::directory_iterator(directory.path())) {
        std::error_code gone;
        const auto size = std::filesystem::file_size(file.path(), gone);
        if (!gone && file.path().extension() == ".log") bytes += static_cast<int64_t>(size);
      }
    }
    return bytes;
  }
  bool WaitUntilSmallerThan(const std::string& topic, int64_t bytes) const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (BytesOf(topic) >= bytes) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return true;
  }

  struct Found {
    std::map<std::string, std::string> values;  // of each key the last, without those that were deleted
    size_t records = 0;
    bool reached_end = false;
  };
  Found ReadAll(const std::string& topic) const {
    static std::atomic<int> next_group{0};
    RdkafkaConsumer consumer(address(), absl::StrCat("reader-", next_group++), {{"enable.partition.eof", "true"}});
    consumer.Subscribe({topic});
    Found found;
    int64_t last_offset = -1;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!found.reached_end && std::chrono::steady_clock::now() < deadline) {
      rd_kafka_message_t* message = rd_kafka_consumer_poll(consumer.handle(), 50);
      if (message == nullptr) continue;
      if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) found.reached_end = true;
      if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        EXPECT_GT(message->offset, last_offset);
        last_offset = message->offset;
        ++found.records;
        const std::string key(static_cast<const char*>(message->key), message->key_len);
        if (message->payload == nullptr) {
          found.values.erase(key);
        } else {
          found.values[key] = std::string(static_cast<const char*>(message->payload), message->len);
        }
      }
      rd_kafka_message_destroy(message);
    }
    return found;
  }

  static void Delete(RdkafkaProducer* producer, const std::string& topic, const std::string& key) {
    EXPECT_EQ(
        rd_kafka_producev(producer->handle(), RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_KEY(key.data(), key.size()),
                          RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END),
        RD_KAFKA_RESP_ERR_NO_ERROR);
  }
};

TEST_F(CompactionTest, AClientReadsTheLastValueOfEachKeyAndGetsToTheEnd) {
  Start(EagerSettings());
  std::map<std::string, std::string> expected;
  for (const char* codec : {"none", "gzip", "snappy", "lz4", "zstd"}) {
    RdkafkaProducer producer(address(), {{"compression.type", codec}, {"linger.ms", "5"}});
    for (int i = 0; i < 4'000; ++i) {
      const std::string key = absl::StrCat("key-", i % 40);
      expected[key] = absl::StrCat(codec, "-", i, std::string(50, '.'));
      producer.Produce("t", key, expected[key]);
    }
    ASSERT_TRUE(producer.Flush());
  }
  RdkafkaProducer producer(address());
  for (int i = 0; i < 40; i += 4) {
    Delete(&producer, "t", absl::StrCat("key-", i));
    expected.erase(absl::StrCat("key-", i));
  }
  ASSERT_TRUE(producer.Flush());
  ASSERT_TRUE(WaitUntilSmallerThan("t", 12'000)) << BytesOf("t");
  const Found found = ReadAll("t");
  EXPECT_TRUE(found.reached_end);
  EXPECT_EQ(found.values, expected);
  EXPECT_LT(found.records, 200u) << "of 20,010";
  Restart(EagerSettings());
  EXPECT_EQ(ReadAll("t").values, expected);
}

TEST_F(CompactionTest, ReadersAreNotDisturbed) {
  Start(EagerSettings());
  RdkafkaProducer producer(address(), {{"linger.ms", "1"}});
  std::atomic<int> settled{-1};
  std::atomic<bool> done{false};
  std::thread writer([&] {
    for (int round = 0; round < 60; ++round) {
      for (int key = 0; key < 50; ++key) producer.Produce("t", absl::StrCat(key), absl::StrCat(1'000 + round));
      ASSERT_TRUE(producer.Flush());
      settled.store(round);
    }
    done.store(true);
  });
  int reads = 0;
  while (!done.load() || reads < 3) {
    const int settled_before = settled.load();
    if (settled_before < 0) continue;
    const Found found = ReadAll("t");
    ASSERT_TRUE(found.reached_end);
    ASSERT_EQ(found.values.size(), 50u);
    for (const auto& [key, value] : found.values) ASSERT_GE(std::stoi(value), 1'000 + settled_before) << key;
    ++reads;
  }
  writer.join();
}

TEST_F(CompactionTest, CommittedOffsetsStaySmallAndAreThereAfterARestart) {
  const Settings settings = {{"log.cleaner.backoff.ms", "20"},
                             {"log.cleaner.min.dirty.bytes", "20000"},
                             {"log.cleaner.max.compaction.lag.ms", "200"}};
  Start(settings);
  RdkafkaProducer producer(address());
  producer.Produce("t", "k", "v");
  ASSERT_TRUE(producer.Flush());
  const auto commit = [](ProtocolClient* client, int64_t offset) {
    protocol::OffsetCommitRequest request{.group_id = "g"};
    request.topics.push_back({.name = "t", .partitions = {{.partition_index = 0, .committed_offset = offset}}});
    return client->Call(request, 7).topics.at(0).partitions.at(0).error_code;
  };
  {
    ProtocolClient client(port());
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (commit(&client, 0) != protocol::ErrorCode::kNone && std::chrono::steady_clock::now() < deadline) {
    }
    for (int64_t offset = 1; offset <= 1'500; ++offset) {
      ASSERT_EQ(commit(&client, offset), protocol::ErrorCode::kNone);
    }
  }
  EXPECT_TRUE(WaitUntilSmallerThan("__consumer_offsets", 20'500)) << BytesOf("__consumer_offsets");
  Restart(settings);
  protocol::OffsetFetchRequest request{.group_id = "g"};
  request.topics.emplace().push_back({.name = "t", .partition_indexes = {0}});
  EXPECT_EQ(ProtocolClient(port()).Call(request, 7).topics.at(0).partitions.at(0).committed_offset, 1'500);
}

TEST_F(CompactionTest, WithoutTheCleanerNothingIsCompacted) {
  Settings settings = EagerSettings();
  settings["log.cleaner.enable"] = "false";
  Start(settings);
  RdkafkaProducer producer(address());
  for (int i = 0; i < 500; ++i) producer.Produce("t", "key", std::string(100, 'x'));
  ASSERT_TRUE(producer.Flush());
  Restart(settings);  // whatever had been begun would be over
  EXPECT_EQ(ReadAll("t").records, 500u);
}

}  // namespace
}  // namespace millrace::broker
