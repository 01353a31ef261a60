#pragma once

#include <map>
#include <string>

#include "rdkafka_client.h"

namespace millrace::broker {

// librdkafka's transactional producer. Its calls return what they came to: the error's name, or "OK".
class TransactionalProducer {
 public:
  TransactionalProducer(const std::string& address, const std::string& id, RdkafkaConfig config = {});

  std::string Init();
  std::string Begin();
  std::string Commit();
  std::string Abort();
  void Produce(const std::string& topic, const std::string& value, int32_t partition = 0);
  // Offsets by partition, committed with the transaction: for the consumer's member, or for the group without one.
  using Offsets = std::map<int32_t, int64_t>;
  std::string SendOffsets(RdkafkaConsumer* consumer, const std::string& topic, const Offsets& offsets);
  std::string SendOffsets(const std::string& group, const std::string& topic, const Offsets& offsets);
  // Takes over the group's metadata.
  std::string SendOffsets(rd_kafka_consumer_group_metadata_t* group, const std::string& topic, const Offsets& offsets);

  // What the error of the last call asks for.
  bool must_abort() const { return must_abort_; }
  bool may_ask_again() const { return may_ask_again_; }

  bool Flush() { return producer_.Flush(); }
  // Drops what is not sent yet, as a process that dies.
  void Purge();
  rd_kafka_resp_err_t LastReport() { return producer_.reports().back().error; }
  rd_kafka_t* handle() { return producer_.handle(); }

 private:
  std::string Outcome(rd_kafka_error_t* error);

  RdkafkaProducer producer_;
  bool must_abort_ = false;
  bool may_ask_again_ = false;
};

}  // namespace millrace::broker
