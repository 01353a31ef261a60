#include "protocol/any_message.h"

#include <algorithm>

#include "millrace/protocol/internal/consumer_offsets.h"
#include "millrace/protocol/internal/consumer_protocol.h"
#include "millrace/protocol/internal/transaction_state.h"
#include "millrace/protocol/messages/add_offsets_to_txn.h"
#include "millrace/protocol/messages/add_partitions_to_txn.h"
#include "millrace/protocol/messages/alter_client_quotas.h"
#include "millrace/protocol/messages/alter_configs.h"
#include "millrace/protocol/messages/alter_partition_reassignments.h"
#include "millrace/protocol/messages/alter_replica_log_dirs.h"
#include "millrace/protocol/messages/alter_user_scram_credentials.h"
#include "millrace/protocol/messages/api_versions.h"
#include "millrace/protocol/messages/consumer_group_describe.h"
#include "millrace/protocol/messages/consumer_group_heartbeat.h"
#include "millrace/protocol/messages/create_acls.h"
#include "millrace/protocol/messages/create_partitions.h"
#include "millrace/protocol/messages/create_topics.h"
#include "millrace/protocol/messages/delete_acls.h"
#include "millrace/protocol/messages/delete_groups.h"
#include "millrace/protocol/messages/delete_records.h"
#include "millrace/protocol/messages/delete_topics.h"
#include "millrace/protocol/messages/describe_acls.h"
#include "millrace/protocol/messages/describe_client_quotas.h"
#include "millrace/protocol/messages/describe_cluster.h"
#include "millrace/protocol/messages/describe_configs.h"
#include "millrace/protocol/messages/describe_groups.h"
#include "millrace/protocol/messages/describe_log_dirs.h"
#include "millrace/protocol/messages/describe_producers.h"
#include "millrace/protocol/messages/describe_quorum.h"
#include "millrace/protocol/messages/describe_topic_partitions.h"
#include "millrace/protocol/messages/describe_transactions.h"
#include "millrace/protocol/messages/describe_user_scram_credentials.h"
#include "millrace/protocol/messages/elect_leaders.h"
#include "millrace/protocol/messages/end_txn.h"
#include "millrace/protocol/messages/fetch.h"
#include "millrace/protocol/messages/find_coordinator.h"
#include "millrace/protocol/messages/get_telemetry_subscriptions.h"
#include "millrace/protocol/messages/heartbeat.h"
#include "millrace/protocol/messages/incremental_alter_configs.h"
#include "millrace/protocol/messages/init_producer_id.h"
#include "millrace/protocol/messages/join_group.h"
#include "millrace/protocol/messages/leave_group.h"
#include "millrace/protocol/messages/list_groups.h"
#include "millrace/protocol/messages/list_offsets.h"
#include "millrace/protocol/messages/list_partition_reassignments.h"
#include "millrace/protocol/messages/list_transactions.h"
#include "millrace/protocol/messages/metadata.h"
#include "millrace/protocol/messages/offset_commit.h"
#include "millrace/protocol/messages/offset_delete.h"
#include "millrace/protocol/messages/offset_fetch.h"
#include "millrace/protocol/messages/offset_for_leader_epoch.h"
#include "millrace/protocol/messages/produce.h"
#include "millrace/protocol/messages/push_telemetry.h"
#include "millrace/protocol/messages/sasl_authenticate.h"
#include "millrace/protocol/messages/sasl_handshake.h"
#include "millrace/protocol/messages/sync_group.h"
#include "millrace/protocol/messages/txn_offset_commit.h"
#include "millrace/protocol/messages/unregister_broker.h"
#include "millrace/protocol/messages/write_txn_markers.h"
#include "protocol/unserved_records.h"

namespace millrace::protocol {
namespace {

template <class... Requests>
std::vector<AnyMessage> RequestsAndResponses() {
  std::vector<AnyMessage> all;
  (all.insert(all.end(), {AnyMessageOf<Requests>(), AnyMessageOf<typename Requests::Response>()}), ...);
  return all;
}

template <class... Messages>
void AddTo(std::vector<AnyMessage>* all) {
  (all->push_back(AnyMessageOf<Messages>()), ...);
}

std::vector<AnyMessage> MakeAll() {
  std::vector<AnyMessage> all = RequestsAndResponses<
      AddOffsetsToTxnRequest, AddPartitionsToTxnRequest, AlterClientQuotasRequest, AlterConfigsRequest,
      AlterPartitionReassignmentsRequest, AlterReplicaLogDirsRequest, AlterUserScramCredentialsRequest,
      ApiVersionsRequest, ConsumerGroupDescribeRequest, ConsumerGroupHeartbeatRequest, CreateAclsRequest,
      CreatePartitionsRequest, CreateTopicsRequest, DeleteAclsRequest, DeleteGroupsRequest, DeleteRecordsRequest,
      DeleteTopicsRequest, DescribeAclsRequest, DescribeClientQuotasRequest, DescribeClusterRequest,
      DescribeConfigsRequest, DescribeGroupsRequest, DescribeLogDirsRequest, DescribeProducersRequest,
      DescribeQuorumRequest, DescribeTopicPartitionsRequest, DescribeTransactionsRequest,
      DescribeUserScramCredentialsRequest, ElectLeadersRequest, EndTxnRequest, FetchRequest, FindCoordinatorRequest,
      GetTelemetrySubscriptionsRequest, HeartbeatRequest, IncrementalAlterConfigsRequest, InitProducerIdRequest,
      JoinGroupRequest, LeaveGroupRequest, ListGroupsRequest, ListOffsetsRequest, ListPartitionReassignmentsRequest,
      ListTransactionsRequest, MetadataRequest, OffsetCommitRequest, OffsetDeleteRequest, OffsetFetchRequest,
      OffsetForLeaderEpochRequest, ProduceRequest, PushTelemetryRequest, SaslAuthenticateRequest, SaslHandshakeRequest,
      SyncGroupRequest, TxnOffsetCommitRequest, UnregisterBrokerRequest, WriteTxnMarkersRequest>();
  AddTo<OffsetCommitKey, OffsetCommitValue, GroupMetadataKey, GroupMetadataValue, TransactionLogKey,
        TransactionLogValue, ConsumerProtocolSubscription, ConsumerProtocolAssignment, ConsumerGroupMetadataKey,
        ConsumerGroupMetadataValue, ShareGroupMetadataKey, ShareGroupMetadataValue, DefaultPrincipalData>(&all);
  return all;
}

}  // namespace

const std::vector<AnyMessage>& AllMessages() {
  static const std::vector<AnyMessage>& all = *new std::vector<AnyMessage>(MakeAll());
  return all;
}

const AnyMessage* FindMessage(std::string_view name) {
  const auto found = std::find_if(AllMessages().begin(), AllMessages().end(),
                                  [name](const AnyMessage& message) { return message.type.name == name; });
  return found != AllMessages().end() ? &*found : nullptr;
}

}  // namespace millrace::protocol
