#include "group/group.h"

#include <algorithm>
#include <iterator>

#include "group/consumer_subscription.h"

namespace millrace::broker {

std::string_view GroupStateName(GroupState state) {
  switch (state) {
    case GroupState::kEmpty:
      return "Empty";
    case GroupState::kPreparingRebalance:
      return "PreparingRebalance";
    case GroupState::kCompletingRebalance:
      return "CompletingRebalance";
    case GroupState::kStable:
      return "Stable";
  }
  return "Unknown";
}

const GroupProtocol* GroupMember::FindProtocol(std::string_view name) const {
  const auto found = std::find_if(protocols.begin(), protocols.end(),
                                  [name](const GroupProtocol& protocol) { return protocol.name == name; });
  return found == protocols.end() ? nullptr : &*found;
}

GroupMember* Group::FindMember(std::string_view member_id) {
  const auto found = members.find(member_id);
  return found == members.end() ? nullptr : &found->second;
}

bool Group::AllMembersJoined() const {
  return pending_members.empty() && std::all_of(members.begin(), members.end(), [](const auto& entry) {
           return entry.second.awaiting_join.has_value();
         });
}

int64_t Group::RebalanceTimeoutMs() const {
  int64_t longest = 0;
  for (const auto& [member_id, member] : members) longest = std::max<int64_t>(longest, member.rebalance_timeout_ms);
  return longest;
}

std::set<TopicPartition> Group::OffsetPartitions() const {
  std::set<TopicPartition> partitions;
  for (const auto& [partition, offset] : offsets) partitions.insert(partition);
  for (const auto& [producer_id, pending] : pending_offsets) {
    for (const auto& [partition, offset] : pending) partitions.insert(partition);
  }
  return partitions;
}

bool Group::HasPendingOffset(const TopicPartition& partition) const {
  return std::any_of(pending_offsets.begin(), pending_offsets.end(),
                     [&partition](const auto& entry) { return entry.second.count(partition) > 0; });
}

void Group::DropPendingOffset(const TopicPartition& partition) {
  for (auto at = pending_offsets.begin(); at != pending_offsets.end();) {
    at->second.erase(partition);
    at = at->second.empty() ? pending_offsets.erase(at) : std::next(at);
  }
}

std::set<std::string> Group::CommonProtocols() const {
  std::set<std::string> common;
  if (members.empty()) return common;
  for (const GroupProtocol& protocol : members.begin()->second.protocols) {
    const bool known_to_all = std::all_of(members.begin(), members.end(), [&protocol](const auto& entry) {
      return entry.second.FindProtocol(protocol.name) != nullptr;
    });
    if (known_to_all) common.insert(protocol.name);
  }
  return common;
}

bool Group::SupportsProtocols(const std::string& type, const std::vector<GroupProtocol>& protocols) const {
  if (type.empty() || protocols.empty()) return false;
  if (members.empty()) return true;
  if (protocol_type != type) return false;
  const std::set<std::string> common = CommonProtocols();
  return std::any_of(protocols.begin(), protocols.end(),
                     [&common](const GroupProtocol& protocol) { return common.count(protocol.name) > 0; });
}

std::string Group::SelectProtocol() const {
  const std::set<std::string> common = CommonProtocols();
  std::map<std::string, int> votes;
  for (const auto& [member_id, member] : members) {
    const auto first =
        std::find_if(member.protocols.begin(), member.protocols.end(),
                     [&common](const GroupProtocol& protocol) { return common.count(protocol.name) > 0; });
    if (first != member.protocols.end()) ++votes[first->name];
  }
  const auto winner =
      std::max_element(votes.begin(), votes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return winner == votes.end() ? std::string() : winner->first;
}

std::optional<std::set<std::string>> Group::SubscribedTopics() const {
  if (protocol_type != "consumer" || !protocol_name.has_value()) return std::nullopt;
  std::set<std::string> topics;
  for (const auto& [member_id, member] : members) {
    const GroupProtocol* protocol = member.FindProtocol(*protocol_name);
    if (protocol == nullptr || !AddSubscribedTopics(protocol->metadata, &topics)) return std::nullopt;
  }
  return topics;
}

}  // namespace millrace::broker
