// An administrator's work through librdkafka.

#include <gtest/gtest.h>

#include <functional>
#include <memory>

#include "rdkafka_client.h"
#include "test_broker.h"

namespace millrace::broker {
namespace {

constexpr int kTimeoutMs = 20'000;

struct DeleteQueue {
  void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
};
struct DeleteEvent {
  void operator()(rd_kafka_event_t* event) const { rd_kafka_event_destroy(event); }
};
using Event = std::unique_ptr<rd_kafka_event_t, DeleteEvent>;

class RdkafkaAdminTest : public BrokerFixture {
 protected:
  void StartClient() {
    Start();
    client_ = std::make_unique<RdkafkaProducer>(address());
  }

  // What the call that `send` makes comes to; null when it takes too long.
  Event Await(const std::function<void(rd_kafka_t*, rd_kafka_queue_t*)>& send) {
    const std::unique_ptr<rd_kafka_queue_t, DeleteQueue> queue(rd_kafka_queue_new(client_->handle()));
    send(client_->handle(), queue.get());
    Event event(rd_kafka_queue_poll(queue.get(), kTimeoutMs));
    EXPECT_NE(event, nullptr);
    if (event != nullptr) {
      EXPECT_EQ(rd_kafka_event_error(event.get()), RD_KAFKA_RESP_ERR_NO_ERROR)
          << rd_kafka_event_error_string(event.get());
    }
    return event;
  }

  std::unique_ptr<RdkafkaProducer> client_;
};

TEST_F(RdkafkaAdminTest, DeletesTheOffsetsOfAGroup) {
  StartClient();
  client_->Produce("t", "k", "v", 0);
  ASSERT_TRUE(client_->Flush());
  {
    RdkafkaConsumer consumer(address(), "g", {{"auto.offset.reset", "earliest"}});
    consumer.Subscribe({"t"});
    ASSERT_EQ(consumer.Consume(1).size(), 1u);
    ASSERT_EQ(consumer.CommitSync(), RD_KAFKA_RESP_ERR_NO_ERROR);
  }
  const Event event = Await([](rd_kafka_t* client, rd_kafka_queue_t* queue) {
    rd_kafka_topic_partition_list_t* partitions = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(partitions, "t", 0);
    rd_kafka_DeleteConsumerGroupOffsets_t* request = rd_kafka_DeleteConsumerGroupOffsets_new("g", partitions);
    rd_kafka_DeleteConsumerGroupOffsets(client, &request, 1, nullptr, queue);
    rd_kafka_DeleteConsumerGroupOffsets_destroy(request);
    rd_kafka_topic_partition_list_destroy(partitions);
  });
  ASSERT_NE(event, nullptr);
  size_t count = 0;
  const rd_kafka_group_result_t** groups = rd_kafka_DeleteConsumerGroupOffsets_result_groups(
      rd_kafka_event_DeleteConsumerGroupOffsets_result(event.get()), &count);
  ASSERT_EQ(count, 1u);
  EXPECT_EQ(rd_kafka_group_result_error(groups[0]), nullptr);
  EXPECT_EQ(rd_kafka_group_result_partitions(groups[0])->elems[0].err, RD_KAFKA_RESP_ERR_NO_ERROR);
  RdkafkaConsumer again(address(), "g", {{"auto.offset.reset", "earliest"}});
  again.Subscribe({"t"});
  EXPECT_EQ(again.Consume(1).size(), 1u) << "it begins anew";
}

TEST_F(RdkafkaAdminTest, ReadsTheSettingsOfTheBroker) {
  StartClient();
  const Event event = Await([](rd_kafka_t* client, rd_kafka_queue_t* queue) {
    rd_kafka_ConfigResource_t* resource = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_BROKER, "1");
    rd_kafka_DescribeConfigs(client, &resource, 1, nullptr, queue);
    rd_kafka_ConfigResource_destroy(resource);
  });
  ASSERT_NE(event, nullptr);
  size_t count = 0;
  const rd_kafka_ConfigResource_t** resources =
      rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event.get()), &count);
  ASSERT_EQ(count, 1u);
  EXPECT_EQ(rd_kafka_ConfigResource_error(resources[0]), RD_KAFKA_RESP_ERR_NO_ERROR);
  const rd_kafka_ConfigEntry_t** entries = rd_kafka_ConfigResource_configs(resources[0], &count);
  EXPECT_GT(count, 20u);
  for (size_t i = 0; i < count; ++i) EXPECT_EQ(rd_kafka_ConfigEntry_is_read_only(entries[i]), 1);
}

}  // namespace
}  // namespace millrace::broker
