#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "absl/types/span.h"
#include "millrace/protocol/version_range.h"

namespace millrace::protocol {

// What a request asks for; the numbers are Kafka's. A peer may send numbers that are not listed here.
enum class ApiKey : int16_t {
  kProduce = 0,
  kFetch = 1,
  kListOffsets = 2,
  kMetadata = 3,
  kOffsetCommit = 8,
  kOffsetFetch = 9,
  kFindCoordinator = 10,
  kJoinGroup = 11,
  kHeartbeat = 12,
  kLeaveGroup = 13,
  kSyncGroup = 14,
  kDescribeGroups = 15,
  kListGroups = 16,
  kSaslHandshake = 17,
  kApiVersions = 18,
  kCreateTopics = 19,
  kDeleteTopics = 20,
  kDeleteRecords = 21,
  kInitProducerId = 22,
  kOffsetForLeaderEpoch = 23,
  kAddPartitionsToTxn = 24,
  kAddOffsetsToTxn = 25,
  kEndTxn = 26,
  kWriteTxnMarkers = 27,
  kTxnOffsetCommit = 28,
  kDescribeAcls = 29,
  kCreateAcls = 30,
  kDeleteAcls = 31,
  kDescribeConfigs = 32,
  kAlterConfigs = 33,
  kAlterReplicaLogDirs = 34,
  kDescribeLogDirs = 35,
  kSaslAuthenticate = 36,
  kCreatePartitions = 37,
  kDeleteGroups = 42,
  kElectLeaders = 43,
  kIncrementalAlterConfigs = 44,
  kAlterPartitionReassignments = 45,
  kListPartitionReassignments = 46,
  kOffsetDelete = 47,
  kDescribeClientQuotas = 48,
  kAlterClientQuotas = 49,
  kDescribeUserScramCredentials = 50,
  kAlterUserScramCredentials = 51,
  kDescribeQuorum = 55,
  kDescribeCluster = 60,
  kDescribeProducers = 61,
  kUnregisterBroker = 64,
  kDescribeTransactions = 65,
  kListTransactions = 66,
  kConsumerGroupHeartbeat = 68,
  kConsumerGroupDescribe = 69,
  kGetTelemetrySubscriptions = 71,
  kPushTelemetry = 72,
  kDescribeTopicPartitions = 75,
};

// For `flexible_since`: no version has compact lengths and tagged fields.
inline constexpr int16_t kNeverFlexible = std::numeric_limits<int16_t>::max();

// What the codec knows of an API. Immutable.
struct Api {
  ApiKey key;
  const char* name;
  VersionRange versions;   // those that Decode() and Encode() take
  int16_t flexible_since;  // the first version with compact lengths and tagged fields

  // Of the header in front of the body. Right also for versions above the known ones, whose requests a broker must be
  // able to answer.
  int16_t RequestHeaderVersion(int16_t version) const { return version >= flexible_since ? 2 : 1; }
  int16_t ResponseHeaderVersion(int16_t version) const;
};

// Every API, in ascending order of the key.
absl::Span<const Api> AllApis();

// Null for a key that is not listed.
const Api* FindApi(ApiKey key);

// Kafka's name, "Fetch"; "Api999" for a number that is not listed.
std::string ApiName(ApiKey key);

}  // namespace millrace::protocol
