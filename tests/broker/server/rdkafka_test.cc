// librdkafka against the broker: what Millrace's own client, and most C and Python clients, stand on.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_cat.h"
#include "rdkafka_client.h"
#include "test_broker.h"

namespace millrace::broker {
namespace {

using testing::SizeIs;

class RdkafkaTest : public BrokerFixture {
 protected:
  std::vector<std::string> Values(const std::vector<ConsumedRecord>& records) {
    std::vector<std::string> values;
    for (const ConsumedRecord& record : records) values.push_back(record.value);
    return values;
  }
  std::vector<std::string> Produce(const std::string& topic, int count, const RdkafkaConfig& config = {}) {
    RdkafkaProducer producer(address(), config);
    std::vector<std::string> values;
    for (int i = 0; i < count; ++i) {
      values.push_back(absl::StrCat("value-", next_value_++));
      producer.Produce(topic, absl::StrCat("key-", i), values.back());
    }
    EXPECT_TRUE(producer.Flush());
    EXPECT_EQ(producer.reports().size(), values.size());
    for (const ProducedRecord& report : producer.reports()) {
      EXPECT_EQ(report.error, RD_KAFKA_RESP_ERR_NO_ERROR) << rd_kafka_err2str(report.error);
    }
    return values;
  }

  int next_value_ = 0;
};

TEST_F(RdkafkaTest, ProducesAndConsumesWithEveryCodecAndEveryAcks) {
  Start();
  for (const char* codec : {"none", "gzip", "snappy", "lz4", "zstd"}) {
    for (const char* acks : {"0", "1", "all"}) {
      const std::string topic = absl::StrCat("t-", codec, "-", acks);
      const std::vector<std::string> values = Produce(topic, 500, {{"compression.codec", codec}, {"acks", acks}});
      RdkafkaConsumer consumer(address(), "g-" + topic);
      consumer.Subscribe({topic});
      EXPECT_EQ(Values(consumer.Consume(values.size())), values) << topic;
    }
  }
}

TEST_F(RdkafkaTest, AnIdempotentProducerKeepsItsOrder) {
  Start();
  const std::vector<std::string> values = Produce("t", 5'000, {{"enable.idempotence", "true"}, {"linger.ms", "0"}});
  RdkafkaConsumer consumer(address(), "g");
  consumer.Subscribe({"t"});
  EXPECT_EQ(Values(consumer.Consume(values.size())), values);
}

TEST_F(RdkafkaTest, ClientsThatTakeTheBrokerForAnOldOneAreServed) {
  Start();
  for (const std::string version : {"0.9.0.1", "0.10.0.1", "0.10.2.1"}) {
    for (const std::string codec : {"none", "gzip", "snappy", "lz4"}) {
      if (version == "0.9.0.1" && codec == "lz4") continue;  // librdkafka sends it from 0.10 on
      SCOPED_TRACE(absl::StrCat(version, " ", codec));
      const RdkafkaConfig old = {{"api.version.request", "false"}, {"broker.version.fallback", version}};
      RdkafkaConfig producing = old;
      producing["compression.codec"] = codec;
      const std::string topic = absl::StrCat("t-", version, "-", codec);
      const std::vector<std::string> values = Produce(topic, 100, producing);
      RdkafkaConsumer consumer(address(), absl::StrCat("old-", topic), old);
      consumer.Subscribe({topic});
      const std::vector<ConsumedRecord> records = consumer.Consume(values.size());
      EXPECT_EQ(Values(records), values);
      EXPECT_EQ(records.empty() ? "" : records[0].key, "key-0");
      RdkafkaConsumer other(address(), absl::StrCat("new-", topic));
      other.Subscribe({topic});
      EXPECT_EQ(Values(other.Consume(values.size())), values);
    }
  }
}

TEST_F(RdkafkaTest, MembersOfAGroupShareThePartitions) {
  Start({{"num.partitions", "4"}});
  Produce("t", 400);
  RdkafkaConsumer first(address(), "g");
  first.Subscribe({"t"});
  EXPECT_THAT(first.Consume(400), SizeIs(400));
  EXPECT_EQ(first.CommitSync(), RD_KAFKA_RESP_ERR_NO_ERROR);
  RdkafkaConsumer second(address(), "g");
  second.Subscribe({"t"});
  std::set<int32_t> of_first;
  std::set<int32_t> of_second;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(40);
  while (of_second.size() < 2 && std::chrono::steady_clock::now() < deadline) {
    of_first.clear();
    Produce("t", 40);
    for (const ConsumedRecord& record : first.Consume(40, 1'000)) of_first.insert(record.partition);
    for (const ConsumedRecord& record : second.Consume(40, 1'000)) of_second.insert(record.partition);
  }
  EXPECT_THAT(of_first, SizeIs(2));
  EXPECT_THAT(of_second, SizeIs(2));
}

TEST_F(RdkafkaTest, CommittedOffsetsAndRecordsSurviveARestart) {
  Start();
  const std::vector<std::string> before = Produce("t", 100);
  {
    RdkafkaConsumer consumer(address(), "g");
    consumer.Subscribe({"t"});
    EXPECT_EQ(Values(consumer.Consume(100)), before);
    EXPECT_EQ(consumer.CommitSync(), RD_KAFKA_RESP_ERR_NO_ERROR);
  }
  Restart();
  const std::vector<std::string> after = Produce("t", 10);
  RdkafkaConsumer consumer(address(), "g");
  consumer.Subscribe({"t"});
  EXPECT_EQ(Values(consumer.Consume(10)), after);
  RdkafkaConsumer other(address(), "other");
  other.Subscribe({"t"});
  EXPECT_THAT(other.Consume(110), SizeIs(110));
}

TEST_F(RdkafkaTest, AConsumerIsWokenByARecordWithoutWaitingOutItsPoll) {
  Start();
  Produce("t", 1);
  RdkafkaConsumer consumer(address(), "g", {{"fetch.wait.max.ms", "20000"}, {"socket.timeout.ms", "60000"}});
  consumer.Subscribe({"t"});
  ASSERT_THAT(consumer.Consume(1), SizeIs(1));
  const auto start = std::chrono::steady_clock::now();
  Produce("t", 1);
  EXPECT_THAT(consumer.Consume(1), SizeIs(1));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

}  // namespace
}  // namespace millrace::broker
