#pragma once

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace millrace::broker {

struct ConsumedRecord {
  std::string topic;
  int32_t partition = 0;
  int64_t offset = 0;
  std::string key;
  std::string value;
};

struct ProducedRecord {
  std::string value;
  int32_t partition = -1;
  int64_t offset = -1;
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
};

using RdkafkaConfig = std::map<std::string, std::string>;

// A librdkafka producer that remembers what became of each record.
class RdkafkaProducer {
 public:
  RdkafkaProducer(const std::string& bootstrap, const RdkafkaConfig& config = {});
  ~RdkafkaProducer();

  void Produce(const std::string& topic, const std::string& key, const std::string& value, int32_t partition = -1);
  // Serves delivery reports for a while without waiting for more.
  void Poll(int timeout_ms);
  // Waits until all records are settled; false when that takes longer.
  bool Flush(int timeout_ms = 30'000);
  // In the order of their reports.
  const std::vector<ProducedRecord>& reports() const { return reports_; }
  rd_kafka_t* handle() { return handle_; }

 private:
  static void OnReport(rd_kafka_t* handle, const rd_kafka_message_t* message, void* opaque);

  rd_kafka_t* handle_ = nullptr;
  std::vector<ProducedRecord> reports_;
};

class RdkafkaConsumer {
 public:
  RdkafkaConsumer(const std::string& bootstrap, const std::string& group, const RdkafkaConfig& config = {});
  // Leaves the group.
  ~RdkafkaConsumer();

  void Subscribe(const std::vector<std::string>& topics);
  // Records until there are `count`, or `timeout_ms` is over.
  std::vector<ConsumedRecord> Consume(size_t count, int timeout_ms = 30'000);
  rd_kafka_resp_err_t CommitSync();
  rd_kafka_t* handle() { return handle_; }

 private:
  rd_kafka_t* handle_ = nullptr;
};

}  // namespace millrace::broker
