// JoinGroup, SyncGroup, Heartbeat and LeaveGroup: translated for the group coordinator.

#include <utility>

#include "handlers/handlers.h"

namespace millrace::broker {

void HandleJoinGroup(Services& services, PendingRequest pending, protocol::JoinGroupRequest request) {
  const int16_t version = pending.version();
  JoinGroup join{
      .group_id = std::move(request.group_id),
      .member_id = std::move(request.member_id),
      .instance_id = std::move(request.group_instance_id),
      .client_id = pending.client_id(),
      .client_host = "/" + pending.peer().remote.host,
      .session_timeout_ms = request.session_timeout_ms,
      // Version 0 has one timeout for both.
      .rebalance_timeout_ms = version == 0 ? request.session_timeout_ms : request.rebalance_timeout_ms,
      .protocol_type = std::move(request.protocol_type),
      .member_id_required = version >= 4,
      .can_skip_assignment = version >= 9,
  };
  for (auto& protocol : request.protocols) {
    join.protocols.push_back({.name = std::move(protocol.name), .metadata = std::move(protocol.metadata)});
  }
  services.groups.Join(std::move(join), [pending = std::move(pending)](JoinGroupReply reply) mutable {
    protocol::JoinGroupResponse response;
    response.error_code = reply.error;
    response.generation_id = reply.generation;
    response.protocol_type = std::move(reply.protocol_type);
    response.protocol_name = std::move(reply.protocol_name);
    response.leader = std::move(reply.leader);
    response.skip_assignment = reply.skip_assignment;
    response.member_id = std::move(reply.member_id);
    for (JoinedMember& member : reply.members) {
      response.members.push_back({.member_id = std::move(member.member_id),
                                  .group_instance_id = std::move(member.instance_id),
                                  .metadata = std::move(member.metadata)});
    }
    pending.Answer(response);
  });
}

void HandleSyncGroup(Services& services, PendingRequest pending, protocol::SyncGroupRequest request) {
  SyncGroup sync{.group_id = std::move(request.group_id),
                 .member_id = std::move(request.member_id),
                 .instance_id = std::move(request.group_instance_id),
                 .generation = request.generation_id,
                 .protocol_type = std::move(request.protocol_type),
                 .protocol_name = std::move(request.protocol_name)};
  for (auto& assignment : request.assignments) {
    sync.assignments.push_back(
        {.member_id = std::move(assignment.member_id), .assignment = std::move(assignment.assignment)});
  }
  services.groups.Sync(std::move(sync), [pending = std::move(pending)](SyncGroupReply reply) mutable {
    protocol::SyncGroupResponse response;
    response.error_code = reply.error;
    response.protocol_type = std::move(reply.protocol_type);
    response.protocol_name = std::move(reply.protocol_name);
    response.assignment = std::move(reply.assignment);
    pending.Answer(response);
  });
}

void HandleHeartbeat(Services& services, PendingRequest pending, protocol::HeartbeatRequest request) {
  services.groups.Beat({.group_id = std::move(request.group_id),
                        .member_id = std::move(request.member_id),
                        .instance_id = std::move(request.group_instance_id),
                        .generation = request.generation_id},
                       [pending = std::move(pending)](HeartbeatReply reply) mutable {
                         pending.Answer(protocol::HeartbeatResponse{.error_code = reply.error});
                       });
}

void HandleLeaveGroup(Services& services, PendingRequest pending, protocol::LeaveGroupRequest request) {
  const bool is_batched = pending.version() >= 3;
  LeaveGroup leave{.group_id = std::move(request.group_id)};
  if (is_batched) {
    for (auto& member : request.members) {
      leave.members.push_back(
          {.member_id = std::move(member.member_id), .instance_id = std::move(member.group_instance_id)});
    }
  } else {
    leave.members.push_back({.member_id = std::move(request.member_id)});
  }
  services.groups.Leave(std::move(leave), [pending = std::move(pending), is_batched](LeaveGroupReply reply) mutable {
    protocol::LeaveGroupResponse response;
    response.error_code = reply.error;
    if (!is_batched && reply.error == protocol::ErrorCode::kNone && !reply.members.empty()) {
      response.error_code = reply.members.front().error;
    }
    for (auto& [member, error] : reply.members) {
      response.members.push_back({.member_id = std::move(member.member_id),
                                  .group_instance_id = std::move(member.instance_id),
                                  .error_code = error});
    }
    pending.Answer(response);
  });
}

}  // namespace millrace::broker
