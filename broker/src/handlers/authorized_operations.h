#pragma once

#include <cstdint>
#include <initializer_list>

// What a client may do, for those who ask: without an authorizer, everything that the kind of resource has.

namespace millrace::broker {

// Kafka's numbers of the operations; an answer has one bit for each.
enum class AclOperation : uint8_t {
  kRead = 3,
  kWrite = 4,
  kCreate = 5,
  kDelete = 6,
  kAlter = 7,
  kDescribe = 8,
  kClusterAction = 9,
  kDescribeConfigs = 10,
  kAlterConfigs = 11,
  kIdempotentWrite = 12,
};

constexpr int32_t OperationBits(std::initializer_list<AclOperation> operations) {
  int32_t bits = 0;
  for (const AclOperation operation : operations) bits |= 1 << static_cast<int32_t>(operation);
  return bits;
}

inline constexpr int32_t kTopicOperations = OperationBits(
    {AclOperation::kRead, AclOperation::kWrite, AclOperation::kCreate, AclOperation::kDelete, AclOperation::kAlter,
     AclOperation::kDescribe, AclOperation::kDescribeConfigs, AclOperation::kAlterConfigs});
inline constexpr int32_t kGroupOperations =
    OperationBits({AclOperation::kRead, AclOperation::kDelete, AclOperation::kDescribe, AclOperation::kDescribeConfigs,
                   AclOperation::kAlterConfigs});
inline constexpr int32_t kClusterOperations =
    OperationBits({AclOperation::kCreate, AclOperation::kAlter, AclOperation::kDescribe, AclOperation::kClusterAction,
                   AclOperation::kDescribeConfigs, AclOperation::kAlterConfigs, AclOperation::kIdempotentWrite});

}  // namespace millrace::broker
