#include "millrace/protocol/api_key.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"

namespace millrace::protocol {
namespace {

constexpr std::array kApis = {
    Api{ApiKey::kProduce, "Produce", {0, 11}, 9},
    Api{ApiKey::kFetch, "Fetch", {0, 17}, 12},
    Api{ApiKey::kListOffsets, "ListOffsets", {0, 9}, 6},
    Api{ApiKey::kMetadata, "Metadata", {0, 12}, 9},
    Api{ApiKey::kOffsetCommit, "OffsetCommit", {0, 9}, 8},
    Api{ApiKey::kOffsetFetch, "OffsetFetch", {0, 9}, 6},
    Api{ApiKey::kFindCoordinator, "FindCoordinator", {0, 6}, 3},
    Api{ApiKey::kJoinGroup, "JoinGroup", {0, 9}, 6},
    Api{ApiKey::kHeartbeat, "Heartbeat", {0, 4}, 4},
    Api{ApiKey::kLeaveGroup, "LeaveGroup", {0, 5}, 4},
    Api{ApiKey::kSyncGroup, "SyncGroup", {0, 5}, 4},
    Api{ApiKey::kDescribeGroups, "DescribeGroups", {0, 5}, 5},
    Api{ApiKey::kListGroups, "ListGroups", {0, 5}, 3},
    Api{ApiKey::kSaslHandshake, "SaslHandshake", {0, 1}, kNeverFlexible},
    Api{ApiKey::kApiVersions, "ApiVersions", {0, 4}, 3},
    Api{ApiKey::kCreateTopics, "CreateTopics", {0, 7}, 5},
    Api{ApiKey::kDeleteTopics, "DeleteTopics", {0, 6}, 4},
    Api{ApiKey::kDeleteRecords, "DeleteRecords", {0, 2}, 2},
    Api{ApiKey::kInitProducerId, "InitProducerId", {0, 5}, 2},
    Api{ApiKey::kOffsetForLeaderEpoch, "OffsetForLeaderEpoch", {0, 4}, 4},
    Api{ApiKey::kAddPartitionsToTxn, "AddPartitionsToTxn", {0, 5}, 3},
    Api{ApiKey::kAddOffsetsToTxn, "AddOffsetsToTxn", {0, 4}, 3},
    Api{ApiKey::kEndTxn, "EndTxn", {0, 4}, 3},
    Api{ApiKey::kWriteTxnMarkers, "WriteTxnMarkers", {0, 1}, 1},
    Api{ApiKey::kTxnOffsetCommit, "TxnOffsetCommit", {0, 4}, 3},
    Api{ApiKey::kDescribeAcls, "DescribeAcls", {0, 3}, 2},
    Api{ApiKey::kCreateAcls, "CreateAcls", {0, 3}, 2},
    Api{ApiKey::kDeleteAcls, "DeleteAcls", {0, 3}, 2},
    Api{ApiKey::kDescribeConfigs, "DescribeConfigs", {0, 4}, 4},
    Api{ApiKey::kAlterConfigs, "AlterConfigs", {0, 2}, 2},
    Api{ApiKey::kAlterReplicaLogDirs, "AlterReplicaLogDirs", {0, 2}, 2},
    Api{ApiKey::kDescribeLogDirs, "DescribeLogDirs", {0, 4}, 2},
    Api{ApiKey::kSaslAuthenticate, "SaslAuthenticate", {0, 2}, 2},
    Api{ApiKey::kCreatePartitions, "CreatePartitions", {0, 3}, 2},
    Api{ApiKey::kDeleteGroups, "DeleteGroups", {0, 2}, 2},
    Api{ApiKey::kElectLeaders, "ElectLeaders", {0, 2}, 2},
    Api{ApiKey::kIncrementalAlterConfigs, "IncrementalAlterConfigs", {0, 1}, 1},
    Api{ApiKey::kAlterPartitionReassignments, "AlterPartitionReassignments", {0, 0}, 0},
    Api{ApiKey::kListPartitionReassignments, "ListPartitionReassignments", {0, 0}, 0},
    Api{ApiKey::kOffsetDelete, "OffsetDelete", {0, 0}, kNeverFlexible},
    Api{ApiKey::kDescribeClientQuotas, "DescribeClientQuotas", {0, 1}, 1},
    Api{ApiKey::kAlterClientQuotas, "AlterClientQuotas", {0, 1}, 1},
    Api{ApiKey::kDescribeUserScramCredentials, "DescribeUserScramCredentials", {0, 0}, 0},
    Api{ApiKey::kAlterUserScramCredentials, "AlterUserScramCredentials", {0, 0}, 0},
    Api{ApiKey::kDescribeQuorum, "DescribeQuorum", {0, 2}, 0},
    Api{ApiKey::kDescribeCluster, "DescribeCluster", {0, 1}, 0},
    Api{ApiKey::kDescribeProducers, "DescribeProducers", {0, 0}, 0},
    Api{ApiKey::kUnregisterBroker, "UnregisterBroker", {0, 0}, 0},
    Api{ApiKey::kDescribeTransactions, "DescribeTransactions", {0, 0}, 0},
    Api{ApiKey::kListTransactions, "ListTransactions", {0, 1}, 0},
    Api{ApiKey::kConsumerGroupHeartbeat, "ConsumerGroupHeartbeat", {0, 0}, 0},
    Api{ApiKey::kConsumerGroupDescribe, "ConsumerGroupDescribe", {0, 0}, 0},
    Api{ApiKey::kGetTelemetrySubscriptions, "GetTelemetrySubscriptions", {0, 0}, 0},
    Api{ApiKey::kPushTelemetry, "PushTelemetry", {0, 0}, 0},
    Api{ApiKey::kDescribeTopicPartitions, "DescribeTopicPartitions", {0, 0}, 0},
};

}  // namespace

int16_t Api::ResponseHeaderVersion(int16_t version) const {
  // A client that does not know the broker's versions yet must find the correlation id of the answer in any case.
  if (key == ApiKey::kApiVersions) return 0;
  return version >= flexible_since ? 1 : 0;
}

absl::Span<const Api> AllApis() { return kApis; }

const Api* FindApi(ApiKey key) {
  const auto* found =
      std::lower_bound(kApis.begin(), kApis.end(), key, [](const Api& api, ApiKey wanted) { return api.key < wanted; });
  return found != kApis.end() && found->key == key ? found : nullptr;
}

std::string ApiName(ApiKey key) {
  const Api* api = FindApi(key);
  return api != nullptr ? api->name : absl::StrCat("Api", static_cast<int16_t>(key));
}

}  // namespace millrace::protocol
