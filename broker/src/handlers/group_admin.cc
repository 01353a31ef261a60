// DescribeGroups, ListGroups and DeleteGroups.

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "handlers/authorized_operations.h"
#include "handlers/handlers.h"

namespace millrace::broker {
namespace {

constexpr const char* kClassicGroup = "classic";

bool PassesFilter(const std::vector<std::string>& filter, const std::string& value) {
  return filter.empty() || std::any_of(filter.begin(), filter.end(), [&value](const std::string& each) {
           return absl::EqualsIgnoreCase(each, value);
         });
}

}  // namespace

void HandleDescribeGroups(Services& services, PendingRequest pending, protocol::DescribeGroupsRequest request) {
  services.groups.Ask(
      [pending = std::move(pending), request = std::move(request)](const GroupCoordinator& groups) mutable {
        protocol::DescribeGroupsResponse response;
        for (const std::string& group_id : request.groups) {
          GroupDescription description = groups.Describe(group_id);
          auto& group = response.groups.emplace_back();
          group.error_code = group_id.empty() ? protocol::ErrorCode::kInvalidGroupId : description.error;
          group.group_id = std::move(description.group_id);
          group.group_state = std::move(description.state);
          group.protocol_type = std::move(description.protocol_type);
          group.protocol_data = std::move(description.protocol_name);
          if (request.include_authorized_operations) group.authorized_operations = kGroupOperations;
          for (MemberDescription& member : description.members) {
            group.members.push_back({.member_id = std::move(member.member_id),
                                     .group_instance_id = std::move(member.instance_id),
                                     .client_id = std::move(member.client_id),
                                     .client_host = std::move(member.client_host),
                                     .member_metadata = std::move(member.metadata),
                                     .member_assignment = std::move(member.assignment)});
          }
        }
        pending.Answer(response);
      });
}

void HandleListGroups(Services& services, PendingRequest pending, protocol::ListGroupsRequest request) {
  services.groups.Ask(
      [pending = std::move(pending), request = std::move(request)](const GroupCoordinator& groups) mutable {
        protocol::ListGroupsResponse response;
        for (GroupListing& listing : groups.ListGroups()) {
          if (!PassesFilter(request.states_filter, listing.state)) continue;
          if (!PassesFilter(request.types_filter, kClassicGroup)) continue;
          response.groups.push_back({.group_id = std::move(listing.group_id),
                                     .protocol_type = std::move(listing.protocol_type),
                                     .group_state = std::move(listing.state),
                                     .group_type = kClassicGroup});
        }
        pending.Answer(response);
      });
}

void HandleDeleteGroups(Services& services, PendingRequest pending, protocol::DeleteGroupsRequest request) {
  struct Progress {
    explicit Progress(PendingRequest request) : pending(std::move(request)) {}
    PendingRequest pending;
    protocol::DeleteGroupsResponse response;
    size_t left = 0;
  };
  if (request.groups_names.empty()) return pending.Answer(protocol::DeleteGroupsResponse());
  // All callbacks come on the group service's thread.
  auto progress = std::make_shared<Progress>(std::move(pending));
  progress->left = request.groups_names.size();
  for (const std::string& group_id : request.groups_names) {
    services.groups.DeleteGroup(group_id, [progress, group_id](DeleteGroupReply reply) {
      progress->response.results.push_back({.group_id = group_id, .error_code = reply.error});
      if (--progress->left == 0) progress->pending.Answer(progress->response);
    });
  }
}

}  // namespace millrace::broker
