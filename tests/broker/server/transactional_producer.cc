#include "transactional_producer.h"

#include <utility>

namespace millrace::broker {
namespace {

constexpr int kTimeoutMs = 30'000;

RdkafkaConfig WithId(RdkafkaConfig config, const std::string& id) {
  config["transactional.id"] = id;
  config.try_emplace("linger.ms", "0");
  return config;
}

}  // namespace

TransactionalProducer::TransactionalProducer(const std::string& address, const std::string& id, RdkafkaConfig config)
    : producer_(address, WithId(std::move(config), id)) {}

std::string TransactionalProducer::Outcome(rd_kafka_error_t* error) {
  must_abort_ = error != nullptr && rd_kafka_error_txn_requires_abort(error) != 0;
  may_ask_again_ = error != nullptr && rd_kafka_error_is_retriable(error) != 0;
  if (error == nullptr) return "OK";
  std::string name = rd_kafka_error_name(error);
  rd_kafka_error_destroy(error);
  return name;
}

std::string TransactionalProducer::Init() { return Outcome(rd_kafka_init_transactions(handle(), kTimeoutMs)); }
std::string TransactionalProducer::Begin() { return Outcome(rd_kafka_begin_transaction(handle())); }
std::string TransactionalProducer::Commit() { return Outcome(rd_kafka_commit_transaction(handle(), kTimeoutMs)); }
std::string TransactionalProducer::Abort() { return Outcome(rd_kafka_abort_transaction(handle(), kTimeoutMs)); }

void TransactionalProducer::Produce(const std::string& topic, const std::string& value, int32_t partition) {
  producer_.Produce(topic, "k", value, partition);
}

std::string TransactionalProducer::SendOffsets(RdkafkaConsumer* consumer, const std::string& topic,
                                               const Offsets& offsets) {
  return SendOffsets(rd_kafka_consumer_group_metadata(consumer->handle()), topic, offsets);
}

std::string TransactionalProducer::SendOffsets(const std::string& group, const std::string& topic,
                                               const Offsets& offsets) {
  return SendOffsets(rd_kafka_consumer_group_metadata_new(group.c_str()), topic, offsets);
}

std::string TransactionalProducer::SendOffsets(rd_kafka_consumer_group_metadata_t* group, const std::string& topic,
                                               const Offsets& offsets) {
  rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(static_cast<int>(offsets.size()));
  for (const auto& [partition, offset] : offsets) {
    rd_kafka_topic_partition_list_add(list, topic.c_str(), partition)->offset = offset;
  }
  std::string outcome = Outcome(rd_kafka_send_offsets_to_transaction(handle(), list, group, kTimeoutMs));
  rd_kafka_consumer_group_metadata_destroy(group);
  rd_kafka_topic_partition_list_destroy(list);
  return outcome;
}

void TransactionalProducer::Purge() {
  rd_kafka_purge(handle(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  producer_.Flush(10'000);
}

}  // namespace millrace::broker
