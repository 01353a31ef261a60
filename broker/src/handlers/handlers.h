#pragma once

#include "millrace/protocol/messages/add_offsets_to_txn.h"
#include "millrace/protocol/messages/add_partitions_to_txn.h"
#include "millrace/protocol/messages/alter_configs.h"
#include "millrace/protocol/messages/api_versions.h"
#include "millrace/protocol/messages/create_partitions.h"
#include "millrace/protocol/messages/create_topics.h"
#include "millrace/protocol/messages/delete_groups.h"
#include "millrace/protocol/messages/delete_records.h"
#include "millrace/protocol/messages/delete_topics.h"
#include "millrace/protocol/messages/describe_cluster.h"
#include "millrace/protocol/messages/describe_configs.h"
#include "millrace/protocol/messages/describe_groups.h"
#include "millrace/protocol/messages/describe_log_dirs.h"
#include "millrace/protocol/messages/describe_producers.h"
#include "millrace/protocol/messages/describe_topic_partitions.h"
#include "millrace/protocol/messages/describe_transactions.h"
#include "millrace/protocol/messages/elect_leaders.h"
#include "millrace/protocol/messages/end_txn.h"
#include "millrace/protocol/messages/fetch.h"
#include "millrace/protocol/messages/find_coordinator.h"
#include "millrace/protocol/messages/heartbeat.h"
#include "millrace/protocol/messages/incremental_alter_configs.h"
#include "millrace/protocol/messages/init_producer_id.h"
#include "millrace/protocol/messages/join_group.h"
#include "millrace/protocol/messages/leave_group.h"
#include "millrace/protocol/messages/list_groups.h"
#include "millrace/protocol/messages/list_offsets.h"
#include "millrace/protocol/messages/list_transactions.h"
#include "millrace/protocol/messages/metadata.h"
#include "millrace/protocol/messages/offset_commit.h"
#include "millrace/protocol/messages/offset_delete.h"
#include "millrace/protocol/messages/offset_fetch.h"
#include "millrace/protocol/messages/offset_for_leader_epoch.h"
#include "millrace/protocol/messages/produce.h"
#include "millrace/protocol/messages/sync_group.h"
#include "millrace/protocol/messages/txn_offset_commit.h"
#include "millrace/protocol/messages/write_txn_markers.h"
#include "server/pending_request.h"
#include "server/services.h"

// One function an API, one file an API or a small family of them. Each answers its PendingRequest exactly once, now or
// later. They run on the connection's I/O thread and do not wait there.

namespace millrace::broker {

void HandleAddOffsetsToTxn(Services&, PendingRequest, protocol::AddOffsetsToTxnRequest);
void HandleAddPartitionsToTxn(Services&, PendingRequest, protocol::AddPartitionsToTxnRequest);
void HandleAlterConfigs(Services&, PendingRequest, protocol::AlterConfigsRequest);
void HandleApiVersions(Services&, PendingRequest, protocol::ApiVersionsRequest);
void HandleCreatePartitions(Services&, PendingRequest, protocol::CreatePartitionsRequest);
void HandleCreateTopics(Services&, PendingRequest, protocol::CreateTopicsRequest);
void HandleDeleteGroups(Services&, PendingRequest, protocol::DeleteGroupsRequest);
void HandleDeleteRecords(Services&, PendingRequest, protocol::DeleteRecordsRequest);
void HandleDeleteTopics(Services&, PendingRequest, protocol::DeleteTopicsRequest);
void HandleDescribeCluster(Services&, PendingRequest, protocol::DescribeClusterRequest);
void HandleDescribeConfigs(Services&, PendingRequest, protocol::DescribeConfigsRequest);
void HandleDescribeGroups(Services&, PendingRequest, protocol::DescribeGroupsRequest);
void HandleDescribeLogDirs(Services&, PendingRequest, protocol::DescribeLogDirsRequest);
void HandleDescribeProducers(Services&, PendingRequest, protocol::DescribeProducersRequest);
void HandleDescribeTopicPartitions(Services&, PendingRequest, protocol::DescribeTopicPartitionsRequest);
void HandleDescribeTransactions(Services&, PendingRequest, protocol::DescribeTransactionsRequest);
void HandleElectLeaders(Services&, PendingRequest, protocol::ElectLeadersRequest);
void HandleEndTxn(Services&, PendingRequest, protocol::EndTxnRequest);
void HandleFetch(Services&, PendingRequest, protocol::FetchRequest);
void HandleFindCoordinator(Services&, PendingRequest, protocol::FindCoordinatorRequest);
void HandleHeartbeat(Services&, PendingRequest, protocol::HeartbeatRequest);
void HandleIncrementalAlterConfigs(Services&, PendingRequest, protocol::IncrementalAlterConfigsRequest);
void HandleInitProducerId(Services&, PendingRequest, protocol::InitProducerIdRequest);
void HandleJoinGroup(Services&, PendingRequest, protocol::JoinGroupRequest);
void HandleLeaveGroup(Services&, PendingRequest, protocol::LeaveGroupRequest);
void HandleListGroups(Services&, PendingRequest, protocol::ListGroupsRequest);
void HandleListOffsets(Services&, PendingRequest, protocol::ListOffsetsRequest);
void HandleListTransactions(Services&, PendingRequest, protocol::ListTransactionsRequest);
void HandleMetadata(Services&, PendingRequest, protocol::MetadataRequest);
void HandleOffsetCommit(Services&, PendingRequest, protocol::OffsetCommitRequest);
void HandleOffsetDelete(Services&, PendingRequest, protocol::OffsetDeleteRequest);
void HandleOffsetFetch(Services&, PendingRequest, protocol::OffsetFetchRequest);
void HandleOffsetForLeaderEpoch(Services&, PendingRequest, protocol::OffsetForLeaderEpochRequest);
void HandleProduce(Services&, PendingRequest, protocol::ProduceRequest);
void HandleSyncGroup(Services&, PendingRequest, protocol::SyncGroupRequest);
void HandleTxnOffsetCommit(Services&, PendingRequest, protocol::TxnOffsetCommitRequest);
void HandleWriteTxnMarkers(Services&, PendingRequest, protocol::WriteTxnMarkersRequest);

}  // namespace millrace::broker
