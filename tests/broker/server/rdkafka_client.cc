#include "rdkafka_client.h"

#include <gtest/gtest.h>

#include <chrono>

namespace millrace::broker {
namespace {

rd_kafka_t* NewHandle(rd_kafka_type_t type, const std::string& bootstrap, const RdkafkaConfig& config,
                      void (*on_report)(rd_kafka_t*, const rd_kafka_message_t*, void*), void* opaque) {
  char error[512];
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  RdkafkaConfig all = config;
  all["bootstrap.servers"] = bootstrap;
  for (const auto& [name, value] : all) {
    EXPECT_EQ(rd_kafka_conf_set(conf, name.c_str(), value.c_str(), error, sizeof(error)), RD_KAFKA_CONF_OK) << error;
  }
  if (on_report != nullptr) rd_kafka_conf_set_dr_msg_cb(conf, on_report);
  rd_kafka_conf_set_opaque(conf, opaque);
  rd_kafka_t* handle = rd_kafka_new(type, conf, error, sizeof(error));
  EXPECT_NE(handle, nullptr) << error;
  return handle;
}

}  // namespace

RdkafkaProducer::RdkafkaProducer(const std::string& bootstrap, const RdkafkaConfig& config)
    : handle_(NewHandle(RD_KAFKA_PRODUCER, bootstrap, config, &OnReport, this)) {}

RdkafkaProducer::~RdkafkaProducer() { rd_kafka_destroy(handle_); }

void RdkafkaProducer::OnReport(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
  static_cast<RdkafkaProducer*>(opaque)->reports_.push_back(
      {.value = std::string(static_cast<const char*>(message->payload), message->len),
       .partition = message->partition,
       .offset = message->offset,
       .error = message->err});
}

void RdkafkaProducer::Produce(const std::string& topic, const std::string& key, const std::string& value,
                              int32_t partition) {
  rd_kafka_vu_t fields[5] = {};
  fields[0].vtype = RD_KAFKA_VTYPE_TOPIC;
  fields[0].u.cstr = topic.c_str();
  fields[1].vtype = RD_KAFKA_VTYPE_PARTITION;
  fields[1].u.i32 = partition;
  fields[2].vtype = RD_KAFKA_VTYPE_KEY;
  fields[2].u.mem = {const_cast<char*>(key.data()), key.size()};
  fields[3].vtype = RD_KAFKA_VTYPE_VALUE;
  fields[3].u.mem = {const_cast<char*>(value.data()), value.size()};
  fields[4].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  fields[4].u.i = RD_KAFKA_MSG_F_COPY;
  for (;;) {
    rd_kafka_error_t* failure = rd_kafka_produceva(handle_, fields, std::size(fields));
    const rd_kafka_resp_err_t error = rd_kafka_error_code(failure);
    rd_kafka_error_destroy(failure);
    if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
      EXPECT_EQ(error, RD_KAFKA_RESP_ERR_NO_ERROR) << rd_kafka_err2str(error);
      return;
    }
    Poll(10);
  }
}

void RdkafkaProducer::Poll(int timeout_ms) { rd_kafka_poll(handle_, timeout_ms); }

bool RdkafkaProducer::Flush(int timeout_ms) {
  return rd_kafka_flush(handle_, timeout_ms) == RD_KAFKA_RESP_ERR_NO_ERROR;
}

RdkafkaConsumer::RdkafkaConsumer(const std::string& bootstrap, const std::string& group, const RdkafkaConfig& config) {
  RdkafkaConfig all = {{"group.id", group}, {"auto.offset.reset", "earliest"}, {"session.timeout.ms", "6000"}};
  for (const auto& [name, value] : config) all[name] = value;
  handle_ = NewHandle(RD_KAFKA_CONSUMER, bootstrap, all, nullptr, nullptr);
  rd_kafka_poll_set_consumer(handle_);
}

RdkafkaConsumer::~RdkafkaConsumer() {
  rd_kafka_consumer_close(handle_);
  rd_kafka_destroy(handle_);
}

void RdkafkaConsumer::Subscribe(const std::vector<std::string>& topics) {
  rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(static_cast<int>(topics.size()));
  for (const std::string& topic : topics) {
    rd_kafka_topic_partition_list_add(list, topic.c_str(), RD_KAFKA_PARTITION_UA);
  }
  EXPECT_EQ(rd_kafka_subscribe(handle_, list), RD_KAFKA_RESP_ERR_NO_ERROR);
  rd_kafka_topic_partition_list_destroy(list);
}

std::vector<ConsumedRecord> RdkafkaConsumer::Consume(size_t count, int timeout_ms) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  std::vector<ConsumedRecord> records;
  while (records.size() < count && std::chrono::steady_clock::now() < deadline) {
    rd_kafka_message_t* message = rd_kafka_consumer_poll(handle_, 50);
    if (message == nullptr) continue;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      records.push_back({.topic = rd_kafka_topic_name(message->rkt),
                         .partition = message->partition,
                         .offset = message->offset,
                         .key = std::string(static_cast<const char*>(message->key), message->key_len),
                         .value = std::string(static_cast<const char*>(message->payload), message->len)});
    }
    rd_kafka_message_destroy(message);
  }
  return records;
}

rd_kafka_resp_err_t RdkafkaConsumer::CommitSync() { return rd_kafka_commit(handle_, nullptr, /*async=*/0); }

}  // namespace millrace::broker
