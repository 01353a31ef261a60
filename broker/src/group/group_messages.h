#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "coordination/step.h"
#include "log/topic_partition.h"
#include "millrace/protocol/error_code.h"

// What goes into the group coordinator and what comes out of it, free of protocol versions: handlers translate.

namespace millrace::broker {

using protocol::ErrorCode;

struct GroupProtocol {
  std::string name;
  std::string metadata;
  bool operator==(const GroupProtocol&) const = default;
};

struct JoinGroup {
  std::string group_id;
  std::string member_id;  // empty: a new member
  std::optional<std::string> instance_id;
  std::string client_id;
  std::string client_host;
  int32_t session_timeout_ms = 0;
  int32_t rebalance_timeout_ms = 0;
  std::string protocol_type;
  std::vector<GroupProtocol> protocols;
  bool member_id_required = false;   // a new member is first told its id, then joins with it (version 4)
  bool can_skip_assignment = false;  // the client knows SkipAssignment (version 9)
};

struct JoinedMember {
  std::string member_id;
  std::optional<std::string> instance_id;
  std::string metadata;
};

struct JoinGroupReply {
  ErrorCode error = ErrorCode::kNone;
  std::string member_id;
  int32_t generation = -1;
  std::optional<std::string> protocol_type;
  std::optional<std::string> protocol_name;
  std::string leader;
  bool skip_assignment = false;
  std::vector<JoinedMember> members;  // only for the leader
};

struct MemberAssignment {
  std::string member_id;
  std::string assignment;
};

struct SyncGroup {
  std::string group_id;
  std::string member_id;
  std::optional<std::string> instance_id;
  int32_t generation = -1;
  std::optional<std::string> protocol_type;  // checked when there
  std::optional<std::string> protocol_name;
  std::vector<MemberAssignment> assignments;  // from the leader
};

struct SyncGroupReply {
  ErrorCode error = ErrorCode::kNone;
  std::optional<std::string> protocol_type;
  std::optional<std::string> protocol_name;
  std::string assignment;
};

struct Heartbeat {
  std::string group_id;
  std::string member_id;
  std::optional<std::string> instance_id;
  int32_t generation = -1;
};

struct HeartbeatReply {
  ErrorCode error = ErrorCode::kNone;
};

struct LeavingMember {
  std::string member_id;  // may be empty for a static member that an administrator removes
  std::optional<std::string> instance_id;
};

struct LeaveGroup {
  std::string group_id;
  std::vector<LeavingMember> members;
};

struct LeaveGroupReply {
  struct Member {
    LeavingMember member;
    ErrorCode error = ErrorCode::kNone;
  };
  ErrorCode error = ErrorCode::kNone;
  std::vector<Member> members;
};

struct OffsetToCommit {
  TopicPartition partition;
  int64_t offset = -1;
  int32_t leader_epoch = -1;
  std::string metadata;
  ErrorCode refused = ErrorCode::kNone;  // found before the coordinator was asked, for example an unknown topic
};

// The transaction that offsets are committed in.
struct OffsetsTransaction {
  int64_t producer_id = -1;
  int16_t producer_epoch = -1;
};

struct CommitOffsets {
  std::string group_id;
  std::string member_id;
  std::optional<std::string> instance_id;
  int32_t generation = -1;    // -1: not a member; an administrator or a consumer that assigns itself
  int64_t retention_ms = -1;  // versions 2 to 4; -1: the broker's
  std::vector<OffsetToCommit> offsets;
  // They count once the transaction is committed; nullopt: at once.
  std::optional<OffsetsTransaction> transaction;
};

struct CommitOffsetsReply {
  std::vector<ErrorCode> errors;  // one for each offset, in their order
};

struct OffsetsToDelete {
  std::string group_id;
  std::vector<TopicPartition> partitions;
};

struct DeleteOffsetsReply {
  ErrorCode error = ErrorCode::kNone;
  std::vector<ErrorCode> errors;  // one for each partition, unless `error`
};

struct DeleteGroupReply {
  ErrorCode error = ErrorCode::kNone;
};

using GroupReply = std::variant<JoinGroupReply, SyncGroupReply, HeartbeatReply, LeaveGroupReply, CommitOffsetsReply,
                                DeleteOffsetsReply, DeleteGroupReply>;

// Answers to questions, which change nothing.

struct CommittedOffset {
  int64_t offset = -1;
  int32_t leader_epoch = -1;
  std::string metadata;
  int64_t commit_time_ms = -1;
  int64_t expire_time_ms = -1;  // -1: by the broker's retention
  // Which of two came later: a transaction's offsets, when it is committed, do not replace what came after them. Not in
  // the log, whose order says the same, and no part of what an offset is.
  int64_t order = 0;

  bool operator==(const CommittedOffset& other) const {
    return offset == other.offset && leader_epoch == other.leader_epoch && metadata == other.metadata &&
           commit_time_ms == other.commit_time_ms && expire_time_ms == other.expire_time_ms;
  }
};

struct GroupListing {
  std::string group_id;
  std::string protocol_type;
  std::string state;
};

struct MemberDescription {
  std::string member_id;
  std::optional<std::string> instance_id;
  std::string client_id;
  std::string client_host;
  std::string metadata;
  std::string assignment;
};

struct GroupDescription {
  ErrorCode error = ErrorCode::kNone;
  std::string group_id;
  std::string state;
  std::string protocol_type;
  std::string protocol_name;
  std::vector<MemberDescription> members;
};

}  // namespace millrace::broker
