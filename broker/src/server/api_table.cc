#include "server/api_table.h"

#include <algorithm>
#include <utility>

#include "handlers/handlers.h"
#include "millrace/base/status_macros.h"
#include "millrace/protocol/codec.h"

namespace millrace::broker {
namespace {

template <protocol::Request R, void (*Handle)(Services&, PendingRequest, R)>
absl::Status DecodeAndHandle(Services& services, PendingRequest pending, std::string_view body) {
  R request;
  const absl::Status decoded = protocol::DecodeFront(body, pending.version(), &request);
  if (!decoded.ok()) {
    pending.Disconnect();
    return decoded;
  }
  Handle(services, std::move(pending), std::move(request));
  return absl::OkStatus();
}

template <protocol::Request R, void (*Handle)(Services&, PendingRequest, R)>
constexpr ServedApi Serve(int16_t min_version, int16_t max_version, std::string_view notes = {}) {
  return {
      .key = R::kApiKey, .versions = {min_version, max_version}, .handle = &DecodeAndHandle<R, Handle>, .notes = notes};
}

constexpr ServedApi kServedApis[] = {
    Serve<protocol::ProduceRequest, &HandleProduce>(
        0, 11, "Versions 0-2 carry older message formats, which are converted up."),
    Serve<protocol::FetchRequest, &HandleFetch>(
        0, 17, "Versions 0-3 get older message formats, converted down; batches in zstd are refused there."),
    Serve<protocol::ListOffsetsRequest, &HandleListOffsets>(
        0, 9, "The special times -1 to -5; -4 (earliest local) is the log start, -5 (latest tiered) finds nothing."),
    Serve<protocol::MetadataRequest, &HandleMetadata>(
        0, 12, "One broker, which leads every partition in epoch 0 and is the controller."),
    Serve<protocol::OffsetCommitRequest, &HandleOffsetCommit>(0, 9),
    Serve<protocol::OffsetFetchRequest, &HandleOffsetFetch>(0, 9),
    Serve<protocol::FindCoordinatorRequest, &HandleFindCoordinator>(
        0, 6, "Groups and transactional ids; other keys are refused with INVALID_REQUEST."),
    Serve<protocol::JoinGroupRequest, &HandleJoinGroup>(0, 9),
    Serve<protocol::HeartbeatRequest, &HandleHeartbeat>(0, 4),
    Serve<protocol::LeaveGroupRequest, &HandleLeaveGroup>(0, 5),
    Serve<protocol::SyncGroupRequest, &HandleSyncGroup>(0, 5),
    Serve<protocol::DescribeGroupsRequest, &HandleDescribeGroups>(0, 5),
    Serve<protocol::ListGroupsRequest, &HandleListGroups>(0, 5, "All groups are of the type classic."),
    Serve<protocol::ApiVersionsRequest, &HandleApiVersions>(
        0, 4, "A newer version is answered in version 0 with UNSUPPORTED_VERSION and the range of this API."),
    Serve<protocol::CreateTopicsRequest, &HandleCreateTopics>(
        0, 7, "Replication factor 1, or -1 for the default, which is 1."),
    Serve<protocol::DeleteTopicsRequest, &HandleDeleteTopics>(0, 6),
    Serve<protocol::DeleteRecordsRequest, &HandleDeleteRecords>(0, 2),
    Serve<protocol::InitProducerIdRequest, &HandleInitProducerId>(0, 5),
    Serve<protocol::OffsetForLeaderEpochRequest, &HandleOffsetForLeaderEpoch>(0, 4),
    Serve<protocol::AddPartitionsToTxnRequest, &HandleAddPartitionsToTxn>(
        0, 5, "From version 4 on in the form that brokers use, which clients may use too."),
    Serve<protocol::AddOffsetsToTxnRequest, &HandleAddOffsetsToTxn>(0, 4),
    Serve<protocol::EndTxnRequest, &HandleEndTxn>(0, 4,
                                                  "Answered once the outcome is on the disk; the markers follow."),
    Serve<protocol::WriteTxnMarkersRequest, &HandleWriteTxnMarkers>(
        0, 1, "The broker's own markers do not need it; it is for administrators."),
    Serve<protocol::TxnOffsetCommitRequest, &HandleTxnOffsetCommit>(0, 4),
    Serve<protocol::DescribeConfigsRequest, &HandleDescribeConfigs>(
        0, 4,
        "Topics and this broker, whose settings are all read-only. Loggers, client metrics and groups have none."),
    Serve<protocol::AlterConfigsRequest, &HandleAlterConfigs>(
        0, 2, "Topics. Settings of the broker are given when it is started: INVALID_REQUEST."),
    Serve<protocol::DescribeLogDirsRequest, &HandleDescribeLogDirs>(0, 4, "One directory, the data directory."),
    Serve<protocol::CreatePartitionsRequest, &HandleCreatePartitions>(
        0, 3,
        "__consumer_offsets and __transaction_state do not grow, since what they keep would change its partition: "
        "INVALID_REQUEST."),
    Serve<protocol::DeleteGroupsRequest, &HandleDeleteGroups>(0, 2),
    Serve<protocol::ElectLeadersRequest, &HandleElectLeaders>(0, 2,
                                                              "The only replica leads already: ELECTION_NOT_NEEDED."),
    Serve<protocol::IncrementalAlterConfigsRequest, &HandleIncrementalAlterConfigs>(0, 1, "As AlterConfigs."),
    Serve<protocol::OffsetDeleteRequest, &HandleOffsetDelete>(0, 0),
    Serve<protocol::DescribeClusterRequest, &HandleDescribeCluster>(0, 1),
    Serve<protocol::DescribeProducersRequest, &HandleDescribeProducers>(0, 0),
    Serve<protocol::DescribeTransactionsRequest, &HandleDescribeTransactions>(0, 0),
    Serve<protocol::ListTransactionsRequest, &HandleListTransactions>(0, 1),
    Serve<protocol::DescribeTopicPartitionsRequest, &HandleDescribeTopicPartitions>(0, 0),
};

constexpr std::string_view kSasl = "There is no authentication; listen where only trusted clients reach.";
constexpr std::string_view kAcls = "There is no authorizer; every client may do everything.";
constexpr std::string_view kOneBroker =
    "For the brokers and controllers of a cluster among each other; this one is alone.";
constexpr std::string_view kQuorum = "There is no controller quorum.";
constexpr std::string_view kReassignments =
    "There is one replica of each partition and one directory: nothing to move.";
constexpr std::string_view kQuotas = "There are no quotas; no request is throttled.";
constexpr std::string_view kNewGroups =
    "Groups use the classic protocol. Consumers that are set to group.protocol=consumer are told so by its absence.";
constexpr std::string_view kTelemetry = "The broker does not collect its clients' metrics.";
constexpr std::string_view kShareGroups =
    "Share groups are an early access feature of Kafka 3.9, off by default there.";

constexpr OmittedApi kOmittedApis[] = {
    {4, "LeaderAndIsr", kOneBroker},
    {5, "StopReplica", kOneBroker},
    {6, "UpdateMetadata", kOneBroker},
    {7, "ControlledShutdown", kOneBroker},
    {17, "SaslHandshake", kSasl},
    {29, "DescribeAcls", kAcls},
    {30, "CreateAcls", kAcls},
    {31, "DeleteAcls", kAcls},
    {34, "AlterReplicaLogDirs", kReassignments},
    {36, "SaslAuthenticate", kSasl},
    {38, "CreateDelegationToken", kSasl},
    {39, "RenewDelegationToken", kSasl},
    {40, "ExpireDelegationToken", kSasl},
    {41, "DescribeDelegationToken", kSasl},
    {45, "AlterPartitionReassignments", kReassignments},
    {46, "ListPartitionReassignments", kReassignments},
    {48, "DescribeClientQuotas", kQuotas},
    {49, "AlterClientQuotas", kQuotas},
    {50, "DescribeUserScramCredentials", kSasl},
    {51, "AlterUserScramCredentials", kSasl},
    {52, "Vote", kOneBroker},
    {53, "BeginQuorumEpoch", kOneBroker},
    {54, "EndQuorumEpoch", kOneBroker},
    {55, "DescribeQuorum", kQuorum},
    {56, "AlterPartition", kOneBroker},
    {57, "UpdateFeatures", kQuorum},
    {58, "Envelope", kOneBroker},
    {59, "FetchSnapshot", kOneBroker},
    {62, "BrokerRegistration", kOneBroker},
    {63, "BrokerHeartbeat", kOneBroker},
    {64, "UnregisterBroker", kQuorum},
    {67, "AllocateProducerIds", kOneBroker},
    {68, "ConsumerGroupHeartbeat", kNewGroups},
    {69, "ConsumerGroupDescribe", kNewGroups},
    {70, "ControllerRegistration", kOneBroker},
    {71, "GetTelemetrySubscriptions", kTelemetry},
    {72, "PushTelemetry", kTelemetry},
    {73, "AssignReplicasToDirs", kOneBroker},
    {74, "ListClientMetricsResources", kTelemetry},
    {76, "ShareGroupHeartbeat", kShareGroups},
    {77, "ShareGroupDescribe", kShareGroups},
    {78, "ShareFetch", kShareGroups},
    {79, "ShareAcknowledge", kShareGroups},
    {80, "AddRaftVoter", kQuorum},
    {81, "RemoveRaftVoter", kQuorum},
    {82, "UpdateRaftVoter", kQuorum},
};

}  // namespace

absl::Span<const OmittedApi> OmittedApis() { return kOmittedApis; }

absl::Span<const ServedApi> ServedApis() { return kServedApis; }

const ServedApi* FindServedApi(protocol::ApiKey key) {
  const auto* found = std::find_if(std::begin(kServedApis), std::end(kServedApis),
                                   [key](const ServedApi& api) { return api.key == key; });
  return found == std::end(kServedApis) ? nullptr : found;
}

}  // namespace millrace::broker
