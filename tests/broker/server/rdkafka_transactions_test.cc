// Exactly-once with librdkafka's transactional producer: commits, aborts, offsets, zombies, timeouts, restarts.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <map>
#include <thread>

#include "absl/strings/str_cat.h"
#include "rdkafka_client.h"
#include "test_broker.h"
#include "transactional_producer.h"

namespace millrace::broker {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr int kTimeoutMs = 30'000;

class RdkafkaTransactionsTest : public BrokerFixture {
 protected:
  // What read_committed (librdkafka's default) sees of a topic, up to its end.
  std::vector<std::string> ReadAll(const std::string& topic, const std::string& isolation = "read_committed",
                                   int32_t partition = 0) {
    RdkafkaConsumer consumer(address(), absl::StrCat("reader-", next_reader_++),
                             {{"isolation.level", isolation}, {"enable.partition.eof", "true"}});
    rd_kafka_topic_partition_list_t* assigned = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(assigned, topic.c_str(), partition)->offset = RD_KAFKA_OFFSET_BEGINNING;
    rd_kafka_assign(consumer.handle(), assigned);
    rd_kafka_topic_partition_list_destroy(assigned);
    std::vector<std::string> values;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(kTimeoutMs);
    for (bool at_end = false; !at_end;) {
      if (std::chrono::steady_clock::now() > deadline) {
        ADD_FAILURE() << "the end of " << topic << " was not reached";
        break;
      }
      rd_kafka_message_t* message = rd_kafka_consumer_poll(consumer.handle(), 100);
      if (message == nullptr) continue;
      at_end = message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
      if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        values.emplace_back(static_cast<const char*>(message->payload), message->len);
      }
      rd_kafka_message_destroy(message);
    }
    return values;
  }

  // -1 when there is none.
  int64_t Committed(const std::string& group, const std::string& topic) {
    RdkafkaConsumer consumer(address(), group);
    rd_kafka_topic_partition_list_t* wanted = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(wanted, topic.c_str(), 0);
    EXPECT_EQ(rd_kafka_committed(consumer.handle(), wanted, kTimeoutMs), RD_KAFKA_RESP_ERR_NO_ERROR);
    EXPECT_EQ(wanted->elems[0].err, RD_KAFKA_RESP_ERR_NO_ERROR);
    const int64_t offset = wanted->elems[0].offset;
    rd_kafka_topic_partition_list_destroy(wanted);
    return offset == RD_KAFKA_OFFSET_INVALID ? -1 : offset;
  }

  void RestartAtTheSameAddress() {
    const std::string listen = address();
    ASSERT_TRUE(broker_->Stop().ok());
    broker_.reset();
    auto broker = Broker::Start({.data_dir = directory_.path(), .listen = listen});
    ASSERT_TRUE(broker.ok()) << broker.status();
    broker_ = *std::move(broker);
  }

  bool Eventually(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(kTimeoutMs);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return true;
  }

  int next_reader_ = 0;
};

TEST_F(RdkafkaTransactionsTest, CommittedRecordsAreReadAndAbortedOnesAreNot) {
  Start();
  TransactionalProducer producer(address(), "tx");
  ASSERT_EQ(producer.Init(), "OK");
  std::vector<std::string> committed;
  std::vector<std::string> all;
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(producer.Begin(), "OK");
    const bool commit = i % 3 != 0;
    for (int j = 0; j < 5; ++j) {
      all.push_back(absl::StrCat(i, ".", j));
      if (commit) committed.push_back(all.back());
      producer.Produce("t", all.back());
    }
    ASSERT_TRUE(producer.Flush());
    ASSERT_EQ(commit ? producer.Commit() : producer.Abort(), "OK") << i;
  }
  EXPECT_EQ(ReadAll("t"), committed);
  EXPECT_EQ(ReadAll("t", "read_uncommitted"), all);
  Restart();
  EXPECT_EQ(ReadAll("t"), committed) << "after a restart";
}

TEST_F(RdkafkaTransactionsTest, ATransactionSpansPartitionsAndTopics) {
  Start({{"num.partitions", "3"}});
  TransactionalProducer producer(address(), "tx");
  ASSERT_EQ(producer.Init(), "OK");
  for (const std::string outcome : {"commit", "abort", "commit"}) {
    ASSERT_EQ(producer.Begin(), "OK");
    for (const std::string topic : {"a", "b"}) {
      for (int32_t partition = 0; partition < 3; ++partition) producer.Produce(topic, outcome, partition);
    }
    ASSERT_EQ(outcome == "commit" ? producer.Commit() : producer.Abort(), "OK");
  }
  for (const std::string topic : {"a", "b"}) {
    for (int32_t partition = 0; partition < 3; ++partition) {
      EXPECT_THAT(ReadAll(topic, "read_committed", partition), ElementsAre("commit", "commit"));
    }
  }
}

TEST_F(RdkafkaTransactionsTest, OpenTransactionsAreNotRead) {
  Start();
  TransactionalProducer producer(address(), "tx");
  ASSERT_EQ(producer.Init(), "OK");
  ASSERT_EQ(producer.Begin(), "OK");
  producer.Produce("t", "open");
  ASSERT_TRUE(producer.Flush());
  EXPECT_THAT(ReadAll("t"), IsEmpty());
  EXPECT_THAT(ReadAll("t", "read_uncommitted"), ElementsAre("open"));
  ASSERT_EQ(producer.Commit(), "OK");
  EXPECT_THAT(ReadAll("t"), ElementsAre("open"));
}

TEST_F(RdkafkaTransactionsTest, OffsetsCountWithTheTransaction) {
  Start();
  RdkafkaProducer input(address());
  for (int i = 0; i < 10; ++i) input.Produce("in", "", absl::StrCat(i));
  ASSERT_TRUE(input.Flush());
  RdkafkaConsumer consumer(address(), "g", {{"enable.auto.commit", "false"}});
  consumer.Subscribe({"in"});
  ASSERT_EQ(consumer.Consume(10).size(), 10u);
  TransactionalProducer producer(address(), "tx");
  ASSERT_EQ(producer.Init(), "OK");

  ASSERT_EQ(producer.Begin(), "OK");
  producer.Produce("out", "a");
  ASSERT_EQ(producer.SendOffsets(&consumer, "in", {{0, 3}}), "OK");
  ASSERT_EQ(producer.Commit(), "OK");
  EXPECT_EQ(Committed("g", "in"), 3);

  ASSERT_EQ(producer.Begin(), "OK");
  producer.Produce("out", "b");
  ASSERT_EQ(producer.SendOffsets(&consumer, "in", {{0, 7}}), "OK");
  ASSERT_EQ(producer.Abort(), "OK");
  EXPECT_EQ(Committed("g", "in"), 3);

  ASSERT_EQ(producer.Begin(), "OK");
  ASSERT_EQ(producer.SendOffsets(&consumer, "in", {{0, 10}}), "OK");
  ASSERT_EQ(producer.Commit(), "OK") << "without a record";
  EXPECT_EQ(Committed("g", "in"), 10);
  EXPECT_THAT(ReadAll("out"), ElementsAre("a"));
  Restart();
  EXPECT_EQ(Committed("g", "in"), 10);
}

TEST_F(RdkafkaTransactionsTest, OffsetsOfAMemberThatIsGoneAreRefused) {
  Start();
  RdkafkaProducer input(address());
  input.Produce("in", "", "1");
  ASSERT_TRUE(input.Flush());
  RdkafkaConsumer consumer(address(), "g");
  consumer.Subscribe({"in"});
  ASSERT_EQ(consumer.Consume(1).size(), 1u);
  rd_kafka_consumer_group_metadata_t* stale =
      rd_kafka_consumer_group_metadata_new_with_genid("g", 99, "nobody", nullptr);
  TransactionalProducer producer(address(), "tx");
  ASSERT_EQ(producer.Init(), "OK");
  ASSERT_EQ(producer.Begin(), "OK");
  producer.Produce("out", "a");
  EXPECT_EQ(producer.SendOffsets(stale, "in", {{0, 1}}), "UNKNOWN_MEMBER_ID");
  ASSERT_EQ(producer.Abort(), "OK");
  EXPECT_EQ(Committed("g", "in"), -1);
}

TEST_F(RdkafkaTransactionsTest, ANewerProducerFencesTheOneBefore) {
  Start();
  TransactionalProducer zombie(address(), "tx");
  ASSERT_EQ(zombie.Init(), "OK");
  ASSERT_EQ(zombie.Begin(), "OK");
  zombie.Produce("t", "of the zombie");
  ASSERT_TRUE(zombie.Flush());

  TransactionalProducer producer(address(), "tx");
  ASSERT_EQ(producer.Init(), "OK") << "aborts what the zombie left open";
  ASSERT_EQ(producer.Begin(), "OK");
  producer.Produce("t", "of the new one");
  ASSERT_EQ(producer.Commit(), "OK");

  EXPECT_EQ(zombie.Commit(), "_FENCED");
  EXPECT_THAT(ReadAll("t"), ElementsAre("of the new one"));
}

TEST_F(RdkafkaTransactionsTest, TheZombieCannotWriteEither) {
  Start();
  TransactionalProducer zombie(address(), "tx");
  ASSERT_EQ(zombie.Init(), "OK");
  ASSERT_EQ(zombie.Begin(), "OK");
  zombie.Produce("t", "in time");
  ASSERT_TRUE(zombie.Flush());
  TransactionalProducer producer(address(), "tx");
  ASSERT_EQ(producer.Init(), "OK");
  zombie.Produce("t", "too late");
  zombie.Flush();
  EXPECT_NE(zombie.LastReport(), RD_KAFKA_RESP_ERR_NO_ERROR);
  EXPECT_THAT(ReadAll("t", "read_uncommitted"), ElementsAre("in time"));
}

TEST_F(RdkafkaTransactionsTest, ATransactionWhoseTimeIsUpIsAborted) {
  Start({{"transaction.abort.timed.out.transaction.cleanup.interval.ms", "50"}});
  TransactionalProducer producer(address(), "tx", {{"transaction.timeout.ms", "1000"}, {"message.timeout.ms", "900"}});
  ASSERT_EQ(producer.Init(), "OK");
  ASSERT_EQ(producer.Begin(), "OK");
  producer.Produce("t", "forgotten");
  ASSERT_TRUE(producer.Flush());
  RdkafkaProducer plain(address());
  plain.Produce("t", "k", "plain");
  ASSERT_TRUE(plain.Flush());
  EXPECT_TRUE(Eventually([this] { return ReadAll("t") == std::vector<std::string>{"plain"}; }));
  EXPECT_NE(producer.Commit(), "OK");
}

TEST_F(RdkafkaTransactionsTest, AProducerGoesOnAfterABrokerRestart) {
  Start();
  TransactionalProducer producer(address(), "tx");
  ASSERT_EQ(producer.Init(), "OK");
  ASSERT_EQ(producer.Begin(), "OK");
  producer.Produce("t", "before");
  ASSERT_TRUE(producer.Flush());
  RestartAtTheSameAddress();
  producer.Produce("t", "after");
  EXPECT_EQ(producer.Commit(), "OK") << "the transaction was open when the broker stopped";
  ASSERT_EQ(producer.Begin(), "OK");
  producer.Produce("t", "next");
  EXPECT_EQ(producer.Commit(), "OK");
  EXPECT_THAT(ReadAll("t"), ElementsAre("before", "after", "next"));
}

TEST_F(RdkafkaTransactionsTest, ATimeoutAboveTheBrokersIsRefused) {
  Start({{"transaction.max.timeout.ms", "5000"}});
  TransactionalProducer producer(address(), "tx", {{"transaction.timeout.ms", "60000"}});
  EXPECT_EQ(producer.Init(), "INVALID_TRANSACTION_TIMEOUT");
}

}  // namespace
}  // namespace millrace::broker
