#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "log/append_result.h"
#include "millrace/protocol/messages/produce.h"
#include "server/services.h"
#include "txn/request_gate.h"

namespace millrace::broker {

// The appends of one Produce request: what was said to each of its partitions, and what still has to reach the disk.
// Requests of one connection append in their order, on the connection's thread. Confined to it.
class ProduceAppends {
 public:
  using PartitionResponse = protocol::ProduceResponse::PartitionProduceResponse;

  // A partition that took its batch, and the offset up to which it must be durable; where its answer stands.
  struct Appended {
    std::shared_ptr<Partition> partition;
    int64_t durable_at;
    size_t topic_index;
    size_t partition_index;
  };

  ProduceAppends(Services* services, const protocol::ProduceRequest* request, int16_t version);
  // In the order of the request.
  void Run();

  protocol::ProduceResponse& response() { return response_; }
  std::vector<Appended>& appended() { return appended_; }
  bool any_refused() const { return any_refused_; }
  // Whether a topic wants these records on the disk whatever `acks` says (flush.messages, flush.ms).
  bool flushes() const { return flushes_; }

  static PartitionResponse Refused(int32_t index, protocol::ErrorCode error, std::string message);
  // Clients before version 4 do not know of storage errors: they are told to look for another leader.
  static protocol::ErrorCode ErrorInVersion(protocol::ErrorCode error, int16_t version);

 private:
  using PartitionRequest = protocol::ProduceRequest::PartitionProduceData;

  PartitionResponse Append(const Topic* topic, const std::string& topic_name, const PartitionRequest& data,
                           size_t topic_index);
  PartitionResponse FromAppend(int32_t index, AppendResult result) const;

  Services& services_;
  const protocol::ProduceRequest& request_;
  const int16_t version_;
  // What transactional batches are checked by; nullopt: the request is of none, or nothing is to be checked.
  std::optional<RequestGate> gate_;
  protocol::ProduceResponse response_;
  std::vector<Appended> appended_;
  bool any_refused_ = false;
  bool flushes_ = false;
};

}  // namespace millrace::broker
